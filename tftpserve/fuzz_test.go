package tftpserve

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzTransfer plays any sequence of packets and waits to the state machine. It
// must send only blocks that the file has and the window allows, in lock-step
// answer no duplicate, and end.
func FuzzTransfer(f *testing.F) {
	f.Add(uint32(5000), uint8(1), true, []byte{0, 0, 0, 1, 0, 2, 4, 9})
	f.Add(uint32(100), uint8(1), false, []byte{0, 1, 0, 1, 2, 0})
	f.Add(uint32(600_000), uint8(16), true, []byte{0, 0, 0, 3, 0, 3, 0, 3, 4, 200, 3, 0})
	f.Fuzz(func(t *testing.T, size uint32, window uint8, oack bool, events []byte) {
		if window == 0 || !oack {
			window = 1
		}
		terms := Terms{BlockSize: 8, WindowSize: int(window)}
		if oack {
			terms.OACK = []Option{{"blksize", "8"}}
		}
		now := time.Unix(0, 0)
		tr, s := NewTransfer(now, int64(size), terms)
		p := player{t: t, tr: tr, blocks: uint64(size)/8 + 1}
		p.check(s, false)
		for ; len(events) >= 2 && !s.Done; events = events[2:] {
			now = now.Add(time.Duration(events[0]>>3) * 20 * time.Millisecond)
			s = p.play(now, events[0]&7, events[1])
		}
		for ticks := 0; !s.Done; ticks++ {
			require.Less(t, ticks, 2*maxRetries+2, "never ends")
			s = tr.Tick(s.Deadline)
			p.check(s, true)
		}
		require.True(t, tr.Tick(now).Done)
	})
}

type player struct {
	t      *testing.T
	tr     *Transfer
	blocks uint64
}

func (p *player) play(now time.Time, kind, arg byte) Step {
	before, waiting := p.tr.acked, p.tr.waiting
	var s Step
	switch kind {
	case 0, 1: // ACK near what is on its way
		s = p.tr.Packet(now, Packet{Op: ACK, Block: uint16(p.tr.acked) + uint16(int8(arg))})
		if p.tr.terms.WindowSize == 1 && !waiting && p.tr.acked == before {
			require.Zero(p.t, s.First, "a duplicate was answered")
		}
	case 2:
		s = p.tr.Packet(now, Packet{Op: ACK, Block: uint16(arg) * 257})
	case 3:
		s = p.tr.Packet(now, Packet{Op: RRQ})
	case 4:
		s = p.tr.Tick(now)
	case 5:
		s = p.tr.Packet(now, Packet{Op: Opcode(arg)})
	default:
		s = p.tr.Packet(now, Packet{Op: ACK, Block: uint16(p.tr.sent)})
	}
	require.GreaterOrEqual(p.t, p.tr.acked, before)
	p.check(s, false)
	return s
}

func (p *player) check(s Step, late bool) {
	if s.First == 0 {
		return
	}
	require.False(p.t, s.OACK || s.Done)
	require.Equal(p.t, p.tr.acked+1, s.First)
	require.GreaterOrEqual(p.t, s.Last, s.First)
	require.LessOrEqual(p.t, s.Last, min(p.tr.acked+uint64(p.tr.terms.WindowSize), p.blocks))
	require.True(p.t, s.Again || !late, "time alone sends nothing new")
}

func FuzzNegotiate(f *testing.F) {
	f.Add("blksize", "1468", "windowsize", "64", int64(5))
	f.Add("tsize", "0", "timeout", "3", int64(-1))
	f.Fuzz(func(t *testing.T, n1, v1, n2, v2 string, size int64) {
		terms := Negotiate(Packet{Op: RRQ, Mode: "octet", Options: []Option{{n1, v1}, {n2, v2}}}, size, Bounds{BlockSize: 1468, WindowSize: 64, WindowBytes: 50_000})
		require.GreaterOrEqual(t, terms.BlockSize, minBlockSize)
		require.LessOrEqual(t, terms.BlockSize, 1468)
		require.GreaterOrEqual(t, terms.WindowSize, 1)
		require.LessOrEqual(t, terms.WindowSize*terms.BlockSize, 50_000)
		require.LessOrEqual(t, len(terms.OACK), 2)
	})
}
