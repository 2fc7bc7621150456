package isc

// Limits of what may stand inside each other or in one row: reading and
// answering recurse into it, and a file of a few million brackets must not end
// the program. dhcpd has no limits, and no real file comes near these.
const (
	nestingMax = 500
	rowMax     = 100_000 // operators of one expression; each holds all before it
)

// enter goes one deeper; the caller leaves. ok is false, and the file refused,
// when that is too deep.
func (p *parser) enter() (ok bool) {
	p.depth++
	if p.depth > nestingMax {
		p.lex.fail(p.lex.peek().pos, "nested more than %d deep", nestingMax)
	}
	return p.depth <= nestingMax
}

func (p *parser) leave() { p.depth-- }
