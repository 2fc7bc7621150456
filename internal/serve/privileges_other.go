//go:build !linux

package serve

import "errors"

func dropPrivileges() error { return errors.New("this system has no capabilities to give up") }
