package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect/targets"
	"pxekit/internal/jsonout"
)

// decode is the verb's flags.
type decode struct {
	*ui
	hex    string
	option string
	expect string
	nul    string
	mac    string
	as     string
	json   bool

	code     uint8 // of --option
	given    map[string]bool
	want     []byte // of --expect
	files    int    // boot files compared
	machines *machines
}

func newDecode(u *ui) *cobra.Command {
	d := &decode{ui: u}
	cmd := &cobra.Command{
		Use:   "decode [FILE]",
		Short: "explain option bytes, packets and captures",
		Long: "Explains every field and option of what it reads, and says what is wrong. The input is found out by itself:\n" +
			"hex text in any form, dumps of Wireshark and tcpdump -x, a raw DHCP message, pcap, pcapng, gzip. FILE - is stdin.\n" +
			"With --as it says what a DHCP server makes of typed text.",
		Example: `  pxekit decode boot.pcap --mac 52:54:00:12:34:56
  pxekit decode --option 67 --hex '62 6f 6f 74 5c 78 36 34' --expect 'boot\x64\wdsnbp.com'
  pxekit decode --as isc 'boot\x64\wdsnbp.com'
  tcpdump -r boot.pcap -x | pxekit decode -`,
		Annotations: map[string]string{jsonFields: jsonDecode},
		RunE:        func(cmd *cobra.Command, args []string) error { return d.run(cmd, args) },
	}
	f := cmd.Flags()
	f.StringVar(&d.hex, "hex", "", "decode this hex `TEXT`")
	f.StringVar(&d.option, "option", "", "the input is the bare value of option `CODE`")
	f.StringVar(&d.expect, "expect", "", "compare the boot file (or the value of --option) with `TEXT`; exit 1 when it differs")
	f.StringVar(&d.nul, "nul", "auto", "whether --expect wants a closing NUL: auto (option 67, but no URL), always, never")
	f.StringVar(&d.mac, "mac", "", "only packets of this machine: its hardware `ADDRESS` or the first octets")
	f.StringVar(&d.as, "as", "", "what this `SERVER` makes of the text given instead of FILE")
	f.BoolVar(&d.json, "json", false, "print JSON")
	_ = cmd.RegisterFlagCompletionFunc("as", completeTargets)
	return cmd
}

func (d *decode) run(cmd *cobra.Command, args []string) error {
	d.given = map[string]bool{}
	for _, name := range []string{"hex", "option", "expect", "mac", "as"} {
		d.given[name] = cmd.Flags().Changed(name)
	}
	if err := d.check(args); err != nil {
		return err
	}
	if d.given["as"] {
		return d.typed(args[0])
	}
	in, name, err := d.open(args)
	if err != nil {
		return err
	}
	defer in.Close()
	if d.given["option"] {
		return d.value(in, name)
	}
	return d.packets(in, name)
}

// check reads the flags, so that nothing is printed before what was typed is
// known to be right.
func (d *decode) check(args []string) (err error) {
	switch {
	case len(args) > 1:
		return usagef("put a text with blanks in single quotes", "decode takes one input, got %d", len(args))
	case d.given["as"] && len(args) == 0:
		return usagef(`pxekit decode --as `+d.as+` 'boot\\x64\\wdsnbp.com'`, "--as needs the text that is typed on the server")
	case d.given["as"] && (d.given["hex"] || d.given["mac"]):
		return usagef("leave the other flag out", "--as reads typed text, not packets")
	case d.given["hex"] && len(args) > 0:
		return usagef("give one of them", "both --hex and %q are inputs", args[0])
	case d.given["mac"] && d.given["option"]:
		return usagef("leave one out", "--option is a bare value, which has no --mac")
	}
	d.code = dhcpopts.OptBootFile
	if d.given["option"] {
		if d.code, err = optionCode(d.option); err != nil {
			return err
		}
	}
	if d.given["mac"] {
		mac, err := dhcpopts.ParseMAC(d.mac)
		if err != nil {
			return usagef("--mac 52:54:00:12:34:56", "%w", err)
		}
		d.machines = &machines{mac: mac}
	}
	return d.readExpect()
}

// open opens the input: --hex, a file, or stdin.
func (d *decode) open(args []string) (io.ReadCloser, string, error) {
	switch {
	case d.given["hex"]:
		return io.NopCloser(stringReader(d.hex)), "--hex", nil
	case len(args) == 1 && args[0] != "-":
		f, err := os.Open(args[0])
		if err != nil {
			return nil, "", usagef(typedHint(args[0]), "cannot read %q: %w", args[0], errors.Unwrap(err))
		}
		return f, args[0], nil
	case len(args) == 0 && d.stdinTTY:
		return nil, "", usagef("pxekit decode FILE, or --hex '…'", "decode needs an input")
	}
	return io.NopCloser(d.stdin), "stdin", nil
}

// value decodes a bare option value.
func (d *decode) value(in io.Reader, name string) error {
	text, err := readAll(in, name)
	if err != nil {
		return err
	}
	value := text
	if d.given["hex"] || isText(text) {
		if value, err = parseHex(string(text), name); err != nil {
			return err
		}
	}
	found := dhcpopts.CheckOption(d.code, value)
	if d.json {
		err = d.ui.json("", jsonout.ValueOf(d.code, value, nil, found, d.compared(value)))
	} else {
		err = d.write("", valueText(d.code, value)+findingLines("", found)+d.comparedLine(value))
	}
	return errors.Join(err, d.verdict(found, d.compare(value)))
}

// verdict is the exit code of what was read.
func (d *decode) verdict(found []dhcpopts.Finding, differs error) error {
	if differs != nil {
		return differs
	}
	for _, f := range found {
		if f.Severity == dhcpopts.Error {
			return said(exitFindings)
		}
	}
	return nil
}

// typed says what a server makes of typed text.
func (d *decode) typed(text string) error {
	target, err := targets.Find(d.as)
	if err != nil {
		return usagef("pxekit generate --list shows all targets", "%w", err)
	}
	if target.Read == nil {
		hint := wholeOnly(target)
		if target.Spell != nil {
			hint = fmt.Sprintf("pxekit encode %d %s --as %s shows what to type there", d.code, shellWord(text), target.Name)
		}
		return askedf(hint, "how %s reads typed text is not known", target.Title)
	}
	reading, err := target.Read(d.code, text)
	if err != nil {
		return askedf(d.spelled(target, text), "%s: %w", target.Title, err)
	}
	found := append(eaten(text, reading.Sent), dhcpopts.CheckOption(d.code, reading.Sent)...)
	if d.json {
		err = d.ui.json("", jsonout.ValueOf(d.code, reading.Sent, jsonout.ReadOf(target.Name, text, reading), found, d.compared(reading.Sent)))
	} else {
		err = d.write("", readingText(target, d.code, text, reading)+findingLines("", found)+d.comparedLine(reading.Sent)+d.instead(target, text, found))
	}
	return errors.Join(err, d.verdict(found, d.compare(reading.Sent)))
}

// streamGC lets garbage grow to a few times what a stream keeps, which is
// little: collecting it at every turn takes more time than some packets.
const streamGC = 400

// packets decodes messages and captures, one after the other.
func (d *decode) packets(in io.Reader, name string) error {
	source, err := d.source(in, name)
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(streamGC))
	out := d.printer()
	var bad bool
	var differs error
	for {
		item, err := source.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errors.Join(out.close(), usagef("what was read before it stands", "%s: %w", name, err))
		}
		if d.machines != nil && !d.machines.takes(item) {
			continue
		}
		p := explain(item)
		bad = bad || p.bad()
		if err := out.print(p); err != nil {
			return ioError("write the result", err)
		}
		differs = errors.Join(differs, d.expectFile(p))
	}
	source.done()
	if err := out.close(); err != nil {
		return ioError("write the result", err)
	}
	if differs != nil {
		return differs
	}
	return d.summary(out.count, bad, name)
}

// summary ends a run over packets.
func (d *decode) summary(count int, bad bool, name string) error {
	switch {
	case count == 0 && d.machines != nil:
		return askedf("without --mac all packets are shown", "%s has no packet of %s", name, d.mac)
	case d.given["expect"] && d.files == 0:
		return askedf("", "%s has no boot file to compare with %q", name, d.expect)
	case bad:
		return said(exitFindings)
	}
	return nil
}
