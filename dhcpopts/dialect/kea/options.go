package kea

import (
	"slices"
	"strings"
)

// space-bound definitions carry their space in front of the name, so that one
// list holds them all.
func (d definition) in(space string) definition {
	d.name = space + "." + d.name
	return d
}

// deferred reports whether Kea reads the option only when a class has said what
// it is (RFC 3925, RFC 3942: option 43 and the private ones); only those can be
// defined inside a class.
func deferred(code uint8) bool { return code == 43 || code >= 224 && code <= 254 }

// definition reads an option-def.
func (l *loader) definition(n *Node) (d definition, space string) {
	l.only(n, "option-def", "name", "code", "type", "array", "record-types", "space", "encapsulate", "user-context", "comment")
	space = mainSpace
	if s, ok := l.text(n, "space"); ok {
		space = s
	}
	d.name, _ = l.text(n, "name")
	d.code, _ = l.code(n)
	d.array = l.isSet(n, "array")
	d.encapsulate, _ = l.text(n, "encapsulate")
	words, _ := l.text(n, "type")
	if words == "record" {
		words, _ = l.text(n, "record-types")
	}
	for _, word := range strings.Split(words, ",") {
		t, ok := typeNames[strings.Trim(word, blanks)]
		if !ok {
			l.fail(n.Pos, "option type %q of option-def %q is not known", word, d.name)
		}
		d.types = append(d.types, t)
	}
	if d.name == "" || d.code == 0 {
		l.fail(n.Pos, "option-def needs a name and a code")
	}
	return d, space
}

func (l *loader) overrides(n *Node, d definition) {
	if _, ok := standardByCode(d.code); ok {
		l.fail(n.Pos, "unable to override definition of option '%d' in standard option space '%s'", d.code, mainSpace)
	}
}

func (l *loader) optionList(n *Node, defs []definition, defined bool) (options []optionData) {
	for _, m := range l.items(n, "option-data") {
		options = append(options, l.optionData(m, defs, defined))
	}
	return options
}

// optionData reads one option (option_data_parser.cc createOption). defined:
// without csv-format a definition is needed, as the global level has it.
func (l *loader) optionData(n *Node, defs []definition, defined bool) optionData {
	l.only(n, "option-data", "name", "code", "space", "data", "csv-format", "always-send", "user-context", "comment")
	o := optionData{space: mainSpace, always: l.isSet(n, "always-send")}
	if s, ok := l.text(n, "space"); ok {
		o.space = s
	}
	name, named := l.text(n, "name")
	code, coded := l.code(n)
	if !named && !coded {
		l.fail(n.Pos, "option data configuration requires one of 'code' or 'name' parameters to be specified")
		return o
	}
	def := find(defs, o.space, name, code)
	data, _ := l.text(n, "data")
	pos := n.Pos
	if m := n.Get("data"); m != nil {
		pos = m.Pos
	}
	csv := l.flag(n, "csv-format")
	if def == nil {
		if !coded || csv == nil && defined || csv != nil && *csv {
			l.fail(n.Pos, "definition for the option '%s.%s' does not exist", o.space, name)
		}
		o.code = code
		l.set(&o, pos, func() ([]byte, error) { return literal(data) })
		return o
	}
	if want := strings.TrimPrefix(def.name, o.space+"."); named && name != want {
		l.fail(n.Get("name").Pos, "specified option name '%s' does not match the option definition: '%s.%s'", name, o.space, want)
	}
	o.code, o.encapsulate = def.code, def.encapsulate
	l.set(&o, pos, func() ([]byte, error) { return def.value(data, csv == nil || *csv) })
	return o
}

func (l *loader) set(o *optionData, pos Pos, value func() ([]byte, error)) {
	v, err := value()
	if err != nil {
		l.fail(pos, "option data does not match option definition (space: %s, code: %d): %s", o.space, o.code, err)
	}
	o.value = v
}

// value is what the server sends for a text in a config.
func (d definition) value(text string, csv bool) ([]byte, error) {
	if csv {
		return d.fromText(text)
	}
	b, err := literal(text)
	if err != nil {
		return nil, err
	}
	return d.fromBytes(b)
}

// find looks for a definition: the config's own, then the standard ones, then
// the last resort for 43. A code counts before a name.
func find(defs []definition, space, name string, code uint8) *definition {
	prefix := ""
	if space != mainSpace {
		prefix = space + "."
	}
	match := func(d definition) bool {
		own := strings.HasPrefix(d.name, prefix) && (prefix != "" || !strings.Contains(d.name, "."))
		if code != 0 {
			return own && d.code == code
		}
		return own && d.name == prefix+name
	}
	if i := slices.IndexFunc(defs, match); i >= 0 {
		return &defs[i]
	}
	if space != mainSpace {
		return nil
	}
	if i := slices.IndexFunc(standard, match); i >= 0 {
		return &standard[i]
	}
	if match(lastResort) {
		return &lastResort
	}
	return nil
}

// hook reads the parameters of libdhcp_flex_option; other libraries do not touch
// the boot options.
func (l *loader) hook(n *Node) {
	library, _ := l.text(n, "library")
	if !strings.Contains(library, "libdhcp_flex_option") {
		return
	}
	params := l.member(n, "parameters", Map)
	for _, o := range l.items(params, "options") {
		l.flexOption(o)
	}
}

// flexOption reads an entry (flex_option.cc parseOptionConfig).
func (l *loader) flexOption(n *Node) {
	l.only(n, "flex-option", "code", "name", "space", "csv-format", "add", "supersede", "remove", "client-class", "comment")
	name, named := l.text(n, "name")
	code, coded := l.code(n)
	def := find(l.conf.defs, mainSpace, name, code)
	switch {
	case !named && !coded:
		l.fail(n.Pos, "'code' or 'name' must be specified")
		return
	case named && def == nil:
		l.fail(n.Pos, "no known '%s' option in '%s' space", name, mainSpace)
		return
	}
	f := flexOption{code: code}
	if def != nil {
		f.code = def.code
	}
	if l.isSet(n, "csv-format") {
		f.def = def
	}
	f.onlyClass, _ = l.text(n, "client-class")
	for _, action := range []string{"add", "supersede", "remove"} {
		if text, ok := l.text(n, action); ok {
			if f.action != "" {
				l.fail(n.Pos, "multiple actions")
			}
			f.action = action
			f.value = l.flexExpr(n.Get(action).Pos, action, text)
		}
	}
	if f.action == "" {
		l.fail(n.Pos, "no action")
	}
	l.conf.flex = append(l.conf.flex, f)
}

func (l *loader) flexExpr(pos Pos, action, text string) expr {
	parse := parseValue
	if action == "remove" {
		parse = func(s string) (expr, error) { return parseExpr(s, anyClass, true) }
	}
	e, err := parse(text)
	if err != nil {
		l.fail(pos, "can't parse %s expression [%s] error: %s", action, text, err)
	}
	return e
}
