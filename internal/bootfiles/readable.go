package bootfiles

import (
	"errors"
	"io/fs"
	"os"
)

// looksAt bounds how many names are looked at for one that cannot be read.
const looksAt = 10_000

// Dir opens the folder itself.
func (r *Root) Dir() (*os.File, error) {
	dir, err := r.root.Open(".")
	if err != nil {
		return nil, err
	}
	return dir, nil
}

// Unreadable names a file or folder below the root that this process has no
// right to read, "" when there is none among the first ten thousand.
func (r *Root) Unreadable() string {
	found, looked := "", 0
	_ = fs.WalkDir(r.root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			var f fs.File
			if f, err = r.root.Open(name); err == nil {
				_ = f.Close()
			}
		}
		looked++
		switch {
		case errors.Is(err, fs.ErrPermission):
			found = name
			return fs.SkipAll
		case looked == looksAt:
			return fs.SkipAll
		}
		return nil
	})
	return found
}
