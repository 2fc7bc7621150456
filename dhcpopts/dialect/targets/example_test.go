package targets_test

import (
	"fmt"
	"log"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/dialect/targets"
	"pxekit/dhcpopts/plan"
)

func Example() {
	p, _, err := plan.FromFlags(plan.Flags{Server: "192.0.2.10", Files: []string{`bios=boot\x64\wdsnbp.com`}})
	if err != nil {
		log.Fatal(err)
	}
	kea, _ := targets.Find("kea")
	out, err := kea.Write(p, dialect.Request{})
	if err != nil || len(out.Lost) > 0 {
		log.Fatal(err, out.Lost)
	}
	answer := out.Expect(dhcpopts.Firmware(dhcpopts.BIOS)) // what Kea will send, byte for byte
	file, _ := answer.Get(dhcpopts.OptBootFile)
	fmt.Println(answer.SIAddr, dhcpopts.FormatHex(dhcpopts.HexSpaced, file))
	// Output:
	// 192.0.2.10 62 6f 6f 74 5c 78 36 34 5c 77 64 73 6e 62 70 2e 63 6f 6d
}
