// Package serve is a PXE responder beside a DHCP server, with the files: it
// answers on ports 67 and 4011 by a plan, serves a folder by TFTP and HTTP, and
// tells each machine's story in a line.
//
// What is answered is decided by package proxydhcp; here are the sockets, the
// clock and the log. Work is bounded: one loop for each socket, and as many
// transfers as the file servers admit.
package serve

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"pxekit/dhcpopts/plan"
	"pxekit/internal/bootfiles"
	"pxekit/internal/bootnames"
	"pxekit/internal/confine"
	"pxekit/internal/journal"
	"pxekit/internal/proxydhcp"
	"pxekit/internal/rawnet"
	"pxekit/tftpserve"
)

// Config is what to serve. Ports, Log and Observe aside, the zero value of a
// field is useful.
type Config struct {
	Ifaces []Iface
	Root   *bootfiles.Root
	// Load makes the plan, and what is to say about it. A plan without a Server
	// sends each machine to the address it asks. It is called before anything
	// is opened, when Reload fires, and when PlanFile, its list of hosts or the
	// certificate has changed.
	Load     func() (*plan.Plan, []bootnames.Note, error)
	PlanFile string // "": none
	Reload   <-chan os.Signal
	Strategy proxydhcp.Strategy
	Filter   proxydhcp.Filter
	Observe  Observe
	DHCP     *Lease // nil: a DHCP server is there

	TFTPPort        uint16
	HTTPPort        uint16 // 0: no HTTP
	TLSCert, TLSKey string // files; both or none
	HTTPList        bool   // list folders
	// Capture opens what the DHCP messages that are seen and sent are written to,
	// once everything else is open; nil: they are not.
	Capture        func() (io.WriteCloser, error)
	Log            *slog.Logger
	Lines          *journal.Lines  // under Log; nil: every line is written at once
	Screen         *journal.Screen // under Lines; nil: no terminal, what runs is not shown
	Listen         time.Duration   // how long to listen for other servers at the start
	DropPrivileges bool            // give up all capabilities and the file system once everything is open
	StopWithin     time.Duration   // how long transfers may go on after a stop; 0: 10 s
}

// Observe says whether to send anything.
type Observe string

// Auto watches only, when another PXE responder answers at the start.
const (
	ObserveAuto  Observe = "auto"
	ObserveOnly  Observe = "only"
	ObserveNever Observe = "never"
)

// defaultStop is how long transfers may go on after a stop, when Config does not
// say.
const defaultStop = 10 * time.Second

// Server is a running responder.
type Server struct {
	Config
	ifaces    []*Iface
	inherited *inherited
	neighbour func(netip.Addr) net.HardwareAddr
	arp       *rawnet.Neighbours // what neighbour asks
	now       func() time.Time
	after     func(time.Duration, func())
	metrics   metrics
	cut       atomic.Bool // what still ran at a stop was ended
	capture   *recorder
	quotas    *quotas

	certificate atomic.Pointer[tls.Certificate] // of HTTPS; nil without

	dhcp []socket // ports 67 and 4011
	// shares has those of them that another program on this host has as well, on an
	// interface that is served.
	shares map[uint16]bool

	ears  []socket // port 68: answers of others
	deaf  error    // why one could not be opened
	udp   []*net.UDPConn
	tcp   []net.Listener
	tftp  *tftpserve.Server
	http  *http.Server
	asked []uint32               // xids of our own questions at the start
	notes []string               // of opening
	watch []string               // files that the plan and the certificate are made from
	seen  map[string]fs.FileInfo // their state when they were read
	lines []bootnames.Note       // to say about the first plan

	groups []netip.Addr      // multicast, of the plan
	ground map[string]string // faults of interfaces and folder, by name; of housekeep

	mu        sync.Mutex // guards what follows
	policies  policies
	pool      *proxydhcp.Pool // nil: no addresses are given
	book      *book
	rivals    *lru[netip.Addr, bool] // other PXE responders that were named
	servers   *lru[netip.Addr, bool] // DHCP servers that were
	fetching  map[netip.Addr]int     // transfers that run, by client
	downloads map[*download]struct{}
	observing bool
	delayed   int // answers that wait for their time
	stopping  bool
}

// Open reads the plan and opens all sockets: what needs the right to do so is
// done after it.
func Open(c Config) (*Server, error) {
	s := &Server{
		Config: c, inherited: inherit(), now: time.Now,
		after:  func(d time.Duration, f func()) { time.AfterFunc(d, f) },
		shares: map[uint16]bool{},
		book:   newBook(), rivals: newLRU[netip.Addr, bool](maxRivals), servers: newLRU[netip.Addr, bool](maxRivals), fetching: map[netip.Addr]int{},
		downloads: map[*download]struct{}{}, observing: c.Observe == ObserveOnly, quotas: newQuotas(),
	}
	for i := range s.Ifaces {
		s.ifaces = append(s.ifaces, &s.Ifaces[i])
	}
	var err error
	if err := s.loadCertificate(); err != nil {
		return nil, err
	}
	if err := s.openPool(); err != nil {
		return nil, err
	}
	if s.lines, err = s.load(); err != nil {
		return nil, err
	}
	if err := s.open(); err != nil {
		s.close()
		return nil, err
	}
	s.joinGroups()
	s.tftp = &tftpserve.Server{Open: s.openTFTP, Event: s.tftpEvent}
	s.http = s.newHTTP()
	s.arp = rawnet.OpenNeighbours()
	s.neighbour = s.arp.Find
	return s, nil
}

// maxRivals bounds how many other responders are remembered by name.
const maxRivals = 64

func (s *Server) open() error {
	for _, port := range []uint16{proxydhcp.ServerPort, proxydhcp.BINLPort} {
		sockets, notes, err := s.listen(port)
		if err != nil {
			return err
		}
		s.dhcp = append(s.dhcp, sockets...)
		for _, note := range notes {
			s.note(note)
		}
	}
	if err := s.neighbourhood(); err != nil {
		return err
	}
	s.openEars()
	if !s.observing { // watching needs no files
		if err := s.openFiles(); err != nil {
			return err
		}
	}
	s.note(s.inherited.unused(s.observing))
	return s.record()
}

// neighbourhood draws conclusions from ports that other programs on this host
// have: a server on port 67 gives addresses, or may begin to, and only a PXE
// responder has port 4011.
func (s *Server) neighbourhood() error {
	if s.shares[proxydhcp.ServerPort] && s.DHCP != nil {
		return ErrPortTaken
	}
	if s.shares[proxydhcp.BINLPort] {
		s.note(fmt.Sprintf("another PXE responder is on this host: it has port %d; machines take either answer", proxydhcp.BINLPort))
		s.observing = s.observing || s.Observe == ObserveAuto
	}
	return nil
}

func (s *Server) note(text string) {
	if text != "" {
		s.notes = append(s.notes, text)
	}
}

// secure gives up the rights that opening needed, and says what it has kept.
func (s *Server) secure() {
	if !s.DropPrivileges {
		return
	}
	for _, giveUp := range []func() (string, error){s.leaveFiles, s.leaveRights} {
		if done, err := giveUp(); err != nil {
			s.note(err.Error())
		} else {
			s.Log.Info(done, "event", evStart)
		}
	}
}

// leaveFiles keeps the boot files in reach, and what is loaded again when it
// changes: plan and certificate.
func (s *Server) leaveFiles() (string, error) {
	root, err := s.Root.Dir()
	if err != nil {
		return "", err
	}
	defer root.Close()
	return confine.FileSystem(root, append(slices.Clip(s.watch), s.TLSCert, s.TLSKey))
}

// leaveRights keeps none: the sockets are open, and transfers take ports that
// anyone may have. Only a boot file may need one.
func (s *Server) leaveRights() (string, error) { return confine.Capabilities(s.Root.Unreadable) }

func (s *Server) close() {
	if s.arp != nil {
		_ = s.arp.Close()
	}
	closeAll(s.dhcp)
	closeAll(s.ears)
	s.closeFiles()
	s.capture.close()
}

func (s *Server) closeFiles() {
	for _, c := range s.udp {
		_ = c.Close()
	}
	for _, l := range s.tcp {
		_ = l.Close()
	}
}

func (s *Server) tls() bool { return s.TLSCert != "" }

// Run serves until ctx ends, then lets transfers finish for a bounded time.
func (s *Server) Run(ctx context.Context) error {
	defer s.close()
	s.planned(s.lines)
	if err := s.clearPool(s.survey(ctx)); err != nil {
		return err
	}
	s.secure()
	s.announce()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, s.wake)
	defer stop()

	var wg sync.WaitGroup
	faults := make(chan error, len(s.dhcp)+len(s.ears)+len(s.udp)+len(s.tcp)+1)
	run := func(f func() error) {
		wg.Go(func() {
			if err := f(); err != nil {
				faults <- err
				cancel()
			}
		})
	}
	for _, k := range s.sockets() {
		run(func() error { return s.loop(ctx, k) })
	}
	if s.observing {
		s.closeFiles() // a port that is open and never answers would keep clients waiting
	} else {
		for _, conn := range s.udp {
			run(func() error { return s.tftp.Serve(ctx, conn) })
		}
		for _, l := range s.tcp {
			run(func() error { return s.runHTTP(l) })
		}
	}
	run(func() error { return s.housekeep(ctx) })
	stopShowing := s.startShowing()
	<-ctx.Done()
	s.finish()
	wg.Wait()
	stopShowing()
	close(faults)
	return errors.Join(<-faults, s.capture.fault())
}

// sockets are all that messages are read from, in memory of their own: [Server.Run]
// and wake list them at once.
func (s *Server) sockets() []socket { return slices.Concat(s.dhcp, s.ears) }

// wake makes every read return, and lets no answer go that waits.
func (s *Server) wake() {
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	for _, k := range s.sockets() {
		_ = k.SetReadDeadline(time.Unix(1, 0))
	}
}

// finish waits for transfers that run, and says what was done in all.
func (s *Server) finish() {
	limit := cmp.Or(s.StopWithin, defaultStop)
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	s.mu.Lock()
	busy := len(s.tftp.Running()) + len(s.downloads)
	s.mu.Unlock()
	if busy > 0 {
		s.Log.Info(fmt.Sprintf("stopping: %s may go on for %v; a second signal ends at once", count(busy, "transfer"), limit), "event", evStop)
	}
	s.stopHTTP(ctx)
	s.tftp.Shutdown(ctx)
	s.tellLeftOut(true)
	s.summary()
}
