//go:build !linux

package confine

import (
	"errors"
	"os"
)

// Capabilities gives up nothing.
func Capabilities(func() string) (said string, err error) {
	return "", errors.New("keeps the rights it was started with: this system has no capabilities to give up")
}

// FileSystem puts nothing out of reach.
func FileSystem(*os.File, []string) (said string, err error) {
	return "", errors.New("the whole file system stays in reach: this system has no landlock")
}
