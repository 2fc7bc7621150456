package kea

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestStrings holds what servers.md 2.1 measured of Kea's string lexer.
func TestStrings(t *testing.T) {
	for text, want := range map[string]string{
		`"boot\\x64\\w"`:       `boot\x64\w`,
		`"a\tb\nc\rd\be\ff\/"`: "a\tb\nc\rd\be\ff/",
		`"\u0041\u00e9\u0000"`: "A\xe9\x00",
		`"é"`:                  "é",
	} {
		n, err := ParseJSON(text)
		require.NoError(t, err, text)
		require.Equal(t, want, n.Str, text)
	}
}

func TestJSONRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{"a": "boot\x64"}`:      `1:7: bad escape "\\x" in string`,
		`"\0"`:                   `1:1: bad escape "\\0" in string`,
		`"\u0100"`:               `1:1: unsupported unicode escape "\\u0100" in string: only \u0000 to \u00ff`,
		"\"a\tb\"":               `1:1: invalid control character 0x09 in string "a"`,
		"{\n \"a\":1,\n\"a\":2}": `3:1: duplicate a entries in map (previous at 2:2)`,
		`["a" "b"]`:              `1:6: syntax error, unexpected string "b", expecting , or ]`,
		`[,]`:                    `1:2: syntax error, unexpected ','`,
		`/* open`:                `1:1: comment not closed`,
		`"open`:                  `1:1: string is not closed`,
		`True`:                   `1:1: JSON True reserved keyword is lower case only or unknown`,
		`-`:                      `1:1: invalid number "-"`,
		`99999999999999999999`:   `1:1: failed to convert 99999999999999999999 to an integer`,
		``:                       `1:1: syntax error, unexpected end of file`,
		`1 2`:                    `1:3: syntax error, unexpected "2", expecting end of file`,
		`'a'`:                    `1:1: invalid character: "'"`,
	} {
		_, err := ParseJSON(text)
		require.EqualError(t, err, want, text)
	}
}

func TestComments(t *testing.T) {
	n, err := ParseJSON("// one\n{ # two\n \"a\": [1, /* three\n */ true, null, 1.5,], }\n#end")
	require.NoError(t, err)
	require.Equal(t, `{"a": [1, true, null, 1.5]}`, Format(n))
	require.Equal(t, Pos{4, 5}, n.Get("a").Items[1].Pos)
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":"b\\c\u00e9","l":[1,-2,3.5e1,true,null,{}]}`, `"\\\\srv\\share"`, "[#\n]", `{"Dhcp4":{}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseJSON(text)
		if err != nil {
			require.IsType(t, &Error{}, err)
			return
		}
		again, err := ParseJSON(Format(n))
		require.NoError(t, err)
		require.Equal(t, stripPos(n), stripPos(again))
	})
}

func stripPos(n *Node) *Node {
	n.Pos = Pos{}
	for _, item := range n.Items {
		stripPos(item)
	}
	for i := range n.Members {
		n.Members[i].Pos = Pos{}
		stripPos(n.Members[i].Value)
	}
	return n
}

func FuzzQuote(f *testing.F) {
	f.Add("boot\\x64\x00\xff\n\"'é")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseJSON(Quote(s))
		require.NoError(t, err)
		require.Equal(t, s, n.Str)
	})
}
