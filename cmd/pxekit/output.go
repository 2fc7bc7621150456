package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// write puts a result to stdout, or to a file when a name is given.
func (u *ui) write(name, text string) error {
	if name == "" || name == "-" {
		_, err := io.WriteString(u.stdout, text)
		return ioError("write the result", err)
	}
	return ioError("write the result", replaceFile(name, text))
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
func replaceFile(name, text string) error {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return writeRename(name, text, 0o666)
	}
	if err != nil {
		return err
	}
	real, err := filepath.EvalSymlinks(name)
	if err != nil || !info.Mode().IsRegular() { // /dev/stdout on a pipe has no path
		return os.WriteFile(name, []byte(text), 0o666)
	}
	return writeRename(real, text, info.Mode().Perm())
}

func writeRename(name, text string, mode fs.FileMode) (err error) {
	part := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%d.part", filepath.Base(name), os.Getpid()))
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(part)
		}
	}()
	if _, err = io.WriteString(f, text); err != nil {
		f.Close()
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(part, name)
}
