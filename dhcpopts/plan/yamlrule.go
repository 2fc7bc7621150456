package plan

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"

	"pxekit/dhcpopts"
)

// plan reads the whole document.
func (d decoder) plan(root ast.Node, p *Plan) error {
	return d.object(root, "the plan", keys{
		"version": d.version,
		"server": func(n ast.Node) (err error) {
			p.Server, err = d.address(n, "server")
			return err
		},
		"scope": func(n ast.Node) error {
			return d.list(n, func(n ast.Node) error { return d.scope(n, p) })
		},
		"nul": d.value("nul", "auto, always or never, or for each option: 66=never,67=always", func(s string) (err error) {
			p.NUL, err = ParseNUL(s)
			return err
		}),
		"via": d.value("via", "", func(s string) (err error) {
			p.Via, err = parseVia(s)
			return err
		}),
		"rules": func(n ast.Node) error { return d.rules(n, p) },
		"hosts": func(n ast.Node) error { return d.hosts(n, p) },
	})
}

func (d decoder) version(n ast.Node) error {
	if v, err := d.number(n, "version", 1); err != nil || v != 1 {
		return d.fail(n, "write version: 1", "this is version %q of the plan format, version 1 is known", n.GetToken().Value)
	}
	return nil
}

func (d decoder) scope(n ast.Node, p *Plan) error {
	s, err := d.text(n, "scope")
	if err != nil {
		return err
	}
	if msg, hint := p.addScope(s); msg != "" {
		return d.fail(n, hint, "%s", msg)
	}
	return nil
}

// value makes a key's reader of a function on its text; the function's error
// gets the place and the hint.
func (d decoder) value(what, hint string, read func(string) error) func(ast.Node) error {
	return func(n ast.Node) error {
		s, err := d.text(n, what)
		if err != nil {
			return err
		}
		if err := read(s); err != nil {
			return d.fail(n, hint, "%v", err)
		}
		return nil
	}
}

func (d decoder) rules(n ast.Node, p *Plan) error {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		return d.fail(n, "begin each rule with a dash", "rules must be a list, not %s", kind(n))
	}
	if len(seq.Values) > maxRules {
		return d.fail(n, "list single machines under hosts", "%d rules, a plan has at most %d", len(seq.Values), maxRules)
	}
	for i, v := range seq.Values {
		r := Rule{Pos: d.pos(v)}
		known := d.answerKeys(&r)
		known["match"] = func(n ast.Node) error { return d.object(n, "match", d.matchKeys(&r.Match)) }
		if err := d.object(v, fmt.Sprintf("rule %d", i+1), known); err != nil {
			return err
		}
		p.Rules = append(p.Rules, r)
	}
	return nil
}

// hosts reads the list of single machines, or the name of the CSV file that
// holds it.
func (d decoder) hosts(n ast.Node, p *Plan) (err error) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		p.HostsFile, err = d.text(n, "hosts")
		return err
	}
	for i, v := range seq.Values {
		r := Rule{Pos: d.pos(v)}
		known := d.answerKeys(&r)
		for key, read := range d.matchKeys(&r.Match) {
			known[key] = read
		}
		if err := d.object(v, fmt.Sprintf("host %d", i+1), known); err != nil {
			return err
		}
		p.Hosts = append(p.Hosts, r)
	}
	return nil
}

// pos is where a rule begins: its first key.
func (d decoder) pos(n ast.Node) Pos {
	at := firstToken(n).Position
	return Pos{File: d.name, Line: at.Line, Column: at.Column}
}

func (d decoder) matchKeys(m *Match) keys {
	return keys{
		"arch": func(n ast.Node) error {
			return d.list(n, func(n ast.Node) error { return d.arch(n, m) })
		},
		"stage": d.value("stage", "", func(s string) (err error) {
			m.Stage, err = parseStage(s)
			return err
		}),
		"vendor-class": func(n ast.Node) error { return d.class(n, "vendor-class", &m.VendorClass) },
		"user-class":   func(n ast.Node) error { return d.class(n, "user-class", &m.UserClass) },
		"mac": d.value("mac", `write "52:54:00:12:34:56", or "52:54:00" for all of a maker`, func(s string) (err error) {
			m.MAC, err = parseMAC(s)
			return err
		}),
		"uuid": d.value("uuid", "as the firmware shows it: 12345678-9abc-def0-1234-56789abcdef0", func(s string) (err error) {
			m.UUID, err = parseUUID(s)
			return err
		}),
	}
}

// arch reads one architecture. YAML's idea of a number does not count: 00011 is
// eleven, as in option 60.
func (d decoder) arch(n ast.Node, m *Match) error {
	raw := n.GetToken().Value
	if n.Type() != ast.IntegerType {
		var err error
		if raw, err = d.text(n, "arch"); err != nil {
			return err
		}
	}
	a, exact, err := dhcpopts.ParseArch(raw)
	if err != nil {
		return d.fail(n, "bios, efi-x64, efi-ia32, efi-arm64, http-x64 …, or a decimal number", "%v", err)
	}
	for _, have := range m.Archs {
		if have.Arch == a {
			return d.fail(n, "", "architecture %q stands twice", raw)
		}
	}
	m.Archs = append(m.Archs, ArchRef{Arch: a, Exact: exact})
	return nil
}

// class reads a class: empty would match every machine, a laptop too.
func (d decoder) class(n ast.Node, what string, to *string) error {
	b, err := d.octets(n, what)
	if err != nil {
		return err
	}
	if len(b) == 0 {
		return d.fail(n, "leave the key out", "%s is empty", what)
	}
	*to = string(b)
	return nil
}

func (d decoder) answerKeys(r *Rule) keys {
	return keys{
		"file": func(n ast.Node) error {
			b, err := d.octets(n, "file")
			if err == nil && len(b) == 0 {
				return d.fail(n, "leave the key out", "file is empty")
			}
			r.File = string(b)
			return err
		},
		"server": func(n ast.Node) (err error) {
			r.Server, err = d.address(n, "server")
			return err
		},
		"server-name": func(n ast.Node) error {
			b, err := d.octets(n, "server-name")
			r.ServerName = string(b)
			return err
		},
		"pxe":     func(n ast.Node) error { return d.pxe(n, r) },
		"wds":     func(n ast.Node) error { return d.wds(n, r) },
		"options": func(n ast.Node) error { return d.options(n, r) },
	}
}
