package serve

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// checkGround looks after what serving stands on, which sockets do not report:
// interfaces, their addresses and the folder. Each change is told once. It is an
// error when no interface is left.
func (s *Server) checkGround() error {
	gone := 0
	for _, i := range s.ifaces {
		fault := i.fault()
		if errors.Is(fault, errGone) {
			gone++
		}
		s.tellGround(i.Name, fault)
	}
	if s.Root != nil {
		s.tellGround("the folder of boot files", s.Root.Replaced())
	}
	if gone == len(s.ifaces) {
		return fmt.Errorf("no interface is left: %s %w", s.ifaces[0].Name, errGone)
	}
	return nil
}

// tellGround tells of a fault that has come or gone.
func (s *Server) tellGround(what string, fault error) {
	text := ""
	if fault != nil {
		text = fault.Error()
	}
	if !s.grounded(what, text) {
		return
	}
	if fault == nil {
		s.Log.Info(what+" is as it was at the start again", "event", evStart)
		return
	}
	s.Log.Warn(what+" "+text, "event", evStart, "error", text)
}

// grounded keeps a fault, "" for none, and reports whether that is news.
func (s *Server) grounded(what, text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ground[what] == text {
		return false
	}
	if s.ground == nil {
		s.ground = map[string]string{}
	}
	s.ground[what] = text
	return true
}

// faults lists what is wrong with the ground now, in words.
func (s *Server) faults() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, what := range slices.Sorted(maps.Keys(s.ground)) {
		if text := s.ground[what]; text != "" {
			all = append(all, what+" "+text)
		}
	}
	return all
}

// errGone says that an interface was taken away; one that comes back, even by
// that name, is another to the sockets.
var errGone = errors.New("was taken away; start pxekit again once it is back")

// fault says why machines are not answered on the interface, nil when they are.
func (i *Iface) fault() error {
	now, err := net.InterfaceByIndex(i.Index)
	if err != nil {
		return errGone
	}
	if now.Flags&net.FlagUp == 0 {
		return errors.New("is down: no machine is heard there")
	}
	addrs, err := now.Addrs()
	if err != nil {
		return nil // not known
	}
	var lost []string
	for _, p := range i.Addrs {
		same := func(a net.Addr) bool {
			q, err := netip.ParsePrefix(a.String())
			return err == nil && q.Addr() == p.Addr()
		}
		if !slices.ContainsFunc(addrs, same) {
			lost = append(lost, p.Addr().String())
		}
	}
	if lost == nil {
		return nil
	}
	return fmt.Errorf("has lost the address %s, which machines are sent to: give it back, or start pxekit again", strings.Join(lost, ", "))
}
