package dnsmasq

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/internal/lab"
	"pxekit/internal/lab/corpus"
)

// loads asks dnsmasq itself whether it takes a file.
func loads(t *testing.T, text string) (string, bool) {
	t.Helper()
	program, err := lab.Path("dnsmasq")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "dnsmasq.conf")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	said, err := exec.Command(program, "--test", "-C", file).CombinedOutput()
	return string(said), err == nil
}

func TestWrittenLoads(t *testing.T) {
	lab.Need(t, "dnsmasq")
	for _, p := range corpus.Plans() {
		out, err := Target.Write(p.Plan, whole)
		require.NoError(t, err)
		said, ok := loads(t, out.Text)
		require.True(t, ok, "%s: %s\n%s", p.Name, said, out.Text)
	}
	for _, name := range corpus.Names() {
		out, err := Target.Write(corpus.One(name, dhcpopts.EFIX64), whole)
		require.NoError(t, err)
		said, ok := loads(t, out.Text)
		require.True(t, ok, "%q: %s\n%s", name, said, out.Text)
	}
}

// TestRefusals holds the parser to dnsmasq's own check: the same lines refused.
func TestRefusals(t *testing.T) {
	lab.Need(t, "dnsmasq")
	lines := []string{
		"DHCP-Boot=x", "dhcp-no-override=1", "dhcp-boot", "port=0\nport=0", `dhcp-boot="x`, `dhcp-boot="x""y"`, "dhcp-boot=tag:x", "dhcp-boot=tag:x,",
		"dhcp-option=option:66,x", "dhcp-option=option:hostname,x", "dhcp-option=option:bootfile-name,x", "dhcp-option=150,x", "dhcp-option=150,10.0.0.256",
		"dhcp-option=vendor:PXEClient,6,8", "dhcp-option=encap:175,vendor:x,1,1", "dhcp-option=x", "dhcp-option=67," + strings.Repeat("n", 255),
		"dhcp-option=67," + strings.Repeat("n", 256), "dhcp-option=vendor:x,1," + strings.Repeat("n", 254), "dhcp-option=67," + strings.Repeat("n", 1200),
		"dhcp-match=set:x,93,00:07", "dhcp-match=93,00:07", "dhcp-match=set:x,set:y,93", "dhcp-match=set:x,option:client-arch,7", "dhcp-match=set:x,vendor:y,6",
		"tag-if=set:x,tag:y", "tag-if=tag:y", "tag-if=set:x,y", "tag-if=set:,tag:y", "dhcp-mac=set:x,52:54:*:*:*:*", "dhcp-mac=set:x,gg", "dhcp-mac=x",
		"dhcp-host=52:54:00:11:22:33,set:x", "dhcp-host=52:54:00:11:22:33,10.0.0.1,name,12h", "dhcp-host=52:5g:00:11:22:33", "dhcp-host=a_b!", "dhcp-host=52:54:00:11:22:33,ignore",
		"dhcp-range=10.0.0.1,10.0.0.9", "dhcp-range=10.0.0.1", "dhcp-range=set:x,10.0.0.1,static", "dhcp-range=set:x,set:y,10.0.0.1,10.0.0.9", "dhcp-range=10.0.0.1,proxy,255.255.255.0",
		"dhcp-range=10.0.0.1,10.0.1.9,255.255.255.0", "dhcp-range=10.0.0.1,10.0.0.9,1h,x", "dhcp-range=10.0.0.1,10.0.0.9,infinite", "dhcp-range=tag:a,set:b,10.0.0.1,10.0.0.9,5m",
		"pxe-service=x86PC,text,file", "pxe-service=x86pc,text", "pxe-service=toaster,text,file", "pxe-service=7,text,5,10.0.0.1", "pxe-service=x86PC", "pxe-prompt=text,5", "pxe-prompt=tag:x",
		"dhcp-vendorclass=set:x,PXEClient", "dhcp-vendorclass=set:x,a,b", "dhcp-vendorclass=set:x,enterprise:9,b", "dhcp-userclass=set:x,iPXE", "dhcp-userclass=x", "dhcp-ignore=tag:!known",
		"dhcp-name-match=set:x,pc*", "dhcp-name-match=set:x", "dhcp-pxe-vendor=PXEClient,HTTPClient", "dhcp-circuitid=set:x,00:01", "no-such-thing", "   # comment", "#", "interface=lo",
	}
	for _, line := range lines {
		_, err := Parse(line + "\n")
		said, ok := loads(t, line+"\n")
		require.Equal(t, ok, err == nil, "%q: dnsmasq says %q, the model %v", line, said, err)
		if err != nil {
			wrong := err.(*SyntaxError)
			require.Contains(t, said, fmt.Sprintf("%s at line %d", wrong.Message, wrong.Line), line)
		}
	}
	for _, name := range corpus.Names() {
		for _, line := range []string{"dhcp-option=67,", "dhcp-boot=", "dhcp-option=43,", "pxe-prompt="} {
			_, err := Parse(line + name + "\n")
			said, ok := loads(t, line+name+"\n")
			require.Equal(t, ok, err == nil, "%q: dnsmasq says %q, the model %v", line+name, said, err)
		}
	}
}
