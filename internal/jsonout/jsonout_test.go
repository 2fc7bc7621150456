package jsonout

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

func TestAnswer(t *testing.T) {
	a := dhcpopts.Answer{
		SIAddr: netip.MustParseAddr("192.0.2.10"), SName: []byte("s"), File: []byte("a\xff"),
		Options: []dhcpopts.Option{{Code: 67, Data: []byte("b\x00")}, {Code: 66, Data: nil}},
	}
	text, err := json.Marshal(AnswerOf(a))
	require.NoError(t, err)
	require.JSONEq(t, `{"siaddr":"192.0.2.10","sname":"73","file":"61ff","options":[{"code":67,"hex":"6200"},{"code":66,"hex":""}]}`, string(text))

	var back Answer
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, Hex("a\xff"), back.File)
}

// TestEmpty: lists are [] and never null, and an unset siaddr reads like the
// header field.
func TestEmpty(t *testing.T) {
	text, err := json.Marshal(AnswerOf(dhcpopts.Answer{}))
	require.NoError(t, err)
	require.JSONEq(t, `{"siaddr":"0.0.0.0","sname":"","file":"","options":[]}`, string(text))
	require.NotNil(t, Findings(nil))
}

func TestFindingsNameTheirReference(t *testing.T) {
	found := dhcpopts.CheckOption(dhcpopts.OptTFTPServer, []byte{192, 0, 2, 10})
	require.NotEmpty(t, found)
	for _, f := range Findings(found) {
		require.NotEmpty(t, f.Ref, f.ID)
	}
}

func TestWriteHidesNothing(t *testing.T) {
	var b strings.Builder
	require.NoError(t, Write(&b, map[string]string{"url": "http://x/?a=1&b=<2>"}))
	require.Equal(t, "{\n  \"url\": \"http://x/?a=1&b=<2>\"\n}\n", b.String())
}
