package bootfiles

import (
	"fmt"
	"time"
)

// settles is the coarsest tick by which a file system marks changes, FAT's. What
// changes twice within one looks the same after both.
const settles = 2 * time.Second

// Key names the content that Size octets are of: a file that was replaced or
// written to since has another key. It is "" as long as one more change might not
// show in it, and where the last one is yet to come by this system's clock.
func (f *File) Key(now time.Time) string {
	if now.Sub(f.changed) < settles {
		return ""
	}
	return fmt.Sprintf("%s %d %d %s", f.Path, f.Size, f.Modified.UnixNano(), f.identity)
}
