package kea

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
	"pxekit/internal/lab"
	"pxekit/internal/lab/corpus"
)

// loads asks the real server whether it takes a config.
func loads(t *testing.T, dir, text string) (bool, string) {
	t.Helper()
	path := filepath.Join(dir, "kea.conf")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	bin, err := lab.Path("kea-dhcp4")
	require.NoError(t, err)
	cmd := exec.Command(bin, "-t", path)
	cmd.Env = append(os.Environ(), "KEA_PIDFILE_DIR="+dir, "KEA_LOCKFILE_DIR="+dir)
	out, err := cmd.CombinedOutput()
	return err == nil, string(out)
}

// TestRealLoads holds that the real server takes everything the target writes:
// the part by itself and the whole file.
func TestRealLoads(t *testing.T) {
	lab.Need(t, "kea-dhcp4", "flex-option")
	dir := t.TempDir()
	plans := append(corpus.Plans(), corpus.Named{Name: "conditions", Plan: conditions()})
	plans = append(plans, corpus.Named{Name: "names", Plan: hostile()})
	for _, form := range Target.Forms {
		for i, p := range plans {
			r := dialect.Request{As: form.Name}
			if i == 0 {
				r = full(form.Name)
				r.Interface = "lo"
			}
			out, err := Target.Write(p.Plan, r)
			require.NoError(t, err)
			ok, said := loads(t, dir, out.Text)
			require.True(t, ok, "%s: %s\n%s", p.Name, said, out.Text)
		}
	}
}

// hostile is a plan with a machine for each hostile name.
func hostile() *plan.Plan {
	p := *corpus.Plans()[0].Plan
	for i, name := range corpus.Names() {
		p.Hosts = append(p.Hosts, plan.Rule{Match: plan.Match{MAC: []byte{2, 0, 0, 0, 1, byte(i)}}, File: name})
	}
	return &p
}

// TestRealAgrees compares what Parse refuses with what the real server refuses.
func TestRealAgrees(t *testing.T) {
	lab.Need(t, "kea-dhcp4")
	dir := t.TempDir()
	for _, c := range differential() {
		text := `{"Dhcp4":{"interfaces-config":{"interfaces":[]},` + c + `}}`
		_, err := Parse(text)
		ok, said := loads(t, dir, text)
		if ok != (err == nil) {
			t.Errorf("%s\nmodel %v\nkea %s", c, err, said)
		}
	}
}

// differential lists members of Dhcp4 on both sides of what is refused.
func differential() []string {
	var all []string
	long := strings.Repeat("B", 127)
	levels := []string{
		"%s", `"client-classes":[{"name":"a",%s}]`, `"subnet4":[{"subnet":"10.0.0.0/8",%s}]`, `"shared-networks":[{"name":"n",%s}]`,
		`"subnet4":[{"subnet":"10.0.0.0/8","reservations":[{"hw-address":"02:00:00:00:00:01",%s}]}]`,
	}
	for _, member := range []string{
		`"boot-file-name":"` + long + `"`, `"boot-file-name":"` + long + `B"`, `"boot-file-name":"` + long + `BB"`, `"server-hostname":"` + long[:64] + `"`,
		`"next-server":"::1"`, `"next-server":"255.255.255.255"`, `"option-data":[{"code":150,"data":"0a000001"}]`,
	} {
		for _, level := range levels {
			all = append(all, fmt.Sprintf(level, member))
		}
	}
	for _, test := range []string{
		"option[93].hex == 7", "option[93].hex = 7", "member('x')", "member('KNOWN')", "not not option[1].exists",
		"option[60].text == 'a' and (option[1].exists or pkt4.mac == 0x01)", "substring(option[60].hex,0,all) == 'x'",
		"substring(option[60].hex,'0',1) == 'x'", "'a' + 'b' == 'ab'", "concat('a','b','c') == 'x'", "(option[60].hex) == 'a'",
		"option[bootfile-name].exists", "option[boot-file-name].exists", "option[256].exists", "ifelse(option[1].exists,'a','b') == 'a'",
		"pkt4.giaddr == 10.0.0.1", "relay4[1].hex == 'a'", "relay6[0].peeraddr == ::1", "'a'", "", "option[60].hex == 'a' == 'b'",
		"hexstring(pkt4.mac,':') == '52:54'", "uint8totext(0x07) == '7'", "vendor[*].exists", "split('a.b','.',2) == 'b'", "option[1].exists and",
		"option[82].option[1].exists", "option[60].hex == \\\"a\\\"", "option[60].exists == 'a'", "member('ALL') or member('HA_x')",
	} {
		all = append(all, `"client-classes":[{"name":"a","test":"`+test+`"}]`)
	}
	for _, data := range []string{
		`"code":3,"data":"10.0.0.1, 10.0.0.2"`, `"code":3,"data":"x"`, `"code":19,"data":"true"`, `"code":19,"data":"yes"`, `"code":26,"data":"70000"`,
		`"code":26,"csv-format":false,"data":"05"`, `"code":119,"data":"a.example, b.example"`, `"code":150,"data":"0a000001"`, `"code":150,"csv-format":true,"data":"x"`,
		`"code":94,"data":"1,2"`, `"code":94,"data":"1,2,3"`, `"code":94,"data":"1,2,3,4"`, `"code":256,"data":"x"`, `"code":0,"data":"00"`, `"code":67,"data":"'"`,
		`"code":67,"csv-format":false,"data":"' '"`, `"name":"boot-file-name","code":66,"data":"x"`, `"data":"x"`, `"code":67,"dta":"x"`, `"code":224,"data":"0a"`,
		`"code":43,"csv-format":false,"data":"0102"`, `"code":67,"data":",x"`, `"code":97,"data":"0, 0011"`, `"code":77,"data":"x"`, `"code":61,"data":"01 02"`,
	} {
		all = append(all, `"option-data":[{`+data+`}]`)
	}
	for _, def := range []string{
		`"name":"x","code":150,"type":"ipv4-address","array":true`, `"name":"x","code":66,"type":"string"`, `"name":"x","code":43,"type":"binary"`,
		`"name":"x","code":224,"type":"record","record-types":"uint8, string"`, `"name":"x","code":224,"type":"text"`, `"code":224,"type":"string"`, `"name":"x","type":"string"`,
	} {
		all = append(all, `"option-def":[{`+def+`}]`, `"client-classes":[{"name":"a","option-def":[{`+def+`}]}]`)
	}
	return append(all,
		`"client-classes":[{"name":"a"},{"name":"a"}]`, `"client-classes":[{"name":""}]`, `"client-classes":[{"name":"a","test":"member('b')"},{"name":"b"}]`,
		`"next-server":"0.0.0.0"`,
		`"subnet4":[{"subnet":"10.0.0.0/33"}]`, `"subnet4":[{"subnet":"10.0.0.0/24","pools":[{"pool":"10.0.0.9-10.0.0.1"}]}]`, `"subnet4":[{"pools":[]}]`,
		`"client-classes":[{"name":"a","tests":"x"}]`,
	)
}
