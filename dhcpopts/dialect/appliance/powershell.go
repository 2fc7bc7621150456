package appliance

import (
	"fmt"
	"strconv"
	"strings"
)

// psReader reads the literals of PowerShell: verbatim strings, numbers, arrays,
// hash tables, [char] and [byte[]] casts, + (about_Quoting_Rules, about_Arrays,
// about_Hash_Tables). A value is a string, an int, a []byte, a []any or a
// map[string]any.
type psReader struct {
	text string
	pos  int
}

// table reads "$name = value" out of a script.
func (r *psReader) table(name string) (any, error) {
	i := strings.Index(r.text, "\n$"+name+" = ")
	if i < 0 {
		return nil, fmt.Errorf("the script has no $%s", name)
	}
	r.pos = i + len("\n$"+name+" = ")
	return r.expression()
}

func (r *psReader) rest() string { return r.text[r.pos:] }

func (r *psReader) take(token string) bool {
	r.blanks(" \t")
	if strings.HasPrefix(r.rest(), token) {
		r.pos += len(token)
		return true
	}
	return false
}

// blanks skips white space of the given kinds.
func (r *psReader) blanks(set string) {
	for r.pos < len(r.text) && strings.IndexByte(set, r.text[r.pos]) >= 0 {
		r.pos++
	}
}

func (r *psReader) fail(what string) error {
	return fmt.Errorf("byte %d: expected %s", r.pos, what)
}

// expression is terms joined by +, which puts a character before a string.
func (r *psReader) expression() (any, error) {
	left, err := r.term()
	for err == nil && r.take("+") {
		var right any
		right, err = r.term()
		l, lok := left.(string)
		s, rok := right.(string)
		if err == nil && !(lok && rok) {
			return nil, r.fail("strings on both sides of +")
		}
		left = l + s
	}
	return left, err
}

func (r *psReader) term() (any, error) {
	switch {
	case r.take("@("):
		return r.items(")")
	case r.take("@{"):
		return r.hash()
	case r.take("[byte[]]@("):
		items, err := r.items(")")
		if err != nil {
			return nil, err
		}
		return bytesOf(items)
	case r.take("[char]"):
		n, err := r.number()
		return string([]byte{byte(n)}), err
	case r.take("("):
		v, err := r.expression()
		if err == nil && !r.take(")") {
			err = r.fail("a closing parenthesis")
		}
		return v, err
	case r.take("'"):
		return r.quoted()
	}
	return r.number()
}

// quoted is what follows the opening single quote: two quotes stand for one,
// nothing else is special.
func (r *psReader) quoted() (string, error) {
	var b strings.Builder
	for {
		part, _, found := strings.Cut(r.rest(), "'")
		if !found {
			return "", r.fail("a closing quote")
		}
		b.WriteString(part)
		r.pos += len(part) + 1
		if !strings.HasPrefix(r.rest(), "'") {
			return b.String(), nil
		}
		b.WriteByte('\'')
		r.pos++
	}
}

func (r *psReader) number() (int, error) {
	r.blanks(" \t")
	digits := r.rest()[:len(r.rest())-len(strings.TrimLeft(r.rest(), "0123456789"))]
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0, r.fail("a value")
	}
	r.pos += len(digits)
	return n, nil
}

// items are values parted by commas or line ends.
func (r *psReader) items(end string) ([]any, error) {
	items := []any{}
	for {
		r.blanks(" \t\n,")
		if r.take(end) {
			return items, nil
		}
		v, err := r.expression()
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
}

// hash is "key = value" parted by semicolons or line ends.
func (r *psReader) hash() (map[string]any, error) {
	h := map[string]any{}
	for {
		r.blanks(" \t\n;")
		if r.take("}") {
			return h, nil
		}
		key, _, found := strings.Cut(r.rest(), " = ")
		if !found || strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
			return nil, r.fail("a key")
		}
		r.pos += len(key) + len(" = ")
		v, err := r.expression()
		if err != nil {
			return nil, err
		}
		h[key] = v
	}
}

func bytesOf(items []any) ([]byte, error) {
	var b []byte
	for _, i := range items {
		n, ok := i.(int)
		if !ok || n > 255 {
			return nil, fmt.Errorf("%v is not a byte", i)
		}
		b = append(b, byte(n))
	}
	return b, nil
}
