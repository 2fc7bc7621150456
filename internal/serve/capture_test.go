package serve

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// narrow is a disk that fills up.
type narrow struct {
	bytes.Buffer
	room int
}

var errFull = errors.New("no space left on device")

func (n *narrow) Write(b []byte) (int, error) {
	if n.Len()+len(b) > n.room {
		return 0, errFull
	}
	return n.Buffer.Write(b)
}

func (*narrow) Close() error { return nil }

// A recording that ends says so once, at the time, and serving goes on.
func TestFullDisk(t *testing.T) {
	s, out := testServer(t, nil)
	s.policies = s.resolve(x64Plan("bootx64.efi"))
	disk := &narrow{room: 1000}
	s.Capture = func() (io.WriteCloser, error) { return disk, nil }
	require.NoError(t, s.record())
	wire := &sent{}
	for range 3 {
		hear(s, wire, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	}
	require.Len(t, wire.all, 3)
	require.LessOrEqual(t, disk.Len(), disk.room)
	require.Equal(t, 1, bytes.Count(out.Bytes(), []byte("warning: messages are not recorded any more: no space left on device\n")))
	require.ErrorIs(t, s.capture.fault(), errFull)
}
