package bootnames

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"pxekit/internal/bootfiles"
)

// Bounds of a scan: a folder of boot files is small, a mirror of a distribution
// is not, and its boot programs are near the top.
const (
	scanDepth   = 6
	scanEntries = 20000
	scanUnread  = 5 // named
)

var errScanEnd = errors.New("too many files")

// walk is the files of a folder.
type walk struct {
	names  []string // in the order of preference, then by depth and name
	cut    bool     // there are more
	unread []string // what could not be read, and why
	more   int      // of that, not named
}

// walkRoot lists the files of the folder that was opened: its path may be a link,
// and may lead elsewhere by now.
func walkRoot(root *bootfiles.Root) (*walk, error) {
	w, count := &walk{}, 0
	err := fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			w.passOver(name+"/", err)
			return nil
		case d.IsDir() && strings.Count(name, "/") >= scanDepth:
			return fs.SkipDir
		}
		if count++; count > scanEntries {
			return errScanEnd
		}
		if !d.IsDir() {
			w.names = append(w.names, name)
		}
		return nil
	})
	if w.cut = errors.Is(err, errScanEnd); w.cut {
		err = nil
	}
	slices.SortStableFunc(w.names, func(a, b string) int {
		return cmp.Or(rank(a)-rank(b), strings.Count(a, "/")-strings.Count(b, "/"), cmp.Compare(a, b))
	})
	return w, err
}

// passOver notes what could not be read.
func (w *walk) passOver(name string, err error) {
	if errors.Is(err, bootfiles.ErrNotRegular) {
		return // a link to a folder, say
	}
	if len(w.unread) == scanUnread {
		w.more++
		return
	}
	why := err
	if e := new(fs.PathError); errors.As(err, &e) {
		why = e.Err
	}
	w.unread = append(w.unread, fmt.Sprintf("%s (%s)", safe(name), safe(why.Error())))
}

// notes says what was not looked at.
func (w *walk) notes(dir string) (notes []Note) {
	if w.cut {
		notes = append(notes, Note{fmt.Sprintf("only the first %d entries of %s were looked at; name boot files with --file", scanEntries, safe(dir)), true})
	}
	if text := w.unreadable(""); text != "" {
		notes = append(notes, Note{text, true})
	}
	return notes
}

// unreadable lists what could not be read, behind a prefix; "" when all could.
func (w *walk) unreadable(prefix string) string {
	if w.unread == nil {
		return ""
	}
	text := prefix + "passed over, as it cannot be read: " + strings.Join(w.unread, ", ")
	if w.more > 0 {
		text += fmt.Sprintf(" and %d more", w.more)
	}
	return text
}
