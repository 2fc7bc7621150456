//go:build linux

package lab_test

import (
	"bytes"
	"slices"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab/corpus"
)

// plans are the corpus' and two that ask for what those do not: conditions on
// user class, vendor class and UUID, and one answer for everyone with all that
// an answer can have.
func plans() []corpus.Named {
	x64, bios := corpus.X64Client, corpus.BIOSClient
	own := []dhcpopts.Option{{Code: 17, Data: []byte("root")}, {Code: 150, Data: []byte{10, 77, 0, 9}}}
	more := *corpus.Plans()[0].Plan
	more.Rules = []plan.Rule{
		{Match: plan.Match{UUID: bios.MachineID[1:]}, File: "uuid.0"},
		{Match: plan.Match{UserClass: "lab"}, File: "user.efi"},
		{Match: plan.Match{VendorClass: "HW-Client"}, File: "vendor.efi", Options: own},
		{Match: plan.Match{Archs: []plan.ArchRef{{Arch: x64.Arch()}}}, File: "x64.efi"},
	}
	single := more
	single.Rules = []plan.Rule{{File: "all.0", ServerName: "all.example.net", Options: own}}
	return append(corpus.Plans(), corpus.Named{Name: "conditions", Plan: &more}, corpus.Named{Name: "single", Plan: &single})
}

// clients are the corpus' and one for each further condition.
func clients() []dhcpopts.Client {
	all := corpus.Clients()
	for _, list := range [][]uint8{corpus.FullList, corpus.ShortList, nil} {
		user, vendor := corpus.X64Client, corpus.X64Client
		user.Name, user.UserClass, user.RequestList = "user class", []byte("\x03lab"), list
		vendor.Name, vendor.VendorClass, vendor.RequestList = "vendor class", []byte("HW-Client:1"), list
		all = append(all, user, vendor)
	}
	return all
}

// shown lists the features that one reply shows to work.
func shown(c plan.Case, client dhcpopts.Client, want, got dhcpopts.Answer) (features []dialect.Feature) {
	show := func(f dialect.Feature, works bool) {
		if works {
			features = append(features, f)
		}
	}
	same := func(code uint8) bool {
		w, asked := corpus.Trimmed(want).Get(code)
		g, sent := corpus.Trimmed(got).Get(code)
		return asked && sent && bytes.Equal(w, g)
	}
	whole := corpus.Trimmed(want).Equal(corpus.Trimmed(got))
	file67, _ := want.Get(dhcpopts.OptBootFile)
	sent67, _ := got.Get(dhcpopts.OptBootFile)
	show(dialect.FeatSIAddr, want.HasServer() && got.SIAddr == want.SIAddr)
	show(dialect.FeatFile, len(want.File) > 0 && bytes.Equal(want.File, got.File))
	show(dialect.FeatSName, len(want.SName) > 0 && bytes.Equal(want.SName, got.SName))
	show(dialect.Feat66, same(dhcpopts.OptTFTPServer))
	show(dialect.Feat67, same(dhcpopts.OptBootFile))
	show(dialect.FeatNUL, bytes.HasSuffix(file67, []byte{0}) && bytes.Equal(file67, sent67))
	show(dialect.FeatPXE43, c.Rule.PXE != nil && same(dhcpopts.OptVendor))
	show(dialect.FeatHTTP, c.Cond.Class == dhcpopts.ClassHTTP && whole)
	show(dialect.FeatOptions, len(c.Rule.Options) > 0 && same(c.Rule.Options[0].Code) && same(c.Rule.Options[1].Code))
	show(dialect.FeatUnasked, !slices.Contains(client.RequestList, dhcpopts.OptBootFile) && same(dhcpopts.OptBootFile))
	show(dialect.FeatArch, c.Cond.Archs != nil && whole)
	show(dialect.FeatIPXE, c.Cond.Stage == dhcpopts.IPXEStage && whole)
	show(dialect.FeatHosts, c.Host && whole)
	show(dialect.FeatScope, want.HasServer() && got.SIAddr == want.SIAddr) // all clients are in scope
	show(dialect.FeatUserClass, c.Cond.UserClass != "" && whole)
	show(dialect.FeatVendorClass, c.Rule.Match.VendorClass != "" && whole)
	show(dialect.FeatUUID, c.Cond.UUID != nil && whole)
	return features
}
