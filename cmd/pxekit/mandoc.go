package main

// manSections is the annotation of a command under which its man page finds
// sections of its own.
const manSections = "sections"

const manServe = "# RIGHTS\n\n" +
	"Ports below 1024 and packet sockets need rights: run it with sudo, or give them to the program once:\n\n" +
	"    sudo setcap cap_net_bind_service,cap_net_raw+ep $(command -v pxekit)\n\n" +
	"They are given up once all is open; CAP_DAC_READ_SEARCH is kept where a boot file cannot be read without it. " +
	"The file system is given up too, but for reading the root and the folders of the plan, its hosts and the certificate (landlock): " +
	"to read what a plan names elsewhere later, start it again.\n\n" +
	"# SOCKET ACTIVATION\n\n" +
	"Sockets that systemd has opened (**LISTEN_PID** and **LISTEN_FDS**, sd_listen_fds(3)) are taken over: UDP ports 67, 4011 and that of TFTP, " +
	"the TCP port of HTTP. They need no right to bind. Without CAP_NET_RAW answers of other servers are not heard.\n\n" +
	"# EXIT STATUS\n\n" +
	"**0** when it was stopped by SIGINT or SIGTERM. **2** when what was typed or the plan is wrong, a port cannot be opened, another DHCP server " +
	"answers beside --dhcp, no interface is left, or the messages cannot be recorded. A second signal ends it at once, as that signal does."
