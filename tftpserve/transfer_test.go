package tftpserve

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// network is a simulated path between a transfer and a client that follows RFC
// 1350 and 7440, with a clock of its own. Each packet may be lost, doubled,
// delayed and so overtaken.
type network struct {
	rng               *rand.Rand
	loss, twice, slow float64
	now               time.Time
	flight            []packet
	server            *Transfer
	deadline          time.Time
	outcome           *Outcome
	sent              map[uint64]int // how often each block left
	client            receiver
}

type packet struct {
	at       time.Time
	toClient bool
	oack     bool
	block    uint64 // toClient: absolute, so that the test need not trust the wrap
	ack      Packet
}

// receiver is a client: it takes blocks in order and acknowledges at the end of
// a window, at a gap, and again when nothing comes.
type receiver struct {
	window   int
	blocks   uint64
	have     uint64
	inWindow int
	oack     bool
	echoes   bool // acknowledges a window again when blocks of it come again
	again    time.Time
}

const delay = 5 * time.Millisecond

func simulate(seed uint64, size int64, terms Terms, loss, twice, slow float64, change ...func(*network)) *network {
	n := &network{rng: rand.New(rand.NewPCG(seed, 1)), loss: loss, twice: twice, slow: slow, now: time.Unix(0, 0), sent: map[uint64]int{}}
	n.client = receiver{window: terms.WindowSize, blocks: uint64(size)/uint64(terms.BlockSize) + 1, again: n.now.Add(2 * time.Second)}
	for _, c := range change {
		c(n)
	}
	t, step := NewTransfer(n.now, size, terms)
	n.server = t
	n.take(step)
	for steps := 0; n.outcome == nil && steps < 5_000_000; steps++ {
		n.advance()
	}
	return n
}

// advance moves the clock to the next thing that happens.
func (n *network) advance() {
	next := n.deadline
	if n.client.again.Before(next) && !n.client.done() {
		next = n.client.again
	}
	first := -1
	for i, p := range n.flight {
		if !p.at.After(next) {
			next, first = p.at, i
		}
	}
	n.now = next
	switch {
	case first >= 0:
		p := n.flight[first]
		n.flight = append(n.flight[:first], n.flight[first+1:]...)
		n.deliver(p)
	case n.now.Equal(n.deadline):
		n.take(n.server.Tick(n.now))
	default:
		n.acknowledge()
	}
}

func (n *network) deliver(p packet) {
	if !p.toClient {
		n.take(n.server.Packet(n.now, p.ack))
		return
	}
	c := &n.client
	switch {
	case p.oack:
		c.oack = true
		if c.have == 0 {
			n.acknowledge()
		}
	case p.block == c.have+1:
		c.have++
		c.inWindow++
		if c.inWindow == c.window || c.done() {
			n.acknowledge()
		}
	case p.block > c.have+1 && c.inWindow > 0: // a gap: say what is here, once a window
		n.acknowledge()
	case p.block <= c.have && (c.window == 1 || c.done() || c.echoes && c.inWindow == 0): // our ACK was lost
		n.acknowledge()
	}
}

func (c *receiver) done() bool { return c.have == c.blocks }

func (n *network) acknowledge() {
	n.client.inWindow = 0
	n.client.again = n.now.Add(2 * time.Second)
	if n.client.have == 0 && !n.client.oack {
		n.put(packet{ack: Packet{Op: RRQ}})
		return
	}
	n.put(packet{ack: Packet{Op: ACK, Block: uint16(n.client.have)}})
}

func (n *network) take(s Step) {
	if s.Done {
		n.outcome = &s.Outcome
		return
	}
	n.deadline = s.Deadline
	if s.OACK {
		n.put(packet{toClient: true, oack: true})
	}
	for b := s.First; b != 0 && b <= s.Last; b++ {
		n.sent[b]++
		n.put(packet{toClient: true, block: b})
	}
}

func (n *network) put(p packet) {
	copies := 1
	if n.rng.Float64() < n.loss {
		copies = 0
	} else if n.rng.Float64() < n.twice {
		copies = 2
	}
	for range copies {
		p.at = n.now.Add(delay)
		if n.rng.Float64() < n.slow {
			p.at = p.at.Add(time.Duration(n.rng.IntN(300)) * time.Millisecond)
		}
		n.flight = append([]packet{p}, n.flight...)
	}
}

func terms(block, window int, oack bool) Terms {
	t := Terms{BlockSize: block, WindowSize: window}
	if oack {
		t.OACK = []Option{{"blksize", "x"}}
	}
	return t
}

// Whatever the path does to packets, the client ends with every block, in
// order, in bounded time.
func TestTransferOnBadPaths(t *testing.T) {
	for _, window := range []int{1, 2, 4, 16, 64} {
		for _, oack := range []bool{false, true} {
			if window > 1 && !oack {
				continue
			}
			for _, path := range [][3]float64{{0, 0, 0}, {0.1, 0, 0}, {0, 0.3, 0}, {0, 0, 0.2}, {0.05, 0.1, 0.1}} {
				t.Run(fmt.Sprintf("window %d, oack %v, loss %v double %v delay %v", window, oack, path[0], path[1], path[2]), func(t *testing.T) {
					for seed := range uint64(20) {
						n := simulate(seed, 512*150+seed2size(seed), terms(512, window, oack), path[0], path[1], path[2])
						require.NotNil(t, n.outcome, "seed %d never ended", seed)
						require.Equal(t, Outcome{Complete: true}, *n.outcome, "seed %d", seed)
						require.True(t, n.client.done(), "seed %d: client has %d of %d", seed, n.client.have, n.client.blocks)
					}
				})
			}
		}
	}
}

func seed2size(seed uint64) int64 { return []int64{0, 1, 511}[seed%3] }

func TestQuietPathSendsEachBlockOnce(t *testing.T) {
	for _, window := range []int{1, 4, 64} {
		n := simulate(1, 512*1000, terms(512, window, true), 0, 0, 0)
		require.True(t, n.outcome.Complete)
		require.Len(t, n.sent, 1001)
		for b, times := range n.sent {
			require.Equal(t, 1, times, "block %d", b)
		}
	}
}

// The Sorcerer's Apprentice: every packet of the path comes twice, and still
// each block of a lock-step transfer leaves once.
func TestDoubledPacketsDoNotDoubleBlocks(t *testing.T) {
	n := simulate(1, 512*200, terms(512, 1, true), 0, 1, 0)
	require.True(t, n.outcome.Complete)
	for b, times := range n.sent {
		require.Equal(t, 1, times, "block %d", b)
	}
}

// Nor do windows leave twice for ever, not even when the client answers
// blocks of a window it has already and the path has doubled one packet in ten.
func TestEchoesDoNotDoubleWindows(t *testing.T) {
	const blocks = 2001
	for _, window := range []int{2, 4, 16} {
		n := simulate(1, 512*(blocks-1), terms(512, window, true), 0, 0.1, 0, func(n *network) { n.client.echoes = true })
		require.True(t, n.outcome.Complete)
		total := 0
		for _, times := range n.sent {
			total += times
		}
		require.Less(t, total, blocks*5/4, "window %d", window)
	}
}

func TestBlockNumbersWrap(t *testing.T) {
	for _, window := range []int{1, 16} {
		n := simulate(3, 8*140_000, terms(8, window, true), 0, 0, 0)
		require.True(t, n.outcome.Complete)
		require.Equal(t, uint64(140_001), n.client.have)
	}
}

func TestSilentClientIsGivenUp(t *testing.T) {
	n := simulate(1, 5000, terms(512, 1, true), 1, 0, 0)
	require.Equal(t, Outcome{Silent: true}, *n.outcome)
	require.LessOrEqual(t, n.now.Sub(time.Unix(0, 0)), 35*time.Second)
}

func TestClientErrorEnds(t *testing.T) {
	now := time.Unix(0, 0)
	tr, _ := NewTransfer(now, 5000, terms(1468, 4, true))
	s := tr.Packet(now, Packet{Op: ERROR, Code: OptionRefused, Message: "User aborted the transfer"})
	require.Equal(t, Step{Done: true, Outcome: Outcome{Code: OptionRefused, Message: "User aborted the transfer"}}, s)
	require.True(t, tr.Packet(now, Packet{Op: ACK}).Done)
	require.True(t, tr.Tick(now).Done)
}

// A gap in a window is mended from where the client stopped, at once.
func TestPartOfAWindow(t *testing.T) {
	now := time.Unix(0, 0)
	tr, s := NewTransfer(now, 512*100, terms(512, 8, false))
	require.Equal(t, [2]uint64{1, 8}, [2]uint64{s.First, s.Last})
	s = tr.Packet(now, Packet{Op: ACK, Block: 3})
	require.Equal(t, Step{First: 4, Last: 11, Again: true, Deadline: s.Deadline}, s)
	s = tr.Packet(now, Packet{Op: ACK, Block: 3})
	require.Equal(t, [2]uint64{4, 11}, [2]uint64{s.First, s.Last}, "first block lost")
	s = tr.Packet(now, Packet{Op: ACK, Block: 3})
	require.Zero(t, s.First, "answered once")
	require.Zero(t, tr.Packet(now, Packet{Op: ACK, Block: 500}).First, "not on its way")
}

// What goes to an address that has not answered, and how the client's own asking
// again gets round that.
func TestSilentAddressGetsOneWindow(t *testing.T) {
	for _, c := range []struct {
		name  string
		terms Terms
		size  int64
		sends int
	}{
		{"a block fills the window", terms(512, 1, false), 100_000, 1},
		{"short block", terms(512, 1, false), 100, 4},
		{"OACK", Terms{BlockSize: 1428, WindowSize: 1, OACK: []Option{{"tsize", "100000"}}}, 100_000, 5},
		{"OACK larger than a block", Terms{BlockSize: 8, WindowSize: 1, OACK: []Option{{"blksize", "8"}}}, 100, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Unix(0, 0)
			tr, s := NewTransfer(began, c.size, c.terms)
			sends := 0
			for ; !s.Done; s = tr.Tick(s.Deadline) {
				if s.OACK || s.First > 0 {
					sends++
				}
			}
			require.Equal(t, c.sends, sends)
			require.Equal(t, Outcome{Silent: true}, s.Outcome)
		})
	}
}

func TestRequestAgain(t *testing.T) {
	now := time.Unix(0, 0)
	ask := Packet{Op: RRQ}
	tr, _ := NewTransfer(now, 5000, terms(512, 1, false))
	require.Zero(t, tr.Packet(now.Add(time.Millisecond), ask).First, "a copy made by the network")
	now = now.Add(time.Second)
	require.EqualValues(t, 1, tr.Packet(now, ask).First)
	require.EqualValues(t, 2, tr.Packet(now, Packet{Op: ACK, Block: 1}).First)
	require.Zero(t, tr.Packet(now.Add(time.Second), ask).First, "the client has block 1")
}

// A client may ask for timeouts of four minutes, but not hold a transfer for
// half an hour.
func TestLongTimeoutEnds(t *testing.T) {
	began := time.Unix(0, 0)
	tr, s := NewTransfer(began, 5000, Terms{BlockSize: 8, WindowSize: 64, Timeout: 255 * time.Second})
	end := began
	for !s.Done {
		end = s.Deadline
		s = tr.Tick(end)
	}
	require.Equal(t, 510*time.Second, end.Sub(began))
}

// What is sent in all to an address that never answers, which may be forged:
// unasked no more than a window, and few packets to one that asks for ever. It
// ends by itself.
func TestSilentAddress(t *testing.T) {
	oack := []Option{{"blksize", "1428"}, {"windowsize", "64"}}
	for name, c := range map[string]struct {
		terms  Terms
		octets int // of TFTP, unasked
	}{
		"no options":      {Terms{BlockSize: 512, WindowSize: 1}, 516},
		"block size":      {Terms{BlockSize: 1428, WindowSize: 1, OACK: oack[:1]}, 5 * 15},
		"window":          {Terms{BlockSize: 1428, WindowSize: 64, OACK: oack}, 5 * 29},
		"window, timeout": {Terms{BlockSize: 1428, WindowSize: 64, OACK: oack, Timeout: time.Second}, 7 * 29},
		"long timeout":    {Terms{BlockSize: 1428, WindowSize: 64, OACK: oack, Timeout: 255 * time.Second}, 2 * 29},
	} {
		for _, asks := range []time.Duration{0, 10 * time.Millisecond, time.Second, 4 * time.Second} {
			packets, octets := silence(t, c.terms, asks)
			if asks == 0 {
				require.Equal(t, c.octets, octets, name)
			}
			require.LessOrEqual(t, packets, 18, "%s, asked every %v", name, asks)
		}
	}
}

// silence counts what leaves for a client that acknowledges nothing, and asks
// again every so often.
func silence(t *testing.T, terms Terms, asks time.Duration) (packets, octets int) {
	now := time.Unix(0, 0)
	tr, step := NewTransfer(now, 100_000, terms)
	asked := now
	for !step.Done {
		switch {
		case step.OACK:
			packets, octets = packets+1, octets+len(Packet{Op: OACK, Options: terms.OACK}.Append(nil))
		case step.First > 0:
			packets, octets = packets+int(step.Last-step.First+1), octets+int(step.Last-step.First+1)*(terms.BlockSize+dataHeader)
		}
		if next := asked.Add(asks); asks > 0 && next.Before(step.Deadline) {
			now, asked = next, next
			step = tr.Packet(now, Packet{Op: RRQ})
		} else {
			now = step.Deadline
			step = tr.Tick(now)
		}
		require.Less(t, now.Sub(time.Unix(0, 0)), 12*time.Minute)
	}
	return packets, octets
}
