package infoblox

import (
	"fmt"
	"net/netip"
	"strings"
)

// ansibleCall are tasks that bring one filter up to date: nios_modules has no
// module for option filters and no argument for boot file and next server, so
// the tasks speak WAPI.
const ansibleCall = `- name: look for filter %[1]s
  ansible.builtin.uri: &wapi
    url: "{{ wapi }}/filteroption?name=%[1]s"
    url_username: "{{ nios_user }}"
    url_password: "{{ nios_password }}"
    force_basic_auth: true
  register: found
- name: write filter %[1]s
  ansible.builtin.uri:
    <<: *wapi
    url: "{{ wapi }}/{{ found.json[0]._ref if found.json else 'filteroption' }}"
    method: "{{ 'PUT' if found.json else 'POST' }}"
    status_code: [200, 201]
    body_format: json
    body: %[2]s
`

// ansibleAssign puts filters at the head of an object's list and keeps the
// others.
const ansibleAssign = `- name: read %[1]s
  ansible.builtin.uri: &wapi
    url: "{{ wapi }}/%[2]s&_return_fields=logic_filter_rules"
    url_username: "{{ nios_user }}"
    url_password: "{{ nios_password }}"
    force_basic_auth: true
  register: found
  failed_when: not found.json
- name: assign the filters to %[1]s
  ansible.builtin.uri:
    <<: *wapi
    url: "{{ wapi }}/{{ found.json[0]._ref }}"
    method: PUT
    body_format: json
    body:
      use_logic_filter_rules: true
      logic_filter_rules: "{{ ours + (found.json[0].logic_filter_rules | default([]) | rejectattr('filter', 'match', 'pxekit-')) }}"
%[3]s  vars:
    ours: %[4]s
`

// writeAnsible is a list of tasks. wapi, nios_user and nios_password are
// variables. Bodies are JSON in single quotes, which is YAML, marked unsafe: no
// template is looked for in them.
func writeAnsible(g *grid) (string, error) {
	var b strings.Builder
	b.WriteString("# variables: wapi (https://gridmaster.example.net/wapi/v2.13.6), nios_user, nios_password\n")
	for _, f := range g.all() {
		body, err := jsonOf(f.wapi(), "")
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, ansibleCall, f.name, "!unsafe "+yamlQuote(body))
	}
	more := "      ignore_dhcp_option_list_request: true\n      use_ignore_dhcp_option_list_request: true\n"
	for _, n := range g.networks {
		if err := ansibleObject(&b, "network "+n.String(), "network?network="+n.Masked().String(), more, g.filters); err != nil {
			return "", err
		}
	}
	for _, m := range g.machines {
		if err := ansibleObject(&b, "fixed address "+m.mac, "fixedaddress?mac="+m.mac, "", m.filters); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

func ansibleObject(b *strings.Builder, name, object, more string, filters []filter) error {
	list, err := jsonOf(rules(filters), "")
	fmt.Fprintf(b, ansibleAssign, name, object, more, list)
	return err
}

// yamlQuote is a single-quoted YAML scalar: backslashes are literal, a quote is
// doubled.
func yamlQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// writeTerraform is HCL for the provider infobloxopen/nios, whose attributes
// are those of WAPI.
func writeTerraform(g *grid) (string, error) {
	var b strings.Builder
	for _, f := range g.all() {
		fmt.Fprintf(&b, "# %s\nresource \"nios_dhcp_filteroption\" %s {\n", f.origin, hclQuote(f.name))
		for _, a := range [][2]string{
			{"name", f.name}, {"expression", f.expression}, {"bootfile", f.bootFile}, {"next_server", f.nextServer}, {"bootserver", f.bootServer},
		} {
			if a[1] != "" {
				fmt.Fprintf(&b, "  %-14s = %s\n", a[0], hclQuote(a[1]))
			}
		}
		b.WriteString("  apply_as_class = false\n  option_list = [\n")
		for _, o := range f.options {
			fmt.Fprintf(&b, "    { num = %d, vendor_class = \"DHCP\", value = %s },\n", o.code, hclQuote(o.value))
		}
		b.WriteString("  ]\n}\n\n")
	}
	for _, n := range g.networks {
		b.WriteString(hclNetwork(n, g.filters))
	}
	for _, m := range g.machines {
		fmt.Fprintf(&b, "\n# into the nios_dhcp_fixed_address of %s\n%s", m.mac, hclRules(m.filters))
	}
	return b.String(), nil
}

func hclNetwork(n netip.Prefix, filters []filter) string {
	return fmt.Sprintf("# into the nios_ipam_network of %s\n%signore_dhcp_option_list_request     = true\nuse_ignore_dhcp_option_list_request = true\n", n, hclRules(filters))
}

func hclRules(filters []filter) string {
	var b strings.Builder
	b.WriteString("use_logic_filter_rules = true\nlogic_filter_rules = [\n")
	for _, f := range filters {
		fmt.Fprintf(&b, "  { filter = nios_dhcp_filteroption.%s.name, type = \"Option\" },\n", f.name)
	}
	return b.String() + "]\n"
}

// hclQuote is a quoted template: backslash and quote are escaped, and a doubled
// $ or % before a brace starts no template.
func hclQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "${", "$${", "%{", "%%{").Replace(s) + `"`
}
