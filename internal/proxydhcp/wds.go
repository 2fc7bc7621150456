package proxydhcp

import (
	"fmt"
	"slices"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// next answers WDS's boot programs, wdsnbp.com and wdsmgfw.efi, which ask again
// on port 4011 once they run: option 250 says who they are, and the answer names
// the program to load next and, in option 252, the boot configuration store.
//
// Known from documents alone: Microsoft's WDS PXE provider sample and wdsbp.h,
// and a log of Configuration Manager (activedirectory.ncsu.edu, "Configuration
// Manager PXE process") for the order of the items and the NUL that closes 252.
func next(e Event, client dhcpopts.Client, p Policy, m Machine, said []byte) Decision {
	c := p.caseOf(client)
	switch {
	case c == nil:
		return silent(m, "no rule for %s", describe(client))
	case c.Rule == nil || c.Rule.WDS == nil || c.Rule.WDS.File == "":
		return silent(m, "%s runs WDS's boot program and asks what comes next, which %s does not say (wds: {file: …})", describe(client), c.Origin)
	}
	answer := withFile(c.Answer, c.Rule.WDS.File)
	answer.Options = withWDS(answer.Options, *c.Rule.WDS, said)
	replies := []Reply{reply(e, client, answering(e))}
	replies[0].boot(e, answer)
	m.Elsewhere = elsewhere(e, answer)
	step := fmt.Sprintf("asked port %d what comes next, told %s (%s)", e.Port, FileOf(answer), c.Origin)
	return Decision{Replies: replies, Case: c, Machine: m, Step: step}
}

// withWDS adds options 250 and 252, unless the rule has its own.
func withWDS(options []dhcpopts.Option, w plan.WDS, said []byte) []dhcpopts.Option {
	add := func(code uint8, data []byte) {
		own := func(o dhcpopts.Option) bool { return o.Code == code }
		if len(data) > 0 && !slices.ContainsFunc(options, own) {
			options = slices.Insert(options, 0, dhcpopts.Option{Code: code, Data: data})
		}
	}
	if w.BCD != "" {
		add(dhcpopts.OptWDSBCD, append([]byte(w.BCD), 0))
	}
	add(dhcpopts.OptWDS, goOn(said))
	return options
}

// goOn is option 250 that lets the boot program go on at once: no approval to
// wait for, no prompt. A request's id is sent back.
func goOn(said []byte) []byte {
	items, _, _ := dhcpopts.DecodeSubOptions(dhcpopts.OptWDS, said)
	other := func(o dhcpopts.Option) bool { return o.Code != dhcpopts.WDSRequestID }
	return dhcpopts.EncodeSubOptions(append(slices.DeleteFunc(items, other),
		dhcpopts.Option{Code: dhcpopts.WDSClientPrompt, Data: []byte{dhcpopts.WDSPromptNone}},
		dhcpopts.Option{Code: dhcpopts.WDSActionDone, Data: []byte{1}}))
}
