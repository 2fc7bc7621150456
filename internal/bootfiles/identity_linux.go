package bootfiles

import (
	"fmt"
	"io/fs"
	"syscall"
	"time"
)

// identify tells contents of one name, size and time of modification apart: by
// the inode, when a file was replaced, and by the time of its last change, which
// no program can set back.
func identify(info fs.FileInfo) (identity string, changed time.Time) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", info.ModTime()
	}
	changed = time.Unix(s.Ctim.Unix())
	return fmt.Sprintf("%d %d %d", s.Dev, s.Ino, changed.UnixNano()), changed
}
