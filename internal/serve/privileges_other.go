//go:build !linux

package serve

import "errors"

func (s *Server) dropPrivileges() (string, error) {
	return "", errors.New("keeps the rights it was started with: this system has no capabilities to give up")
}

func (s *Server) confine() (string, error) {
	return "", errors.New("the whole file system stays in reach: this system has no landlock")
}
