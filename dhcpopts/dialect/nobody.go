package dialect

import (
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/plan"
)

// common are the architectures that networks really meet; the others are named
// together.
var common = []dhcpopts.Arch{
	dhcpopts.BIOS, dhcpopts.EFIIA32, dhcpopts.EFIX64, dhcpopts.EFIBC, dhcpopts.EFIARM64, dhcpopts.HTTPX64, dhcpopts.HTTPARM64,
}

// samples are machines that a condition takes, one for each of its
// architectures (the registered ones when it names none).
func samples(c plan.Cond) []dhcpopts.Client {
	archs := c.Archs
	if archs == nil {
		archs = dhcpopts.Archs()
	}
	var all []dhcpopts.Client
	for _, arch := range archs {
		client := dhcpopts.Firmware(arch)
		if c.Stage == dhcpopts.IPXEStage {
			client = client.WithIPXE()
		}
		if !strings.HasPrefix(string(client.VendorClass), c.Class) {
			client.VendorClass = []byte(c.Class)
		}
		if c.UserClass != "" {
			client.UserClass = []byte(c.UserClass)
		}
		client.MAC = append(slices.Clone(c.MAC), client.MAC[min(len(c.MAC), len(client.MAC)):]...)
		if c.UUID != nil {
			client.MachineID = append([]byte{0}, c.UUID...)
		}
		if c.Holds(client) {
			all = append(all, client)
		}
	}
	return all
}

// nobody says who gets nothing, and who gets something although no rule takes
// it.
func (a *annotation) nobody() {
	fates := a.fates()
	without, with := archsOf(fates, nothing), archsOf(fates, stray)
	for _, x := range bystanders() {
		switch a.fate(x.client) {
		case nothing:
			without = append(without, x.words)
		case stray:
			with = append(with, x.words)
		}
	}
	a.add("")
	if len(without) > 0 {
		a.add("Who gets nothing: %s", strings.Join(without, "; "))
	}
	if len(with) > 0 {
		a.add("In no rule, but answered by this server all the same: %s", strings.Join(with, "; "))
	}
}

// fates asks for the common architectures one by one. Of the others that no
// rule names, one of each vendor class speaks for all: a text cannot tell them
// apart, and asking costs a walk through a config of maybe 100,000 hosts.
func (a *annotation) fates() map[dhcpopts.Arch]fate {
	fates := map[dhcpopts.Arch]fate{}
	spoken := map[string]fate{}
	for _, arch := range dhcpopts.Archs() {
		client := dhcpopts.Firmware(arch)
		_, _, taken := plan.AnswerOf(a.rules(), client)
		known, asked := spoken[arch.Class()]
		switch {
		case slices.Contains(common, arch) || taken:
			fates[arch] = a.fate(client)
		case asked:
			fates[arch] = known
		default:
			fates[arch] = a.fate(client)
			spoken[arch.Class()] = fates[arch]
		}
	}
	return fates
}

// fate is what becomes of a machine that is no host of the plan.
type fate int

const (
	answered fate = iota // a rule takes it
	nothing              // the server tells it nothing
	stray                // no rule takes it, and the server answers all the same
)

func (a *annotation) fate(client dhcpopts.Client) fate {
	got := a.out.Expect(client)
	_, _, taken := plan.AnswerOf(a.rules(), client)
	switch {
	case !got.Boots():
		return nothing
	case taken:
		return answered
	}
	return stray
}

// archsOf names the architectures with a fate, the common ones each and the
// others together where all share it.
func archsOf(fates map[dhcpopts.Arch]fate, want fate) []string {
	var named, pxe, http []dhcpopts.Arch
	others := map[bool]int{}
	for _, arch := range dhcpopts.Archs() {
		isCommon := slices.Contains(common, arch)
		if !isCommon {
			others[arch.HTTP()]++
		}
		switch {
		case fates[arch] != want:
		case isCommon:
			named = append(named, arch)
		case arch.HTTP():
			http = append(http, arch)
		default:
			pxe = append(pxe, arch)
		}
	}
	words := archWords(named)
	allPXE, allHTTP := len(pxe) == others[false], len(http) == others[true]
	switch {
	case allPXE && allHTTP:
		return append(words, "every other architecture")
	case allPXE:
		return append(append(words, archWords(http)...), "every other PXE architecture")
	case allHTTP:
		return append(append(words, archWords(pxe)...), "every other HTTP boot architecture")
	}
	return append(append(words, archWords(pxe)...), archWords(http)...)
}

type bystander struct {
	words  string
	client dhcpopts.Client
}

// bystanders are clients beside plain firmware of an architecture.
func bystanders() []bystander {
	return []bystander{
		{"iPXE on BIOS, once it runs", dhcpopts.Firmware(dhcpopts.BIOS).WithIPXE()},
		{"iPXE on x64 UEFI, once it runs", dhcpopts.Firmware(dhcpopts.EFIX64).WithIPXE()},
		{"every computer that does not boot from the network", dhcpopts.Laptop()},
	}
}
