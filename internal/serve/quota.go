package serve

import (
	"fmt"
	"sync"
	"time"
)

// Lines of the log that single messages make: whoever sends decides how many
// messages there are. Verdicts have no such bound; there is one for a boot.
const (
	machineLines  = 5 // a second about one machine: iPXE asks port 4011 four times in two
	decisionLines = 500
	warningLines  = 100
	fileLines     = 500
	tellAgain     = time.Minute // how often a flood that does not end is told of
)

// pace counts lines in a second.
type pace struct {
	second int64
	lines  int
}

func (p *pace) allows(second int64, most int) bool {
	if p.second != second {
		*p = pace{second: second}
	}
	p.lines++
	return p.lines <= most
}

// quota is how many lines of one kind may be written in a second. What is left
// out is counted, to be told of once.
type quota struct {
	most int

	mu          sync.Mutex // guards what follows
	all         pace
	leftOut     int
	first, last time.Time // when lines were left out that were not told of
	loud        string    // the machine whose lines were, while there is but one
	several     bool
}

// allows reports whether a line may be written now. own is the pace of its
// machine, nil where a machine has none.
func (q *quota) allows(now time.Time, name string, own *pace) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	second := now.Unix()
	alone := own != nil && !own.allows(second, machineLines)
	if !alone && q.all.allows(second, q.most) {
		return true
	}
	if q.leftOut++; q.leftOut == 1 {
		q.first, q.loud, q.several = now, name, false
	}
	q.last, q.several = now, q.several || !alone || name != q.loud
	return false
}

// told is what to say of lines that were left out, "" while they still are, for
// a minute at most, or when none were. At the end it says what there is.
func (q *quota) told(now time.Time, end bool) (text string, leftOut int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	flood := now.Sub(q.last) < housekeepEvery && now.Sub(q.first) < tellAgain
	if q.leftOut == 0 || flood && !end {
		return "", 0
	}
	leftOut, q.leftOut = q.leftOut, 0
	if q.several {
		return fmt.Sprintf("messages came too fast: %s of the log left out", count(leftOut, "line")), leftOut
	}
	return fmt.Sprintf("%s sends too much: %s about it left out", q.loud, count(leftOut, "line")), leftOut
}

// quotas are those of a server's log.
type quotas struct{ decisions, warnings, files quota }

func newQuotas() *quotas {
	return &quotas{decisions: quota{most: decisionLines}, warnings: quota{most: warningLines}, files: quota{most: fileLines}}
}

// tellLeftOut tells of lines that were left out, once their flood has passed.
func (s *Server) tellLeftOut(end bool) {
	for _, x := range []struct {
		event string
		quota *quota
	}{{evDecision, &s.quotas.decisions}, {evDecision, &s.quotas.warnings}, {evFile, &s.quotas.files}} {
		if text, n := x.quota.told(s.now(), end); n > 0 {
			s.Log.Warn(text, "event", x.event, "left_out", n)
		}
	}
}
