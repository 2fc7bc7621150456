package tftpserve

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

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

// No single fault, wherever it strikes, keeps a transfer from ending well, and
// none costs more than the window it strikes, four times: a lost ACK comes again
// after two seconds, in which the back-off lets the window leave so often. A
// packet that comes twice or a little late makes no block of a lock-step
// transfer leave twice.
func TestEveryPacketStruckOnce(t *testing.T) {
	for name, f := range map[string]fault{
		"lost": {copies: 0}, "twice": {copies: 2}, "three times": {copies: 3}, "overtaken": {copies: 1, later: delay / 2},
		"late": {copies: 1, later: 60 * time.Millisecond}, "very late": {copies: 1, later: 3 * time.Second},
		"twice, late": {copies: 2, later: 60 * time.Millisecond},
	} {
		for _, window := range []int{1, 2, 4, 16, 64} {
			for _, oack := range []bool{false, true} {
				if window > 1 && !oack {
					continue
				}
				t.Run(fmt.Sprintf("%s, window %d, oack %v", name, window, oack), func(t *testing.T) {
					size, terms := int64(512*(3*window+10)+5), terms(512, window, oack)
					packets := simulate(1, size, terms, 0, 0, 0).put
					require.Greater(t, packets, 3*window+10)
					for i := range packets {
						n := simulate(1, size, terms, 0, 0, 0, func(n *network) { n.faults = map[int]fault{i: f} })
						n.requireWell(t, fmt.Sprint("packet ", i))
						require.LessOrEqual(t, n.again(), 4*window, "packet %d", i)
						if window == 1 && f.copies > 0 && f.later < minTimeout {
							require.Zero(t, n.again(), "packet %d", i)
						}
					}
				})
			}
		}
	}
}

// Nor do two faults, wherever they strike, in short transfers.
func TestEveryTwoPacketsStruck(t *testing.T) {
	kinds := []fault{{copies: 0}, {copies: 2}, {copies: 1, later: delay / 2}, {copies: 1, later: 3 * time.Second}}
	for _, window := range []int{1, 2, 4} {
		t.Run(fmt.Sprint("window ", window), func(t *testing.T) {
			size, terms := int64(512*7+5), terms(512, window, true)
			packets := simulate(1, size, terms, 0, 0, 0).put + window // and those that the first fault adds
			for i := range packets {
				for j := range i {
					for a, one := range kinds {
						for b, other := range kinds {
							n := simulate(1, size, terms, 0, 0, 0, func(n *network) { n.faults = map[int]fault{i: one, j: other} })
							n.requireWell(t, fmt.Sprint("packets ", i, j, " kinds ", a, b))
						}
					}
				}
			}
		})
	}
}

func (n *network) requireWell(t *testing.T, what string) {
	t.Helper()
	require.NotNil(t, n.outcome, "%s: never ended", what)
	require.Equal(t, Outcome{Complete: true}, *n.outcome, what)
	require.True(t, n.client.done(), "%s: client has %d of %d", what, n.client.have, n.client.blocks)
	require.Less(t, n.now.Sub(time.Unix(0, 0)), 20*time.Second, what)
}

// again is how many blocks left more than once, counted each time.
func (n *network) again() (total int) {
	for _, times := range n.sent {
		total += times - 1
	}
	return total
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

// A client whose last ACK alone is missing most likely has the file; one that has
// stopped before, or has acknowledged nothing yet, does not.
func TestLastACKIsMissing(t *testing.T) {
	for _, c := range []struct {
		window int
		acks   []uint16
		sent   bool
	}{
		{1, []uint16{1, 2, 3, 4}, true}, {1, []uint16{1, 2, 3}, false}, {1, nil, false},
		{4, []uint16{4}, true}, {4, []uint16{1}, true}, {2, []uint16{2}, false}, {8, nil, false},
	} {
		now := time.Unix(0, 0)
		tr, s := NewTransfer(now, 512*4+100, terms(512, c.window, true))
		s = tr.Packet(now, Packet{Op: ACK})
		for _, block := range c.acks {
			s = tr.Packet(now, Packet{Op: ACK, Block: block})
		}
		for !s.Done {
			s = tr.Tick(s.Deadline)
		}
		require.Equal(t, Outcome{Silent: true, Sent: c.sent}, s.Outcome, "%+v", c)
	}
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
