package bootfiles

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Entry is a file or folder that a client could ask for.
type Entry struct {
	Name    string
	Folder  bool
	Size    int64
	Changed time.Time
}

// maxEntries bounds a listing.
const maxEntries = 10_000

// ErrNotFolder says that a name is no folder.
var ErrNotFolder = errors.New("not a folder")

// Folder lists the folder that a client's name means, found as Open finds files:
// its path below the root, and its regular files and folders by name. What leads
// outside and what is neither is left out, and what is beyond 10000 entries. The
// error is one of Open's, or ErrNotFolder.
func (r *Root) Folder(name string) (dir string, entries []Entry, err error) {
	if strings.ContainsRune(name, 0) {
		return "", nil, fmt.Errorf("%q: %w", name, fs.ErrNotExist)
	}
	if dir, err = localize(name); err != nil {
		return "", nil, err
	}
	names, err := r.list(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if actual, ok := r.anyCase(".", dir); ok {
			dir = actual
			names, err = r.list(dir)
		}
	}
	if err != nil {
		return "", nil, err
	}
	slices.Sort(names)
	for _, n := range names {
		info, err := r.root.Stat(path.Join(dir, n))
		if err == nil && (info.IsDir() || info.Mode().IsRegular()) {
			entries = append(entries, Entry{n, info.IsDir(), info.Size(), info.ModTime()})
		}
	}
	return dir, entries, nil
}

// list returns the names in a folder.
func (r *Root) list(dir string) ([]string, error) {
	d, err := r.root.OpenFile(dir, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, outside(err)
	}
	defer d.Close()
	if info, err := d.Stat(); err != nil || !info.IsDir() {
		return nil, errors.Join(fmt.Errorf("%q: %w", dir, ErrNotFolder), err)
	}
	names, _ := d.Readdirnames(maxEntries) // io.EOF: it is empty
	return names, nil
}
