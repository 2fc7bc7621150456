package capture

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const solicit = "\x01\x00\x00\x07" + "\x00\x3b\x00\x10tftp://[::1]/a.b" + "\x00\x08\x00\x02\x00\x00" +
	"\x00\x3d\x00\x02\x00\x07" + "\x00\x3e\x00\x03\x01\x03\x10" + "\x00\x3c\x00\x05\x00\x03a\x1bb"

func TestBootOptions6(t *testing.T) {
	got, err := BootOptions6([]byte(solicit))
	require.NoError(t, err)
	var texts []string
	for _, o := range got {
		texts = append(texts, o.Name+": "+o.Text)
	}
	require.Equal(t, []string{"boot file URL: tftp://[::1]/a.b", "client system architecture: x64 UEFI (7)", "client network interface: type 1, version 3.16", "boot file parameters: a<1b>b"}, texts)
	require.Equal(t, 4, got[0].Offset)
}

func TestBootOptions6InARelayMessage(t *testing.T) {
	relay := string(append([]byte{12, 0}, make([]byte, 32)...)) + "\x00\x09\x00" + string(rune(len(solicit))) + solicit
	got, err := BootOptions6([]byte(relay))
	require.NoError(t, err)
	require.Len(t, got, 4)
	require.Equal(t, 34+4+4, got[0].Offset)
}

func TestBootOptions6Damaged(t *testing.T) {
	for in, want := range map[string]string{
		"\x01":                             "dhcpv6 message of 1 bytes, need 4",
		"\x01\x00\x00\x07\x00":             "dhcpv6 option at byte 4: 1 bytes left, need 4",
		"\x01\x00\x00\x07\x00\x3b\x00\x09": "dhcpv6 option 59 at byte 4: length 9 runs past end (0 left)",
	} {
		_, err := BootOptions6([]byte(in))
		require.EqualError(t, err, want)
	}
	for cut := range len(solicit) {
		_, _ = BootOptions6([]byte(solicit[:cut]))
	}
}
