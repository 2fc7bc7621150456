package tftpserve

import (
	"math/rand/v2"
	"time"
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
	put               int           // packets that were sent, in either direction
	faults            map[int]fault // by number of the packet
}

// fault is what happens to one packet.
type fault struct {
	copies int
	later  time.Duration
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
		n.send(packet{ack: Packet{Op: RRQ}})
		return
	}
	n.send(packet{ack: Packet{Op: ACK, Block: uint16(n.client.have)}})
}

func (n *network) take(s Step) {
	if s.Done {
		n.outcome = &s.Outcome
		return
	}
	n.deadline = s.Deadline
	if s.OACK {
		n.send(packet{toClient: true, oack: true})
	}
	for b := s.First; b != 0 && b <= s.Last; b++ {
		n.sent[b]++
		n.send(packet{toClient: true, block: b})
	}
}

func (n *network) send(p packet) {
	copies, later := n.luck()
	if f, ok := n.faults[n.put]; ok {
		copies, later = f.copies, f.later
	}
	n.put++
	for range copies {
		p.at = n.now.Add(delay + later)
		n.flight = append([]packet{p}, n.flight...)
	}
}

// luck is what happens to a packet by chance.
func (n *network) luck() (copies int, later time.Duration) {
	copies = 1
	if n.rng.Float64() < n.loss {
		copies = 0
	} else if n.rng.Float64() < n.twice {
		copies = 2
	}
	if n.rng.Float64() < n.slow {
		later = time.Duration(n.rng.IntN(300)) * time.Millisecond
	}
	return copies, later
}
