package isc

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// value is what an expression gives. Data that does not exist, such as an
// option that the client did not send, is no value: ok is false beside it.
type value struct {
	sort sort
	data []byte
	num  uint32
	yes  bool
}

func (v value) equal(w value) bool {
	return v.sort == w.sort && bytes.Equal(v.data, w.data) && v.num == w.num && v.yes == w.yes
}

// truth is a condition's outcome; without one it is false
// (evaluate_boolean_expression_result of common/tree.c).
func (r *run) truth(e *expr) bool {
	v, ok := r.eval(e)
	return ok && v.sort == booleanSort && v.yes
}

func (r *run) data(e *expr) ([]byte, bool) {
	v, ok := r.eval(e)
	if !ok || v.sort != dataSort {
		return nil, false
	}
	return v.data, true
}

func (r *run) number(e *expr) (uint32, bool) {
	v, ok := r.eval(e)
	return v.num, ok && v.sort == numericSort
}

// eval is evaluate_expression of common/tree.c.
func (r *run) eval(e *expr) (value, bool) {
	switch e.sort() {
	case booleanSort:
		yes, ok := r.boolean(e)
		return value{sort: booleanSort, yes: yes}, ok
	case dataSort:
		data, ok := r.evalData(e)
		return value{sort: dataSort, data: data}, ok
	case numericSort:
		n, ok := r.numeric(e)
		return value{sort: numericSort, num: n}, ok
	}
	v, ok := r.vars[e.name]
	return v, ok && e.op == "variable"
}

func (r *run) boolean(e *expr) (yes, ok bool) {
	switch e.op {
	case "=":
		return r.same(e), true
	case "!=":
		return !r.same(e), true
	case "~=", "~~":
		return r.regex(e)
	case "and":
		left, ok := r.eval(e.args[0])
		if !ok || !left.yes {
			return false, false // as dhcpd: no value, so "not" of it has none
		}
		right, ok := r.eval(e.args[1])
		return right.yes, ok
	case "or":
		left, okLeft := r.eval(e.args[0])
		if okLeft && left.yes {
			return true, true
		}
		right, okRight := r.eval(e.args[1])
		return right.yes && okRight, okLeft || okRight
	case "not":
		v, ok := r.eval(e.args[0])
		return !v.yes, ok
	case "exists":
		_, ok := r.clientOption(e.opt)
		return ok, true
	case "known":
		return r.known, true
	case "static":
		return r.fixed, true
	case "defined":
		_, ok := r.vars[e.name]
		return ok, true
	}
	return false, false
}

// same compares; two missing values are equal.
func (r *run) same(e *expr) bool {
	left, okLeft := r.eval(e.args[0])
	right, okRight := r.eval(e.args[1])
	if okLeft && okRight {
		return left.equal(right)
	}
	return okLeft == okRight
}

// regex matches a POSIX extended expression. dhcpd hands C strings to regexec,
// so both end at their first NUL. An empty constant is a null pointer there, and
// an empty text or expression matches nothing.
func (r *run) regex(e *expr) (yes, ok bool) {
	text, okText := r.data(e.args[0])
	pattern, okPattern := r.data(e.args[1])
	if !okText || !okPattern {
		return false, false
	}
	flags := "(?s)"
	if e.op == "~~" {
		flags = "(?si)"
	}
	re, err := regexp.Compile(flags + string(cString(pattern)))
	return err == nil && len(text) > 0 && len(pattern) > 0 && re.Match(cString(text)), true
}

func cString(b []byte) []byte {
	before, _, _ := bytes.Cut(b, []byte{0})
	return before
}

// clientOption is an option of the request, or of an option space inside one.
func (r *run) clientOption(o *option) ([]byte, bool) {
	if o.space == dhcpSpace {
		v, ok := r.in[o.code]
		return v, ok
	}
	outer, ok := r.in[r.carrier(o.space)]
	for ok && len(outer) >= 2 && len(outer) >= 2+int(outer[1]) {
		code, data := int(outer[0]), outer[2:2+int(outer[1])]
		if code == o.code {
			return data, true
		}
		outer = outer[2+len(data):]
	}
	return nil, false
}

// carrier is the code of the option that a space travels in, -1 for none.
func (r *run) carrier(space string) int {
	if s := r.config.spaces[space]; s != nil && s.enc != nil {
		return s.enc.code
	}
	for code, o := range r.config.spaces[dhcpSpace].byCode {
		if o.format == "E"+space+"." {
			return code
		}
	}
	return undefined
}

func (r *run) evalData(e *expr) ([]byte, bool) {
	switch e.op {
	case "data":
		return e.data, true
	case "option":
		return r.clientOption(e.opt)
	case "config-option":
		return r.configOption(e.opt)
	case "hardware":
		return r.hardware(), true
	case "leased-address":
		return r.leased.AsSlice(), r.leased.IsValid()
	case "host-decl-name":
		return []byte(r.hostName), r.hostName != ""
	case "filename", "server-name":
		return nil, true // the request's own header fields; clients leave them empty
	case "packet":
		return r.packet(e)
	case "pick-first-value", "pick":
		return r.pick(e)
	case "binary-to-ascii":
		return r.binaryToASCII(e)
	case "encode-int":
		n, ok := r.number(e.args[0])
		return integer(n, int(e.num)), ok
	}
	return r.dataFunction(e)
}

// dataFunction are the functions that work on one or two data arguments.
func (r *run) dataFunction(e *expr) ([]byte, bool) {
	if len(e.args) == 0 {
		return nil, false
	}
	switch e.op {
	case "substring":
		return r.substring(e)
	case "suffix":
		data, ok := r.data(e.args[0])
		n, okN := r.number(e.args[1])
		return data[len(data)-min(int(n), len(data)):], ok && okN
	case "concat":
		return r.concat(e)
	case "reverse":
		return r.reverse(e)
	case "lcase":
		data, ok := r.data(e.args[0])
		return asciiCase(data, 'A', 'Z'), ok
	case "ucase":
		data, ok := r.data(e.args[0])
		return asciiCase(data, 'a', 'z'), ok
	}
	return nil, false
}

// asciiCase turns letters of the given range over.
func asciiCase(data []byte, from, to byte) []byte {
	out := slices.Clone(data)
	for i, c := range out {
		if c >= from && c <= to {
			out[i] = c ^ 0x20
		}
	}
	return out
}

func (r *run) configOption(o *option) ([]byte, bool) {
	s := r.out.get(o.space, o.code)
	if s == nil || s.busy {
		return nil, false
	}
	s.busy = true
	defer func() { s.busy = false }()
	return r.data(s.value)
}

func (r *run) substring(e *expr) ([]byte, bool) {
	data, okData := r.data(e.args[0])
	from, okFrom := r.number(e.args[1])
	n, okN := r.number(e.args[2])
	if !okData || !okFrom || !okN {
		return nil, false
	}
	if uint64(from) >= uint64(len(data)) {
		return nil, true
	}
	data = data[from:]
	return data[:min(uint64(n), uint64(len(data)))], true
}

// maxData is more than any message carries. A variable that is joined with
// itself a few dozen times would fill the memory.
const maxData = 1 << 16

// concat has no value when one part has none.
func (r *run) concat(e *expr) ([]byte, bool) {
	var all []byte
	for _, a := range e.args {
		data, ok := r.data(a)
		if !ok || len(all)+len(data) > maxData {
			return nil, false
		}
		all = append(all, data...)
	}
	return all, true
}

func (r *run) pick(e *expr) ([]byte, bool) {
	for _, a := range e.args {
		if data, ok := r.data(a); ok {
			return data, true
		}
	}
	return nil, false
}

func (r *run) reverse(e *expr) ([]byte, bool) {
	width, okWidth := r.number(e.args[0])
	data, ok := r.data(e.args[1])
	if !ok || !okWidth || width == 0 || len(data)%int(width) != 0 {
		return nil, false
	}
	var out []byte
	for i := len(data); i > 0; i -= int(width) {
		out = append(out, data[i-int(width):i]...)
	}
	return out, true
}

func (r *run) binaryToASCII(e *expr) ([]byte, bool) {
	base, okBase := r.number(e.args[0])
	width, okWidth := r.number(e.args[1])
	separator, okSeparator := r.data(e.args[2])
	data, ok := r.data(e.args[3])
	size := int(width / 8)
	if !okBase || !okWidth || !okSeparator || !ok || base < 2 || base > 36 || !slices.Contains([]uint32{8, 16, 32}, width) || len(data)%size != 0 {
		return nil, false
	}
	var parts []string
	for i := 0; i < len(data); i += size {
		parts = append(parts, strconv.FormatUint(uint64(bigEndian(data[i:i+size])), int(base)))
	}
	return []byte(strings.Join(parts, string(separator))), true
}

func bigEndian(b []byte) uint32 {
	var padded [4]byte
	copy(padded[4-len(b):], b)
	return binary.BigEndian.Uint32(padded[:])
}

// packet reads the raw request. Known of it are the hardware address and the
// relay's and client's own address.
func (r *run) packet(e *expr) ([]byte, bool) {
	var raw [236]byte
	raw[0], raw[1], raw[2] = 1, 1, byte(len(r.client.MAC))
	if r.client.CIAddr.Is4() {
		copy(raw[12:], r.client.CIAddr.AsSlice())
	}
	if r.client.GIAddr.Is4() {
		copy(raw[24:], r.client.GIAddr.AsSlice())
	}
	copy(raw[28:44], r.client.MAC)
	from, okFrom := r.number(e.args[0])
	n, okN := r.number(e.args[1])
	if !okFrom || !okN || from >= uint32(len(raw)) {
		return nil, false
	}
	return raw[from:][:min(int64(n), int64(len(raw))-int64(from))], true
}

func (r *run) numeric(e *expr) (uint32, bool) {
	switch e.op {
	case "number":
		return e.num, true
	case "extract-int":
		data, ok := r.data(e.args[0])
		size := int(e.num / 8)
		if !ok || len(data) < size {
			return 0, false
		}
		return bigEndian(data[:size]), true
	case "lease-time":
		return 0, false
	}
	left, okLeft := r.number(e.args[0])
	right, okRight := r.number(e.args[1])
	if !okLeft || !okRight {
		return 0, false
	}
	return arithmetic(e.op, left, right)
}

func arithmetic(op string, a, b uint32) (uint32, bool) {
	switch op {
	case "+":
		return a + b, true
	case "*":
		return a * b, true
	case "&":
		return a & b, true
	case "|":
		return a | b, true
	case "^":
		return a ^ b, true
	}
	if b == 0 {
		return 0, false
	}
	if op == "/" {
		return a / b, true
	}
	return a % b, true
}
