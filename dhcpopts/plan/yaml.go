package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"pxekit/dhcpopts"
)

// maxRules is the most rules a plan may have. Every rule is compared with every
// other; single machines belong under hosts, which has no such limit.
const maxRules = 1000

// Parse reads plan.yaml. name is for messages. The findings are those of
// [Plan.Check]; a caller that changes the plan (fills in the server, loads
// HostsFile) asks Check again. The error is an [*Error].
func Parse(name string, data []byte) (*Plan, []dhcpopts.Finding, error) {
	src, err := newSource(name, data)
	if err != nil {
		return nil, nil, err
	}
	root, err := src.parse()
	if err != nil {
		return nil, nil, err
	}
	p := &Plan{}
	d := decoder{src}
	if err := d.plan(root, p); err != nil {
		return nil, nil, err
	}
	return p, p.Check(), nil
}

// parse gives the text to the YAML library and returns the one document's body.
func (s source) parse() (ast.Node, error) {
	tokens := lexer.Tokenize(s.text)
	if t := tokens.InvalidToken(); t != nil {
		return nil, s.syntaxError(t.Position.Line, t.Position.Column, t.Error)
	}
	if err := s.checkTokens(tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, s.libraryError(err)
	}
	var root ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.DirectiveType {
			continue
		}
		if root != nil {
			return nil, s.errorAtToken(firstToken(doc.Body), "a second YAML document", "a plan is one document: remove the line ---")
		}
		root = doc.Body
	}
	if root == nil {
		return nil, s.errorAt(1, 1, "the plan is empty", "begin with: version: 1")
	}
	return root, nil
}

// libraryError keeps the library's message and place; the line shown is the
// user's own, since the library's is damaged after an escape such as "\x86".
func (s source) libraryError(err error) error {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		return s.errorAt(1, 1, err.Error(), "")
	}
	at := e.GetToken().Position
	return s.syntaxError(at.Line, at.Column, e.GetMessage())
}

// syntaxError adds the hint that fits the line: most broken plans are a Windows
// path in double quotes, or a value that needs quotes and has none.
func (s source) syntaxError(line, column int, message string) error {
	e := s.errorAt(line, column, message, "").(*Error)
	if fixed, ok := singleQuoted(e.SourceLine); ok {
		e.Hint = "double quotes eat backslashes; use single quotes: " + fixed
		return e
	}
	switch {
	case strings.Contains(message, "already defined"):
		e.Hint = "remove one of the two"
	case strings.HasPrefix(strings.TrimLeft(e.SourceLine, " "), "\t"):
		e.Message, e.Hint = "a tab at the start of a line", "indent with blanks"
	case strings.Contains(message, "tab character"):
		e.Hint = "write blanks in place of the tab"
	case strings.Contains(e.SourceLine, "{server}") || strings.Contains(e.SourceLine, "${"):
		e.Hint = "put a value with { in single quotes"
	default:
		e.Hint = "put a value with special characters in single quotes"
	}
	return e
}

// decoder turns YAML nodes into a Plan.
type decoder struct{ source }

func (d decoder) fail(n ast.Node, hint, format string, args ...any) error {
	return d.errorAtToken(firstToken(n), fmt.Sprintf(format, args...), hint)
}

// firstToken is where a node begins; a block mapping's own token is the colon
// behind its first key.
func firstToken(n ast.Node) *token.Token {
	if m, ok := n.(ast.MapNode); ok && n.GetToken().Type == token.MappingValueType {
		if it := m.MapRange(); it.Next() {
			return it.Key().GetToken()
		}
	}
	return n.GetToken()
}

// keys are the keys an object may have, each with what reads its value.
type keys map[string]func(ast.Node) error

// object reads a mapping; what names it in messages.
func (d decoder) object(n ast.Node, what string, known keys) error {
	return d.each(n, what, func(key string, k, value ast.Node) error {
		read, ok := known[key]
		if !ok {
			return d.fail(k, d.keyHint(key, what, known), "unknown key %q in %s", key, what)
		}
		return read(value)
	})
}

// each walks a mapping in order.
func (d decoder) each(n ast.Node, what string, entry func(key string, k, value ast.Node) error) error {
	m, ok := n.(ast.MapNode)
	if !ok {
		return d.fail(n, "", "%s must be keys and values, not %s", what, kind(n))
	}
	seen := map[string]bool{}
	for it := m.MapRange(); it.Next(); {
		k := it.Key()
		key := k.GetToken().Value
		if k.Type() != ast.StringType && k.Type() != ast.IntegerType {
			return d.fail(k, "", "a key must be a word or a number, not %s", kind(k))
		}
		if seen[key] {
			return d.fail(k, "", "key %q stands twice in %s", key, what)
		}
		seen[key] = true
		if err := entry(key, k, it.Value()); err != nil {
			return err
		}
	}
	return nil
}

// list calls item for each entry of a sequence, or once for a single value.
func (d decoder) list(n ast.Node, item func(ast.Node) error) error {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		return item(n)
	}
	if len(seq.Values) == 0 {
		return d.fail(n, "leave the key out", "an empty list")
	}
	for _, v := range seq.Values {
		if err := item(v); err != nil {
			return err
		}
	}
	return nil
}

// keyHint lists the keys an object may have; a condition outside of match is
// the one mistake worth a word of its own.
func (d decoder) keyHint(key, what string, known keys) string {
	if _, condition := d.matchKeys(&Match{})[key]; condition && strings.HasPrefix(what, "rule ") {
		return "conditions stand under match: {" + key + ": …}"
	}
	names := make([]string, 0, len(known))
	for k := range known {
		names = append(names, k)
	}
	slices.Sort(names)
	return "known here: " + strings.Join(names, ", ")
}

// kind says in words what a node is.
func kind(n ast.Node) string {
	switch n.Type() {
	case ast.NullType:
		return "nothing"
	case ast.BoolType:
		return "true or false"
	case ast.IntegerType, ast.FloatType, ast.InfinityType, ast.NanType:
		return "a number"
	case ast.StringType, ast.LiteralType:
		return "text"
	case ast.SequenceType:
		return "a list"
	case ast.MappingType, ast.MappingValueType:
		return "keys and values"
	}
	return n.Type().String()
}
