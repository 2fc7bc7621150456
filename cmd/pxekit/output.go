package main

import (
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
// and renamed over it. What is no regular file (/dev/stdout, a pipe) is written
// in place, as a rename would replace the device.
func replaceFile(name, text string) error {
	mode := fs.FileMode(0o666)
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return os.WriteFile(name, []byte(text), mode)
		}
		mode = info.Mode().Perm()
	}
	return writeRename(name, text, mode)
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
