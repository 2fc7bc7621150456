// Package bootfiles finds the file under a root folder that a network boot
// client means. TFTP and HTTP boot share it.
//
// Clients send names in Windows' and in Unix' way, in any case, with a leading
// slash or drive letter, and with junk at the end where a DHCP option was badly
// written. Nothing outside the root is ever opened: os.Root refuses "..",
// absolute names and symbolic links that lead out.
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
	"unicode/utf8"
)

// ErrNotRegular says that a name is a folder, a device, a fifo or a socket.
var ErrNotRegular = errors.New("not a regular file")

// Root is a folder of boot files.
type Root struct {
	root    *os.Root
	looking chan struct{} // has room for those who look for a file
}

// maxLooking is how many files are looked for at a time. Each look takes a thread
// while the disk works, and a flood of requests costs its senders little.
const maxLooking = 8

// OpenRoot opens a folder.
func OpenRoot(dir string) (*Root, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Root{root, make(chan struct{}, maxLooking)}, nil
}

// Close closes the folder; open files stay open.
func (r *Root) Close() error { return r.root.Close() }

// FS is the opened folder for a walk, also where a link leads to it.
func (r *Root) FS() fs.FS { return r.root.FS() }

// Replaced says that the folder is not at its path any more, nil when it is:
// files are served from the one that was opened, even when it was deleted.
func (r *Root) Replaced() error {
	opened, err := r.root.Stat(".")
	if err != nil {
		return err
	}
	now, err := os.Stat(r.root.Name())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("was removed from %s", r.root.Name())
	case err == nil && !os.SameFile(opened, now):
		return fmt.Errorf("is another one at %s now: the one that was opened is served; start pxekit again", r.root.Name())
	}
	return nil // or not to be known: the right to look may have been given up
}

// File is an open boot file. What it says of the content comes from one look at
// the open file: a second one may be at another content.
type File struct {
	*os.File
	Size     int64
	Modified time.Time
	Path     string // below the root, with slashes
	// Junk is what was cut from the name to find the file, nearly always at its
	// end: the mark of a DHCP option that is not closed or carries blanks, line
	// ends or quotes.
	Junk string

	identity string    // of the content, beside path, size and time
	changed  time.Time // as Modified, by the system's clock where it tells
}

// Open finds and opens the file that a client's name means. A name is tried as
// it is, then with backslashes as slashes, then in any case, and last without a
// junk tail. The error is fs.ErrNotExist, fs.ErrPermission (also for names that
// lead outside) or ErrNotRegular; its text is for the log, not for the client.
func (r *Root) Open(name string) (*File, error) {
	r.looking <- struct{}{}
	defer func() { <-r.looking }()
	f, err := r.find(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	clean := strings.TrimRightFunc(name, isJunk)
	clean = strings.TrimLeft(clean, `"'`)
	if clean == name || clean == "" {
		return nil, err
	}
	if f, err := r.find(clean); err == nil {
		f.Junk = strings.Replace(name, clean, "", 1)
		return f, nil
	}
	return nil, err
}

// isJunk reports what no boot file ends in and badly written options do: END
// octets and controls (as one octet or read as Latin-1), blanks, quotes.
func isJunk(c rune) bool {
	return c <= ' ' || c == 0x7f || c == '"' || c == '\'' || c == '\uFFFD' || c == 0xff
}

// find tries the spellings of a name without its tail.
func (r *Root) find(name string) (*File, error) {
	if strings.ContainsRune(name, 0) {
		return nil, fmt.Errorf("%q: %w", name, fs.ErrNotExist)
	}
	literal := strings.TrimLeft(name, "/")
	if literal != "" && !strings.ContainsRune(literal, '/') {
		// A file whose very name has backslashes, as a copy from Windows leaves it.
		if f, err := r.open(literal); err == nil || errors.Is(err, ErrNotRegular) {
			return f, err
		}
	}
	local, err := localize(name)
	if err != nil {
		return nil, err
	}
	f, err := r.open(local)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	actual, ok := r.anyCase(".", local)
	if !ok {
		return nil, err
	}
	return r.open(actual)
}

// localize turns a client's name into one below the root: backslashes, a drive
// letter and leading separators as Windows clients send them. ".." that would
// lead above the root is refused, not folded: it is never an honest name.
func localize(name string) (string, error) {
	name = strings.ReplaceAll(name, `\`, "/")
	if len(name) >= 2 && name[1] == ':' && isLetter(name[0]) {
		name = name[2:]
	}
	name = path.Clean(strings.TrimLeft(name, "/"))
	if name == ".." || strings.HasPrefix(name, "../") {
		return "", fmt.Errorf("%q leads outside: %w", name, fs.ErrPermission)
	}
	return name, nil
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// open opens a regular file. O_NONBLOCK, since opening a fifo would wait for a
// writer for ever; what it is, is asked of the open file, not of the name.
func (r *Root) open(name string) (*File, error) {
	f, err := r.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, outside(err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%q: %w", name, ErrNotRegular)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	file := &File{File: f, Size: info.Size(), Modified: info.ModTime(), Path: name}
	file.identity, file.changed = identify(info)
	return file, nil
}

// outside makes os.Root's refusal to leave the root, which has no exported
// value, a fs.ErrPermission. Missing files and too long names are ErrNotExist.
func outside(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ENAMETOOLONG):
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	case errors.Is(err, fs.ErrPermission):
		return err
	}
	return fmt.Errorf("%w: %w", fs.ErrPermission, err)
}

// anyCase finds a name on a case-sensitive disk without regard to case, folder
// by folder: \Boot\BCD may be in boot although there is a Boot too. Of several
// spellings the exact one is taken, else the first in byte order, so that every
// client gets the same file.
func (r *Root) anyCase(dir, name string) (string, bool) {
	part, rest, more := strings.Cut(name, "/")
	for _, entry := range r.spellings(dir, part) {
		actual := path.Join(dir, entry)
		if !more {
			return actual, true
		}
		if found, ok := r.anyCase(actual, rest); ok {
			return found, true
		}
	}
	return "", false
}

// spellings lists the entries of a folder that are name but for case.
func (r *Root) spellings(dir, name string) []string {
	d, err := r.root.OpenFile(dir, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1) // none where dir is a file
	names = slices.DeleteFunc(names, func(n string) bool { return !sameButCase(n, name) })
	slices.Sort(names)
	if i := slices.Index(names, name); i > 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, name)
	}
	return names
}

// sameButCase compares names as Windows does. Names that are not UTF-8 fold
// their ASCII letters only: to strings.EqualFold all broken octets are alike.
func sameButCase(a, b string) bool {
	if utf8.ValidString(a) && utf8.ValidString(b) {
		return strings.EqualFold(a, b)
	}
	return len(a) == len(b) && lowerASCII(a) == lowerASCII(b)
}

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] |= 0x20
		}
	}
	return string(b)
}
