package lab

// Program is a server that is not one of the known ones: a program by its name,
// the shell line that runs it ("$1" is the program), and what it says once it is
// ready.
func Program(name, run, ready string) Daemon {
	return Daemon{Name: name, file: "config", run: run, ready: ready}
}

// Do runs fn at the server's end, on a thread of its namespace: sockets that it
// opens and processes that it starts belong there.
func (n *Net) Do(fn func() error) error { return n.server.do(fn) }
