package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/targets"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/jsonout"
)

// encode is the verb's flags.
type encode struct {
	*ui
	code string
	pxe  pxeFlags
	nul  bool
	form string
	tlv  bool
	as   string
	json bool
}

func newEncode(u *ui) *cobra.Command {
	e := &encode{ui: u}
	cmd := &cobra.Command{
		Use:   "encode CODE [VALUE]",
		Short: "print the exact bytes of an option",
		Long: "Prints the bytes of a DHCP option, or what to type on a DHCP server to send them. CODE is a number or\n" +
			"a name such as 'bootfile name'; VALUE is text, addresses or numbers as the option wants, or hex:….",
		Example: `  pxekit encode 67 'boot\x64\wdsnbp.com' --nul
  pxekit encode 67 'boot\x64\wdsnbp.com' --nul --as isc
  pxekit encode 66 192.0.2.10 --form colon
  pxekit encode 43 --discovery-control 8 --tlv
  pxekit encode 43 --boot-server 1=192.0.2.10,192.0.2.11 --menu '1=Windows' --prompt '10,Press F8'
  pxekit encode 150 192.0.2.10,192.0.2.11
  pxekit encode --code 224 hex:0102`,
		Annotations: map[string]string{jsonFields: jsonEncode},
		RunE:        func(_ *cobra.Command, args []string) error { return e.run(args) },
	}
	f := cmd.Flags()
	f.StringVar(&e.code, "code", "", "option `NUMBER`, in place of CODE")
	e.pxe.register(f)
	f.BoolVar(&e.nul, "nul", false, "close the value with a NUL")
	f.StringVar(&e.form, "form", string(dhcpopts.HexPlain), "how to write the bytes: "+strings.Join(formWords(), ", "))
	f.BoolVar(&e.tlv, "tlv", false, "code and length too, in several pieces over 255 octets (RFC 3396)")
	f.StringVar(&e.as, "as", "", "print what to type on this `SERVER` to send the bytes")
	f.BoolVar(&e.json, "json", false, "print JSON")
	_ = cmd.RegisterFlagCompletionFunc("as", completeTargets)
	_ = cmd.RegisterFlagCompletionFunc("form", cobra.FixedCompletions(formWords(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func formWords() []string {
	var words []string
	for _, f := range dhcpopts.HexForms() {
		words = append(words, string(f))
	}
	return words
}

func (e *encode) run(args []string) error {
	if e.form == "xstring" { // as \x reads aloud
		e.form = string(dhcpopts.HexString)
	}
	form, err := dhcpopts.ParseHexForm(e.form)
	if err != nil {
		return usagef("--form colon", "%w", err)
	}
	code, value, err := e.option(args)
	if err != nil {
		return err
	}
	typed, bent, err := e.typed(code, value)
	if err != nil {
		return err
	}
	found := dhcpopts.CheckOption(code, value)
	if e.json {
		err = e.ui.json("", jsonout.EncodeOf(code, value, typed, found))
	} else {
		err = e.write("", e.text(form, code, value, typed))
	}
	switch bad := e.findings(found); {
	case err != nil:
		return err
	case bent == nil && bad > 0:
		return said(exitFindings)
	}
	return bent
}

// option is the code and the value that were typed.
func (e *encode) option(args []string) (code uint8, value []byte, err error) {
	switch {
	case e.code != "" && len(args) > 1:
		return 0, nil, usagef("give one of them", "--code %s and %q both name the option", e.code, args[0])
	case e.code != "":
		args = append([]string{e.code}, args...)
	}
	switch {
	case len(args) == 0:
		return 0, nil, usagef("pxekit encode 67 'boot\\x64\\wdsnbp.com'", "encode needs an option")
	case len(args) > 2:
		return 0, nil, usagef("put a value with blanks in single quotes", "encode takes one value, got %d", len(args)-1)
	}
	if code, err = optionCode(args[0]); err != nil {
		return 0, nil, err
	}
	value, err = e.value(code, args[0], args[1:])
	if err != nil || !e.nul {
		return code, value, err
	}
	if kind := dhcpopts.LookupOption(code).Kind; kind != dhcpopts.KindText && kind != dhcpopts.KindOpaque {
		return 0, nil, usagef("leave out --nul", "option %d is no text that a NUL could close", code)
	}
	return code, append(value, 0), nil
}

// value reads the typed value, or the flags of option 43.
func (e *encode) value(code uint8, name string, typed []string) ([]byte, error) {
	switch {
	case e.pxe.given() && code != dhcpopts.OptVendor:
		return nil, usagef("pxekit encode 43 …", "the flags of a PXE menu belong to option 43, not %d", code)
	case e.pxe.given() && len(typed) > 0:
		return nil, usagef("give one of them", "option 43 has a value %q and flags", typed[0])
	case e.pxe.given():
		return e.pxe.encode()
	case len(typed) == 0 && dhcpopts.LookupOption(code).Kind == dhcpopts.KindEmpty:
		return []byte{}, nil
	case len(typed) == 0:
		return nil, usagef("pxekit encode "+shellWord(name)+" VALUE", "option %d needs a value", code)
	}
	if err := plan.ShellMark("encode "+shellWord(name), typed[0]); err != nil {
		return nil, e.planFailure(err)
	}
	value, err := dhcpopts.ParseOption(code, typed[0])
	if err != nil {
		return nil, usagef("hex:… gives the octets themselves", "%w", err)
	}
	return value, nil
}

// optionCode reads a number, or a name of the option table in any spelling:
// "bootfile name", "Bootfile-Name".
func optionCode(text string) (uint8, error) {
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		if n == dhcpopts.OptPad || n >= dhcpopts.OptEnd {
			return 0, usagef("options have the numbers 1 to 254", "there is no option %s", text)
		}
		return uint8(n), nil
	}
	var names []string
	for _, o := range dhcpopts.Options() {
		if fold(o.Name) == fold(text) {
			return o.Code, nil
		}
		names = append(names, fold(o.Name))
	}
	hint := "a number from 1 to 254 always works"
	if near := nearest(fold(text), names); len(near) > 0 && text != "" {
		hint = "did you mean " + quoted(near) + "?"
	}
	return 0, usagef(hint, "unknown option %q", text)
}

// fold makes the spellings of an option's name alike.
func fold(name string) string {
	return strings.ToLower(strings.NewReplacer(" ", "-", "_", "-").Replace(name))
}

// typed is what to type on the server of --as. bent is the failure of a server
// that will send something else.
func (e *encode) typed(code uint8, value []byte) (typed *jsonout.Typed, bent, err error) {
	if e.as == "" {
		return nil, nil, nil
	}
	target, err := targets.Find(e.as)
	if err != nil {
		return nil, nil, usagef("pxekit generate --list shows all targets", "%w", err)
	}
	if target.Spell == nil {
		return nil, nil, askedf(wholeOnly(target), "%s has no place for a single option", target.Name)
	}
	s, err := target.Spell(code, value)
	if err != nil {
		return nil, nil, askedf("", "%w", err)
	}
	typed = &jsonout.Typed{Target: target.Name, Text: s.Text, Where: s.Where, Sent: jsonout.Hex(s.Sent), Exact: string(s.Sent) == string(value), Note: s.Note}
	if !typed.Exact {
		bent = askedf("", "%s cannot send these bytes; it sends %s", target.Name, dhcpopts.FormatHex(dhcpopts.HexSpaced, s.Sent))
	}
	return typed, bent, nil
}

// wholeOnly is the way out where a target takes no single option; one without
// forms takes no config either.
func wholeOnly(t dialect.Target) string {
	if len(t.Forms) == 0 {
		return "pxekit generate --list shows what other targets can say"
	}
	return "pxekit generate " + t.Name + " writes a whole config"
}

func (e *encode) text(form dhcpopts.HexForm, code uint8, value []byte, typed *jsonout.Typed) string {
	if typed == nil {
		if e.tlv {
			value = dhcpopts.EncodeOption(code, value)
		}
		return dhcpopts.FormatHex(form, value) + "\n"
	}
	for _, note := range []string{typed.Where, typed.Note} {
		if note != "" {
			e.say("note", note, "")
		}
	}
	return fmt.Sprintln(typed.Text)
}
