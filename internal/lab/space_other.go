//go:build !linux

package lab

type space struct{}

func newSpace() (*space, error) { return nil, errNoNamespaces }

func (s *space) close() {}
