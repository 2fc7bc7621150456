package plan

import "github.com/goccy/go-yaml/ast"

// wds reads what WDS's boot program gets when it asks again.
func (d decoder) wds(n ast.Node, r *Rule) error {
	r.WDS = &WDS{}
	name := func(what string, to *string) func(ast.Node) error {
		return func(n ast.Node) error {
			b, err := d.octets(n, what)
			*to = string(b)
			return err
		}
	}
	return d.object(n, "wds", keys{"file": name("file", &r.WDS.File), "bcd": name("bcd", &r.WDS.BCD)})
}

func (w *printer) wds(x *WDS) {
	w.line(2, "wds:%s", map[bool]string{true: " {}"}[*x == WDS{}])
	if x.File != "" {
		w.line(3, "file: %s", scalar(x.File))
	}
	if x.BCD != "" {
		w.line(3, "bcd: %s", scalar(x.BCD))
	}
}

// wds checks the names in it.
func (c *checker) wds(r *Rule) {
	c.text(r, "wds file", r.WDS.File)
	c.text(r, "bcd", r.WDS.BCD)
	if n := len(r.WDS.File); n > HeaderFileMax {
		c.add(ruleHeader, r, "use a shorter path", "wds file has %d octets, the header field holds %d", n, HeaderFileMax)
	}
	if n := len(r.WDS.BCD); n > bcdMax {
		c.add(ruleLong, r, "use a shorter path", "bcd has %d octets, option 252 holds %d and a NUL", n, bcdMax)
	}
}

// bcdMax leaves option 252 room for the NUL that closes it.
const bcdMax = 254
