package infoblox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// The attributes of WAPI 2.13 objects that are used (infobloxopen/
// infoblox-nios-go-client): in filteroption it is next_server and option_list.
type wapiFilter struct {
	Name         string       `json:"name"`
	ApplyAsClass bool         `json:"apply_as_class"`
	Expression   string       `json:"expression"`
	BootFile     string       `json:"bootfile,omitempty"`
	NextServer   string       `json:"next_server,omitempty"`
	BootServer   string       `json:"bootserver,omitempty"`
	Options      []wapiOption `json:"option_list"`
}

type wapiOption struct {
	Name        string `json:"name,omitempty"`
	Num         uint8  `json:"num"`
	VendorClass string `json:"vendor_class"`
	Value       string `json:"value"`
}

type wapiRule struct {
	Filter string `json:"filter"`
	Type   string `json:"type"`
}

func (f filter) wapi() wapiFilter {
	w := wapiFilter{Name: f.name, Expression: f.expression, BootFile: f.bootFile, NextServer: f.nextServer, BootServer: f.bootServer, Options: []wapiOption{}}
	for _, o := range f.options {
		option := wapiOption{Num: o.code, VendorClass: "DHCP", Value: o.value}
		if o.code < customFrom {
			option.Name = o.name()
		}
		w.Options = append(w.Options, option)
	}
	return w
}

func rules(filters []filter) []wapiRule {
	var all []wapiRule
	for _, f := range filters {
		all = append(all, wapiRule{f.name, "Option"})
	}
	return all
}

// jsonOf writes JSON as it is, without the \u003d that HTML would want.
func jsonOf(v any, indent string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// wapiHead are shell functions. filter makes an option filter or, where one of
// the name exists, brings it up to date. assign puts rules at the head of an
// object's logic filter list and keeps the others: a PUT replaces the whole
// list.
const wapiHead = `# set before: WAPI=https://gridmaster.example.net/wapi/v2.13.6 and NIOS_USER=name:password
set -eu
wapi() { curl -sS --fail -u "$NIOS_USER" -H 'Content-Type: application/json' "$@"; }
filter() {
  ref=$(wapi -G "$WAPI/filteroption" --data-urlencode "name=$1" | jq -r '.[0]._ref // empty')
  if [ -n "$ref" ]; then wapi -X PUT "$WAPI/$ref" --data "$2"; else wapi -X POST "$WAPI/filteroption" --data "$2"; fi
}
assign() {
  old=$(wapi "$WAPI/$1&_return_fields=logic_filter_rules")
  ref=$(printf %s "$old" | jq -er '.[0]._ref')
  new=$(printf %s "$old" | jq -c --argjson rules "$2" --argjson more "$3" '{use_logic_filter_rules: true, logic_filter_rules:
    ($rules + [(.[0].logic_filter_rules // [])[] | select(.filter | startswith("pxekit-") | not)])} + $more')
  wapi -X PUT "$WAPI/$ref" --data "$new"
}
`

// ignoring is the network's switch. WAPI's own text says the contrary of the
// GUI's and CSV's, which agree; true is to ignore the client's list.
const ignoring = `{"ignore_dhcp_option_list_request": true, "use_ignore_dhcp_option_list_request": true}`

// writeWAPI is a shell script of curl and jq.
func writeWAPI(g *grid) (string, error) {
	var b strings.Builder
	b.WriteString(wapiHead)
	for _, f := range g.all() {
		body, err := jsonOf(f.wapi(), "  ")
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "\n# %s\nfilter %s %s\n", f.origin, f.name, shellQuote(body))
	}
	for _, n := range g.networks {
		if err := assign(&b, "network?network="+url.QueryEscape(n.Masked().String()), g.filters, ignoring); err != nil {
			return "", err
		}
	}
	for _, m := range g.machines {
		if err := assign(&b, "fixedaddress?mac="+url.QueryEscape(m.mac), m.filters, "{}"); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

func assign(b *strings.Builder, object string, filters []filter, more string) error {
	list, err := jsonOf(rules(filters), "")
	fmt.Fprintf(b, "\nassign %s %s %s\n", shellQuote(object), shellQuote(list), shellQuote(more))
	return err
}

// shellQuote is a POSIX shell word: nothing is special between single quotes.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
