package kea

import (
	"fmt"
	"strconv"
)

// Pos is a place in a config text, both from 1. Columns count octets, as Kea's
// lexer does.
type Pos struct{ Line, Column int }

func (p Pos) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// Error is a refusal of a config, with the place it was found at.
type Error struct {
	Pos     Pos
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Pos, e.Message) }

func fail(pos Pos, format string, args ...any) error {
	return &Error{pos, fmt.Sprintf(format, args...)}
}

// Kind is the JSON type of a node.
type Kind uint8

// The kinds of nodes.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	List
	Map
)

var kindNames = [...]string{"null", "boolean", "integer", "real", "string", "list", "map"}

func (k Kind) String() string { return kindNames[k] }

// Node is one JSON value. Str holds a string's octets as Kea decodes them, or
// the digits of a number as they were written.
type Node struct {
	Pos     Pos
	Kind    Kind
	Bool    bool
	Str     string
	Items   []*Node
	Members []Member
}

// Member is a key of a map with its value, in the order of the text.
type Member struct {
	Key   string
	Pos   Pos
	Value *Node
}

// Get returns a map's member, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, m := range n.Members {
		if m.Key == key {
			return m.Value
		}
	}
	return nil
}

// nestingMax guards the recursive parser; no real config comes near.
const nestingMax = 200

// ParseJSON reads text as the lexer of Kea 2.2.0 does (src/bin/dhcp4/
// dhcp4_lexer.ll): comments in three styles, a trailing comma, \u00HH as one
// octet; a duplicate key, an unknown escape and \u0100 and above are refused.
// The error is an *Error.
func ParseJSON(text string) (*Node, error) {
	p := &jsonParser{lexer: lexer{text: text, pos: Pos{1, 1}}}
	if err := p.next(); err != nil {
		return nil, err
	}
	n, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokEnd {
		return nil, fail(p.tok.pos, "syntax error, unexpected %s, expecting end of file", p.tok)
	}
	return n, nil
}

type jsonParser struct {
	lexer
	tok token
}

func (p *jsonParser) next() (err error) {
	p.tok, err = p.lexer.scan()
	return err
}

func (p *jsonParser) value(depth int) (*Node, error) {
	if depth > nestingMax {
		return nil, fail(p.tok.pos, "nested more than %d deep", nestingMax)
	}
	t := p.tok
	n := &Node{Pos: t.pos, Str: t.text}
	switch t.kind {
	case tokString:
		n.Kind = String
	case tokInt:
		n.Kind = Int
		if _, err := strconv.ParseInt(t.text, 10, 64); err != nil {
			return nil, fail(t.pos, "failed to convert %s to an integer", t.text)
		}
	case tokFloat:
		n.Kind = Float
	case tokWord:
		if err := n.word(t.text); err != nil {
			return nil, err
		}
	case '[':
		return p.list(n, depth)
	case '{':
		return p.object(n, depth)
	default:
		return nil, fail(t.pos, "syntax error, unexpected %s", t)
	}
	return n, p.next()
}

// word takes the constants; the lexer lets through any case of true and false
// and names it an error afterwards, so only lower case passes.
func (n *Node) word(w string) error {
	switch w {
	case "true", "false":
		n.Kind, n.Bool = Bool, w == "true"
	case "null":
		n.Kind = Null
	default:
		return fail(n.Pos, "JSON %s reserved keyword is lower case only or unknown", w)
	}
	n.Str = ""
	return nil
}

func (p *jsonParser) list(n *Node, depth int) (*Node, error) {
	n.Kind, n.Str = List, ""
	err := p.elements(']', func() error {
		item, err := p.value(depth + 1)
		n.Items = append(n.Items, item)
		return err
	})
	return n, err
}

func (p *jsonParser) object(n *Node, depth int) (*Node, error) {
	n.Kind, n.Str = Map, ""
	seen := map[string]Pos{}
	err := p.elements('}', func() error {
		key := p.tok
		if key.kind != tokString {
			return fail(key.pos, "syntax error, unexpected %s, expecting a key or }", key)
		}
		if prev, dup := seen[key.text]; dup {
			return fail(key.pos, "duplicate %s entries in map (previous at %s)", key.text, prev)
		}
		seen[key.text] = key.pos
		if err := p.next(); err != nil {
			return err
		}
		if p.tok.kind != ':' {
			return fail(p.tok.pos, "syntax error, unexpected %s, expecting :", p.tok)
		}
		if err := p.next(); err != nil {
			return err
		}
		v, err := p.value(depth + 1)
		n.Members = append(n.Members, Member{key.text, key.pos, v})
		return err
	})
	return n, err
}

// elements reads what stands between an open bracket and its close, split by
// commas; the last may have one behind it.
func (p *jsonParser) elements(closing tokenKind, element func() error) error {
	if err := p.next(); err != nil {
		return err
	}
	for p.tok.kind != closing {
		if err := element(); err != nil {
			return err
		}
		switch p.tok.kind {
		case ',':
			if err := p.next(); err != nil {
				return err
			}
		case closing:
		default:
			return fail(p.tok.pos, "syntax error, unexpected %s, expecting , or %c", p.tok, rune(closing))
		}
	}
	return p.next()
}
