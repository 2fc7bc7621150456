package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// write puts a result to stdout, or to a file when a name is given.
// The parts of a large one are not joined for it.
func (u *ui) write(name string, parts ...string) error {
	if name == "" || name == "-" {
		return ioError("write the result", writeAll(u.stdout, parts))
	}
	return ioError("write the result", replaceFile(name, parts...))
}

func writeAll(w io.Writer, parts []string) error {
	for _, part := range parts {
		if _, err := io.WriteString(w, part); err != nil {
			return err
		}
	}
	return nil
}

// ioError gives a failed read or write its exit code. A closed reader of stdout
// stays visible inside for finish.
func ioError(what string, err error) error {
	if err == nil {
		return nil
	}
	return usagef("", "cannot %s: %w", what, err)
}

// replaceFile makes a file hold text, all of it or as before: written beside it
// and renamed over it. What is there and is no regular file (/dev/stdout, a
// pipe) is written in place, as a rename would replace the device.
func replaceFile(name string, parts ...string) error {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return writeRename(name, parts, 0o666)
	}
	if err != nil {
		return err
	}
	real, err := filepath.EvalSymlinks(name)
	if err != nil || !info.Mode().IsRegular() { // /dev/stdout on a pipe has no path
		return os.WriteFile(name, []byte(strings.Join(parts, "")), 0o666)
	}
	return writeRename(real, parts, info.Mode().Perm())
}

func writeRename(name string, parts []string, mode fs.FileMode) (err error) {
	part := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%d.part", filepath.Base(name), os.Getpid()))
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if e := new(fs.PathError); errors.As(err, &e) {
		return &fs.PathError{Op: "create", Path: name, Err: e.Err} // the name that was typed
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(part)
		}
	}()
	if err = writeAll(f, parts); err != nil {
		f.Close()
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(part, name)
}
