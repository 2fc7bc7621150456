package plan

import (
	"slices"

	"pxekit/dhcpopts"
)

// Index finds the case that takes a client without looking at each: a plan may
// list ten thousand machines.
type Index struct {
	cases   []Case
	at      map[machineKey][]int // positions in cases, ascending
	lengths []int                // of the hardware addresses that conditions name, 0 for none
	uuids   bool                 // conditions name some
}

// machineKey is what a condition says of one machine, as octets; "" for nothing.
type machineKey struct{ mac, uuid string }

// NewIndex makes an index of resolved cases, which may not change their
// conditions after it.
func NewIndex(cases []Case) *Index {
	x := &Index{cases: cases, at: map[machineKey][]int{}}
	for i, c := range cases {
		k := machineKey{string(c.Cond.MAC), string(c.Cond.UUID)}
		x.at[k] = append(x.at[k], i)
		x.uuids = x.uuids || k.uuid != ""
		if n := len(c.Cond.MAC); !slices.Contains(x.lengths, n) {
			x.lengths = append(x.lengths, n)
		}
	}
	return x
}

// First is the first case whose condition holds, nil without one. The case is
// the index's own.
func (x *Index) First(cl dhcpopts.Client) *Case {
	var uuid string
	if x.uuids && len(cl.MachineID) == 17 {
		uuid = string(cl.MachineID[1:])
	}
	best := len(x.cases)
	for _, n := range x.lengths {
		if n > len(cl.MAC) {
			continue
		}
		mac := string(cl.MAC[:n])
		best = x.before(best, machineKey{mac, ""}, cl)
		if uuid != "" {
			best = x.before(best, machineKey{mac, uuid}, cl)
		}
	}
	if best == len(x.cases) {
		return nil
	}
	return &x.cases[best]
}

// before is the first case of a key that takes a client, best when that comes
// first.
func (x *Index) before(best int, k machineKey, cl dhcpopts.Client) int {
	for _, i := range x.at[k] {
		if i >= best || x.cases[i].Cond.Holds(cl) {
			return min(i, best)
		}
	}
	return best
}
