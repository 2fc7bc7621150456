package appliance

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// script is the PowerShell script as tables; String adds the code that applies
// them.
type script struct {
	levels      []netip.Prefix
	definitions []uint8
	classes     []windowsClass
	policies    []windowsPolicy
	notes       []dialect.Note
}

// windowsClass is a DHCP class: Data is compared with option 60 or 77.
type windowsClass struct{ name, kind, data string }

// class adds a class once and returns its name.
func (s *script) class(kind, label, data string) string {
	for _, c := range s.classes {
		if c.kind == kind && c.data == data {
			return c.name
		}
	}
	name := "pxekit " + label
	for n := 2; slices.ContainsFunc(s.classes, func(c windowsClass) bool { return c.name == name }); n++ {
		name = fmt.Sprintf("pxekit %s %d", label, n)
	}
	s.classes = append(s.classes, windowsClass{name, kind, data})
	return name
}

// vendorClasses are the classes of a condition: firmware repeats its type in
// option 60 as five decimal digits (PXE 2.1 section 2.2), and policies cannot
// compare option 93.
func (s *script) vendorClasses(c plan.Cond) []string {
	var names []string
	for _, a := range c.Archs {
		data := fmt.Sprintf("%s:Arch:%05d", c.Class, uint16(a))
		names = append(names, s.class("Vendor", data, data))
	}
	if names == nil {
		label := "vendor"
		if c.Class == dhcpopts.ClassPXE || c.Class == dhcpopts.ClassHTTP {
			label = c.Class
		}
		names = []string{s.class("Vendor", label, c.Class)}
	}
	return names
}

// userClasses are both wire forms of a user class: bare, as iPXE sends it, and
// counted as in RFC 3004.
func (s *script) userClasses(class string) []string {
	label := "user"
	if class == "iPXE" {
		label = class
	}
	return []string{
		s.class("User", label, class),
		s.class("User", label+" counted", string(rune(len(class)))+class),
	}
}

// define asks for a definition of an option that the server does not bring.
func (s *script) define(code uint8) {
	if (code == dhcpopts.OptClass || code >= 128) && !slices.Contains(s.definitions, code) {
		s.definitions = append(s.definitions, code)
	}
}

// exclude keeps a user class that an earlier policy takes out of the later ones,
// where the earlier takes all their vendor classes: then nothing is merged.
func (s *script) exclude() {
	for i, first := range s.policies {
		if first.user == nil || first.mac != "" {
			continue
		}
		for j := i + 1; j < len(s.policies); j++ {
			later := &s.policies[j]
			if later.user == nil && s.covers(first.vendor, later.vendor) && !slices.Contains(later.notUser, first.user[0]) {
				later.notUser = append(slices.Clone(later.notUser), first.user...)
			}
		}
	}
}

// covers reports whether each of the narrow classes begins with a wide one.
func (s *script) covers(wide, narrow []string) bool {
	for _, n := range narrow {
		if !slices.ContainsFunc(wide, func(w string) bool { return strings.HasPrefix(s.data(n), s.data(w)) }) {
			return false
		}
	}
	return true
}

// data is what a class is compared with.
func (s *script) data(name string) string {
	i := slices.IndexFunc(s.classes, func(c windowsClass) bool { return c.name == name })
	return s.classes[i].data
}

// leaks loses what a later policy adds to an earlier one's clients: the server
// merges the options of all policies that hold, and a plan merges nothing.
func (s *script) leaks(l *losses) {
	for i, first := range s.policies {
		for _, later := range s.policies[i+1:] {
			if s.disjoint(first.vendor, later.vendor) || disjointUser(first, later) {
				continue
			}
			for _, o := range later.options {
				if !slices.ContainsFunc(first.options, func(x dhcpopts.Option) bool { return x.Code == o.Code }) {
					l.Add(dialect.FeatOptions, "option %d of policy %q also reaches clients of policy %q: the server merges policies", o.Code, later.name, first.name)
				}
			}
		}
	}
}

// disjoint reports whether no client is in a class of both lists: no class's
// data begins with another's.
func (s *script) disjoint(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if strings.HasPrefix(s.data(x), s.data(y)) || strings.HasPrefix(s.data(y), s.data(x)) {
				return false
			}
		}
	}
	return true
}

// disjointUser reports whether one policy wants a user class that the other
// refuses.
func disjointUser(a, b windowsPolicy) bool {
	refuses := func(not, user []string) bool {
		return user != nil && !slices.ContainsFunc(user, func(u string) bool { return !slices.Contains(not, u) })
	}
	return refuses(a.notUser, b.user) || refuses(b.notUser, a.user)
}

// String writes the script: the tables, then the code that applies them.
func (s *script) String() string {
	var b strings.Builder
	b.WriteString("[CmdletBinding(SupportsShouldProcess)]\nparam()\n\n# Where the policies apply: a scope, or the whole server.\n$levels = @(\n")
	for _, n := range s.levels {
		fmt.Fprintf(&b, "    @{ ScopeId = %s }\n", psQuote(network(n)))
	}
	if len(s.levels) == 0 {
		b.WriteString("    @{ }\n")
	}
	b.WriteString(")\n\n# Options that the server does not define by itself.\n$definitions = @(\n")
	for _, code := range s.definitions {
		fmt.Fprintf(&b, "    @{ OptionId = %d; Name = %s; Type = %s }\n", code, psQuote(definitionName(code)), psQuote(definitionType(code)))
	}
	b.WriteString(")\n\n# Vendor classes begin option 60, user classes are the whole of option 77.\n$classes = @(\n")
	for _, c := range s.classes {
		fmt.Fprintf(&b, "    @{ Name = %s; Type = %s; Data = %s }\n", psQuote(c.name), psQuote(c.kind), psText(c.data))
	}
	b.WriteString(")\n\n# The first policy that holds wins.\n$policies = @(\n")
	for _, p := range s.policies {
		b.WriteString(p.String())
	}
	b.WriteString(")\n" + applyTables)
	return b.String()
}

func definitionName(code uint8) string {
	if code == dhcpopts.OptClass {
		return "PXEClient"
	}
	return fmt.Sprintf("Option %d", code)
}

func definitionType(code uint8) string {
	if slices.Contains(windowsStrings, code) {
		return "String"
	}
	return "BinaryData"
}

// String writes a policy as an entry of the table.
func (p windowsPolicy) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "    @{\n        Name = %s\n", psQuote(p.name))
	list := func(key string, names []string) {
		if names != nil {
			fmt.Fprintf(&b, "        %s = @(%s)\n", key, psList(names))
		}
	}
	list("Vendor", p.vendor)
	list("User", p.user)
	list("NotUser", p.notUser)
	if p.mac != "" {
		fmt.Fprintf(&b, "        Mac = %s\n", psQuote(p.mac))
	}
	b.WriteString("        Options = @(\n")
	for _, o := range p.options {
		value := psQuote(string(o.Data))
		if !slices.Contains(windowsStrings, o.Code) {
			value = psBytes(o.Data)
		}
		fmt.Fprintf(&b, "            @{ OptionId = %d; Value = %s }\n", o.Code, value)
	}
	b.WriteString("        )\n    }\n")
	return b.String()
}

// psQuote is a verbatim string: the only rule inside single quotes is that two
// of them stand for one (about_Quoting_Rules).
func psQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// psText is a string whose first octet may be a count.
func psText(s string) string {
	if s != "" && s[0] < ' ' {
		return fmt.Sprintf("([char]%d + %s)", s[0], psQuote(s[1:]))
	}
	return psQuote(s)
}

func psList(names []string) string {
	var quoted []string
	for _, n := range names {
		quoted = append(quoted, psQuote(n))
	}
	return strings.Join(quoted, ", ")
}

func psBytes(b []byte) string {
	var numbers []string
	for _, x := range b {
		numbers = append(numbers, fmt.Sprint(x))
	}
	return "[byte[]]@(" + strings.Join(numbers, ", ") + ")"
}

// applyTables is the code of the script. It looks before it adds, asks
// ShouldProcess before each change (preference variables such as WhatIf do not
// reach the functions of a module by themselves), and takes a class under the
// name it already has.
const applyTables = `
$ErrorActionPreference = 'Stop'

foreach ($definition in $definitions) {
    $have = Get-DhcpServerv4OptionDefinition -ErrorAction SilentlyContinue | Where-Object { $_.OptionId -eq $definition.OptionId -and -not $_.VendorClass }
    if ($have -and $have.Type -ne $definition.Type) {
        throw "option $($definition.OptionId) is defined as $($have.Type), not as $($definition.Type)"
    }
    if (-not $have -and $PSCmdlet.ShouldProcess("option $($definition.OptionId)", 'add definition')) {
        Add-DhcpServerv4OptionDefinition @definition
    }
}

$names = @{}
foreach ($class in $classes) {
    $have = Get-DhcpServerv4Class -Type $class.Type | Where-Object { $_.Data -ceq $class.Data } | Select-Object -First 1
    $names[$class.Name] = if ($have) { $have.Name } else { $class.Name }
    if (-not $have -and $PSCmdlet.ShouldProcess($class.Name, 'add class')) {
        Add-DhcpServerv4Class @class
    }
}

foreach ($level in $levels) {
    $order = 0
    foreach ($policy in $policies) {
        $order++
        $conditions = @{ Name = $policy.Name; Condition = 'AND'; VendorClass = @('EQ') + @($policy.Vendor | ForEach-Object { $names[$_] + '*' }) }
        if ($policy.User) { $conditions.UserClass = @('EQ') + @($policy.User | ForEach-Object { $names[$_] }) }
        if ($policy.NotUser) { $conditions.UserClass = @('NE') + @($policy.NotUser | ForEach-Object { $names[$_] }) }
        if ($policy.Mac) { $conditions.MacAddress = @('EQ', $policy.Mac) }
        $have = Get-DhcpServerv4Policy @level -ErrorAction SilentlyContinue | Where-Object { $_.Name -eq $policy.Name }
        if ($PSCmdlet.ShouldProcess($policy.Name, 'write policy')) {
            if ($have) { Set-DhcpServerv4Policy @level @conditions -ProcessingOrder $order }
            else { Add-DhcpServerv4Policy @level @conditions -ProcessingOrder $order }
        }
        foreach ($option in $policy.Options) {
            if ($PSCmdlet.ShouldProcess("$($policy.Name), option $($option.OptionId)", 'set value')) {
                Set-DhcpServerv4OptionValue @level -PolicyName $policy.Name -OptionId $option.OptionId -Value $option.Value
            }
        }
    }
}
`
