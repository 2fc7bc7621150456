package tftpserve

import (
	"strconv"
	"strings"
	"time"
)

// Block sizes of RFC 2348: what counts without the option, and the bounds of
// the option.
const (
	DefaultBlockSize = 512
	minBlockSize     = 8
	maxBlockSize     = 65464
)

// Terms are what client and server agreed on for one transfer.
type Terms struct {
	BlockSize  int           // octets of data in every DATA but the last
	WindowSize int           // blocks sent before an ACK is due (RFC 7440)
	Timeout    time.Duration // asked by the client (RFC 2349); 0: measured by the server
	NetASCII   bool
	OACK       []Option // what is acknowledged, in the client's order; nil: no OACK
}

// Bounds are the server's side of the negotiation.
type Bounds struct {
	BlockSize   int // largest block that fits the way to the client in one IP packet
	WindowSize  int // largest window in blocks
	WindowBytes int // largest window in octets
}

// Negotiate answers the options of a request for a file of size octets; size is
// -1 where it is not known (netascii changes it). Options are answered in the
// client's order. Unknown ones (msftwindow), malformed ones and those out of
// their RFC's range are left out of the OACK, which RFC 2347 lets a server do.
func Negotiate(req Packet, size int64, b Bounds) Terms {
	t := Terms{BlockSize: DefaultBlockSize, WindowSize: 1, NetASCII: strings.EqualFold(req.Mode, "netascii")}
	seen := map[string]bool{}
	for _, o := range req.Options {
		name := strings.ToLower(o.Name)
		if seen[name] {
			continue
		}
		seen[name] = true
		if value, ok := t.accept(name, o.Value, size, b); ok {
			t.OACK = append(t.OACK, Option{o.Name, value})
		}
	}
	t.fitWindow(b)
	return t
}

// accept takes one option into the terms and returns the value to acknowledge.
func (t *Terms) accept(name, value string, size int64, b Bounds) (string, bool) {
	n, err := strconv.ParseUint(value, 10, 63)
	if err != nil {
		return "", false
	}
	switch name {
	case "blksize":
		if n < minBlockSize {
			return "", false
		}
		t.BlockSize = int(min(n, maxBlockSize, uint64(max(b.BlockSize, minBlockSize))))
		return strconv.Itoa(t.BlockSize), true
	case "tsize":
		// curl (7.88) takes a size of 0 for a fault and breaks off. Without it edk2
		// finds no size, and it boots no empty file either way.
		if size <= 0 || t.NetASCII {
			return "", false
		}
		return strconv.FormatInt(size, 10), true
	case "timeout":
		if n < 1 || n > 255 {
			return "", false
		}
		t.Timeout = time.Duration(n) * time.Second
		return value, true
	case "windowsize":
		if n < 1 || n > 65535 {
			return "", false
		}
		t.WindowSize = int(min(n, uint64(max(b.WindowSize, 1))))
		return strconv.Itoa(t.WindowSize), true
	}
	return "", false
}

// fitWindow holds the window under the byte cap, once the block size is known:
// options come in any order.
func (t *Terms) fitWindow(b Bounds) {
	if b.WindowBytes <= 0 {
		return
	}
	most := max(b.WindowBytes/t.BlockSize, 1)
	if t.WindowSize <= most {
		return
	}
	t.WindowSize = most
	for i, o := range t.OACK {
		if strings.EqualFold(o.Name, "windowsize") {
			t.OACK[i].Value = strconv.Itoa(most)
		}
	}
}
