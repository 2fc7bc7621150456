package isc

import (
	"slices"
	"strconv"
	"strings"
)

// sort is an expression's type, for the checks that dhcpd -t makes
// (expression_context of common/tree.c).
type sort int

const (
	anySort sort = iota
	booleanSort
	dataSort
	numericSort
)

// expr is an expression. op is the keyword or operator as it is typed; "data"
// and "number" are constants.
type expr struct {
	op   string
	args []*expr
	data []byte  // "data"
	num  uint32  // "number"; width of encode-int and extract-int
	opt  *option // option, config-option, exists
	name string  // variable
}

// function is a built-in with arguments in parentheses. params has a letter for
// each: d data, n numeric, w an integer width; a trailing + repeats the last.
type function struct {
	params string
	result sort
}

var functions = map[string]function{
	"substring":        {"dnn", dataSort},
	"suffix":           {"dn", dataSort},
	"lcase":            {"d", dataSort},
	"ucase":            {"d", dataSort},
	"concat":           {"dd+", dataSort},
	"binary-to-ascii":  {"nndd", dataSort},
	"reverse":          {"nd", dataSort},
	"pick-first-value": {"d+", dataSort},
	"pick":             {"d+", dataSort},
	"packet":           {"nn", dataSort},
	"extract-int":      {"dw", numericSort},
	"encode-int":       {"nw", dataSort},
}

// words are expressions of one keyword.
var words = map[string]sort{
	"known": booleanSort, "static": booleanSort,
	"hardware": dataSort, "leased-address": dataSort, "filename": dataSort, "server-name": dataSort,
	"host-decl-name": dataSort, "null": dataSort, "lease-time": numericSort,
}

// operator is a binary operator. The precedences are those of op_val
// (common/tree.c): arithmetic binds weaker than "and".
type operator struct {
	precedence int
	result     sort
	operands   sort // what the right side must be; anySort: data or numeric
}

var operators = map[string]operator{
	"&": {100, numericSort, numericSort}, "|": {100, numericSort, numericSort}, "^": {100, numericSort, numericSort},
	"=": {4, booleanSort, anySort}, "!=": {4, booleanSort, anySort},
	"~=": {4, booleanSort, dataSort}, "~~": {4, booleanSort, anySort},
	"and": {3, booleanSort, booleanSort}, "or": {3, booleanSort, booleanSort},
	"+": {2, numericSort, numericSort},
	"*": {1, numericSort, numericSort}, "/": {1, numericSort, numericSort}, "%": {1, numericSort, numericSort},
}

// sort is the type of an expression. A variable or the call of a function may
// be anything.
func (e *expr) sort() sort {
	switch e.op {
	case "data", "option", "config-option":
		return dataSort
	case "number":
		return numericSort
	case "not", "exists", "defined", "check":
		return booleanSort
	}
	if f, ok := functions[e.op]; ok {
		return f.result
	}
	if o, ok := operators[e.op]; ok {
		return o.result
	}
	return words[e.op]
}

// expression parses a whole expression, nil after an error. want says how a
// bare number is to be read: as an integer where one is expected, else as hex.
func (p *parser) expression(want sort) *expr {
	e := p.operand(want)
	if e == nil {
		return nil
	}
	op, ok := p.operator()
	if !ok {
		return e
	}
	return p.binary(e, op)
}

// binary parses what follows the first operator. It is parse_expression of
// common/parse.c: left associative, and an operator that binds stronger than the
// one before takes all the rest of the expression for its right side.
func (p *parser) binary(left *expr, op string) *expr {
	for n := 1; ; n++ {
		if n > rowMax {
			p.lex.fail(p.lex.peek().pos, "more than %d operators in a row", rowMax)
		}
		right := p.operand(left.sort())
		if right == nil {
			p.lex.fail(p.lex.peek().pos, "expecting right-hand side.")
			return nil
		}
		next, more := p.operator()
		if more && operators[next].precedence > operators[op].precedence {
			right, more = p.binary(right, next), false
		}
		if right == nil || !p.related(left, op, right) {
			return nil
		}
		left = &expr{op: op, args: []*expr{left, right}}
		if !more {
			return left
		}
		op = next
	}
}

// related checks that both sides fit each other and the operator.
func (p *parser) related(left *expr, op string, right *expr) bool {
	l, r := left.sort(), right.sort()
	switch want := operators[op].operands; {
	case l != anySort && r != anySort && l != r:
		p.lex.fail(p.lex.peek().pos, "illegal expression relating different types")
	case want == anySort && r == booleanSort && op != "~~":
		p.lex.fail(p.lex.peek().pos, "expecting data/numeric expression")
	case want == dataSort && r != dataSort:
		p.lex.fail(p.lex.peek().pos, "expecting data expression")
	case want == booleanSort && r != booleanSort && r != anySort:
		p.lex.fail(p.lex.peek().pos, "expecting boolean expressions")
	case want == numericSort && r != numericSort && r != anySort:
		p.lex.fail(p.lex.peek().pos, "expecting numeric expressions")
	default:
		return true
	}
	return false
}

// operator takes a binary operator, if one is next.
func (p *parser) operator() (string, bool) {
	t := p.lex.peek()
	op := strings.ToLower(t.text)
	switch {
	case t.is("!"):
		p.lex.next()
		p.expect("=", "! in boolean context without =")
		return "!=", true
	case t.is("~"):
		p.lex.next()
		second := p.lex.next()
		if !second.is("=") && !second.is("~") {
			p.lex.fail(second.pos, "expecting ~= or ~~ operator")
		}
		return "~" + second.text, true
	case !t.is(op):
		return "", false
	}
	if _, ok := operators[op]; !ok {
		return "", false
	}
	p.lex.next()
	return op, true
}

// operand is parse_non_binary of common/parse.c. It gives nil without an error
// when no operand is there.
func (p *parser) operand(want sort) *expr {
	defer p.leave()
	if !p.enter() {
		return nil
	}
	t := p.lex.peek()
	switch {
	case t.kind == str:
		p.lex.next()
		return &expr{op: "data", data: []byte(t.text)}
	case t.kind == number && want == numericSort:
		p.lex.next()
		return &expr{op: "number", num: atoi(t.text)}
	case t.is("("):
		p.lex.next()
		return p.inParens(want)
	case t.kind == name && (operandWord(strings.ToLower(t.text)) || t.variable()):
		return p.word(strings.ToLower(t.text))
	case t.numeric():
		data := p.hexList()
		return &expr{op: "data", data: data}
	}
	return nil
}

func (p *parser) inParens(want sort) *expr {
	e := p.expression(want)
	if e == nil {
		p.lex.fail(p.lex.peek().pos, "expression expected")
		return nil
	}
	p.expect(")", "right paren expected")
	return e
}

// operandWord reports whether an operand may begin with a keyword.
func operandWord(word string) bool {
	_, function := functions[word]
	_, single := words[word]
	return function || single || slices.Contains([]string{"not", "option", "config-option", "exists", "defined"}, word)
}

// word parses an operand that begins with a keyword.
func (p *parser) word(word string) *expr {
	t := p.lex.next()
	switch word {
	case "not":
		return p.not()
	case "option", "config-option", "exists":
		opt := p.optionName()
		if opt == nil {
			return nil
		}
		return &expr{op: word, opt: opt}
	case "defined":
		p.expect("(", "left parenthesis expected.")
		variable := p.lex.next()
		p.expect(")", "right parenthesis expected.")
		return &expr{op: word, name: variable.text}
	}
	if f, ok := functions[word]; ok {
		return p.call(word, f)
	}
	if _, ok := words[word]; ok {
		return &expr{op: word}
	}
	if p.lex.peek().is("(") {
		p.skipParens()
		return &expr{op: "funcall", name: t.text}
	}
	return &expr{op: "variable", name: t.text}
}

func (p *parser) not() *expr {
	e := p.operand(booleanSort)
	switch {
	case e == nil:
		p.lex.fail(p.lex.peek().pos, "expression expected")
		return nil
	case e.sort() != booleanSort:
		p.lex.fail(p.lex.peek().pos, "boolean expression expected")
		return nil
	}
	return &expr{op: "not", args: []*expr{e}}
}

// call parses the arguments of a built-in function.
func (p *parser) call(word string, f function) *expr {
	e := &expr{op: word}
	params, repeats := strings.CutSuffix(f.params, "+")
	p.expect("(", "left parenthesis expected.")
	for i := 0; i < len(params) || repeats && p.lex.peek().is(","); i++ {
		if i > 0 {
			p.expect(",", "comma expected.")
		}
		p.argument(e, params[min(i, len(params)-1)])
	}
	p.expect(")", "right parenthesis expected.")
	if p.lex.err != nil {
		return nil
	}
	return e
}

func (p *parser) argument(e *expr, param byte) {
	if param == 'w' {
		e.num = p.width()
		return
	}
	want, message := dataSort, "expecting data expression."
	if param == 'n' {
		want, message = numericSort, "expecting numeric expression."
	}
	if arg := p.typed(want, message); arg != nil {
		e.args = append(e.args, arg)
	}
}

// width is the integer size of extract-int and encode-int.
func (p *parser) width() uint32 {
	t := p.lex.next()
	n := atoi(t.text)
	switch {
	case t.kind != number:
		p.lex.fail(t.pos, "number expected.")
	case !slices.Contains([]uint32{8, 16, 32}, n):
		p.lex.fail(t.pos, "unsupported integer size %d", n)
	}
	return n
}

// typed parses an expression that must be of a type.
func (p *parser) typed(want sort, message string) *expr {
	e := p.expression(want)
	if e == nil || e.sort() != want && e.sort() != anySort {
		p.lex.fail(p.lex.peek().pos, "%s", message)
		return nil
	}
	return e
}

// hexList is parse_cshl: one or two hex digits, colon, and so on.
func (p *parser) hexList() []byte {
	var data []byte
	for {
		t := p.lex.next()
		if !t.numeric() {
			p.lex.fail(t.pos, "expecting hexadecimal number.")
			return data
		}
		data = append(data, byte(p.convert(t, 16, 8)))
		if !p.lex.peek().is(":") {
			return data
		}
		p.lex.next()
	}
}

// convert is convert_num of common/parse.c. Base 0 is read off the digits.
func (p *parser) convert(t token, base, bits int) uint32 {
	digits, negative := strings.CutPrefix(t.text, "-")
	if base == 0 {
		digits, base = baseOf(digits)
	}
	limit := uint64(1)<<bits - 1
	if negative {
		limit = 1 << (bits - 1)
	}
	var n uint64
	for i := 0; i < len(digits); i++ {
		digit := digitOf(digits[i])
		if digit < 0 || digit >= base {
			p.lex.fail(t.pos, "Bogus number %s: digit %d not in base %d", t.text, digit, base)
			return 0
		}
		n = n*uint64(base) + uint64(digit)
		if n > limit {
			p.lex.fail(t.pos, "%s exceeds max (%d) for precision.", t.text, limit)
			return 0
		}
	}
	if negative {
		return uint32(-int64(n))
	}
	return uint32(n)
}

func baseOf(digits string) (string, int) {
	switch {
	case strings.HasPrefix(digits, "0x"):
		return digits[2:], 16
	case len(digits) > 1 && digits[0] == '0' && isDigit(digits[1]):
		return digits[1:], 8
	}
	return digits, 10
}

func digitOf(c byte) int {
	switch {
	case c >= 'a':
		return int(c-'a') + 10
	case c >= 'A':
		return int(c-'A') + 10
	}
	return int(c) - '0'
}

// atoi is the C library's: 0 for what is no number.
func atoi(s string) uint32 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return uint32(n)
}
