package main

// jsonFields is the annotation of a command under which its man page finds what
// --json prints.
const jsonFields = "json"

// jsonAnswer and jsonFinding describe what several verbs print. Bytes are
// lower-case hex everywhere.
const (
	jsonAnswer = "**siaddr** (an address, 0.0.0.0 when not set), **sname** and **file** (hex of the header fields without " +
		"their trailing zeros) and **options**, a list in wire order of **code** and **hex**"

	jsonFinding = "**id**, **severity** (error, warning or info), **message**, **hint**, **fix** (the corrected text, or empty), " +
		"**ref** (where the rule comes from), and the place: **file**, **line** and **column** in text, **packet** and **offset** in a capture"

	jsonGenerate = "With **--json** the result is one object: **schema** (pxekit/generate/1), **target**, **as** (the form), **text** (what is " +
		"printed without --json), **clients** and **notes**.\n\n" +
		"Each of **clients** has **client** (its name), **answer** and **evidence** (wire, documented, derived or unverified). " +
		"An answer is what the server will send once the text is in place: " + jsonAnswer + ".\n\n" +
		"Each of **notes** has **feature** (empty when it is about none), **text** and **lost** (true: the plan wants it and the target cannot say it).\n\n" +
		"With **--list --json**: **schema** (pxekit/targets/1) and **targets**, each with **target**, **title**, **forms** (a list of **as** and " +
		"**title**, the default first) and **support** (a list of **feature**, **can**, **evidence** and **note**)."

	jsonEncode = "With **--json** the result is one object: **schema** (pxekit/encode/1), **option**, **as** (only with --as) and **findings**.\n\n" +
		"**option** has **code**, **name**, **hex** (the value), **tlv** (code, length and value as sent) and **text** (the value in words).\n\n" +
		"**as** has **target**, **text** (what to type), **where** (the place to type it), **sent** (hex of the value that the server then sends), " +
		"**exact** (true: it is the value asked for) and **note**.\n\n" +
		"Each of **findings** has " + jsonFinding + "."

	jsonDecode = "With **--json** the result is one object: **schema** (pxekit/decode/1) and **packets**; packets are printed as they are read.\n\n" +
		"Each of **packets** has **index** (from 1), **time** (RFC 3339 with nanoseconds, empty when not known), **link**, **src**, **sport**, **dst**, **dport**, " +
		"**kind** (dhcp, tftp, dhcpv6 or other), **fields**, **options**, **end** (true: the options are closed by 255), **trailing** (hex of what follows), " +
		"**tftp**, **findings** and **error** (what broke off the reading, or empty).\n\n" +
		"**fields** is null for what is no DHCP message; it has **op**, **htype**, **hlen**, **hops**, **secs** (numbers), **xid** and **flags** (hex), **ciaddr**, " +
		"**yiaddr**, **siaddr**, **giaddr** (addresses), **chaddr** (hex, hlen octets), **sname** and **file** (hex without trailing zeros).\n\n" +
		"Each of **options** has **code**, **name**, **offset** (octets from the start of the DHCP message to the code), **length** (as declared), **hex**, " +
		"**text** and **in** (options, file or sname).\n\n" +
		"**tftp** is null for what is no TFTP packet; it has **opcode** (RRQ, WRQ, DATA, ACK, ERROR or OACK), **file**, **mode**, **options** (a list of **name** and " +
		"**value**), **block**, **error** (a number) and **message**.\n\n" +
		"With **--option** or **--as**: **schema**, **option** (**code**, **name**, **hex**, **text**), **findings**; with --as also **as** (**target**, **typed**, **note**, " +
		"**asks**: the file that the client will ask for, **evidence**); with --expect also **expect** (**equal**, **text**).\n\n" +
		"Each of **findings** has " + jsonFinding + "."

	jsonServe = "With **--log json** each line of the log is one object: **time** (RFC 3339), **level** (INFO, or WARN for what wants something done), **msg** (the line " +
		"of the text log), **event** and what belongs to it. Texts from the network are made safe to print: other octets are shown as `<00>`.\n\n" +
		"**event** is start (**interface**, **address**), plan (**error** and **hint** when a new one is refused, **id** of what is odd about it), rival (**server**, another server that was heard), " +
		"decision (**mac**; **arch**, **rule** and **sent** of an answer; **refused**, the way of answering that firmware did not take; **error**; **left_out**, how many lines of a flood were left out), " +
		"file (**mac**, **ip**, **file**, **ok**; of a transfer **bytes**, **seconds** and **error**; **junk**, what was cut from the name to find the file; " +
		"**normal**, true when boot loaders ask for it and it need not be there; **left_out**), verdict (how the boot of **mac** went: **ok**, and the transfer's fields) or stop (in all: machines **booted** and **failed**, " +
		"**answers**, **tftp_transfers**, **tftp_bytes**, **http_files**, **http_bytes**, requests **refused**; and for each **mac** whose boots did not all go well how many were **booted** and **failed**).\n\n" +
		"With HTTP, /metrics has counters in the text format of Prometheus, and /healthz answers ok, or 503 and what is wrong with an interface or the folder. Files of these names at the root are hidden by them, over HTTP."
)
