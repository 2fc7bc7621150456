package infoblox

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

// writeCSV is a file for CSV import (merge mode), with the headers of the CSV
// Import Reference. The only escape there is the doubled quote: backslashes stay
// as they are.
func writeCSV(g *grid) (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	rows := filterRows(g.all())
	rows = append(rows, []string{"header-network", "address*", "netmask*", "option_logic_filters", "ignore_client_requested_options"})
	for _, n := range g.networks {
		rows = append(rows, []string{"network", n.Masked().Addr().String(), netmask(n.Bits()).String(), filterList(g.filters), "True"})
	}
	if len(g.machines) > 0 {
		rows = append(rows, []string{"header-fixedaddress", "ip_address*", "mac_address*", "match_option", "option_logic_filters"})
	}
	for i, m := range g.machines {
		rows = append(rows, []string{"fixedaddress", fmt.Sprintf("ADDRESS-OF-MACHINE-%d", i+1), m.mac, "MAC_ADDRESS", filterList(m.filters)})
	}
	if err := w.WriteAll(rows); err != nil {
		return "", err
	}
	return b.String(), nil
}

// filterRows have a column for each option that any filter sets.
func filterRows(filters []filter) [][]string {
	var codes []uint8
	for _, f := range filters {
		for _, o := range f.options {
			if !slices.Contains(codes, o.code) {
				codes = append(codes, o.code)
			}
		}
	}
	slices.Sort(codes)
	header := []string{"header-optionfilter", "name*", "expression", "boot_file", "boot_server", "next_server"}
	for _, code := range codes {
		header = append(header, fmt.Sprintf("OPTION-%d", code))
	}
	rows := [][]string{header}
	for _, f := range filters {
		row := []string{"optionfilter", f.name, f.expression, f.bootFile, f.bootServer, f.nextServer}
		for _, code := range codes {
			row = append(row, f.value(code))
		}
		rows = append(rows, row)
	}
	return rows
}

func (f filter) value(code uint8) string {
	for _, o := range f.options {
		if o.code == code {
			return o.value
		}
	}
	return ""
}

// filterList names filters as objects. That commas part several is unverified.
func filterList(filters []filter) string {
	var all []string
	for _, f := range filters {
		all = append(all, ".com.infoblox.dns.dhcp_option_filters$"+f.name)
	}
	return strings.Join(all, ",")
}
