package plan

import "pxekit/dhcpopts"

// presets is the list; the names are those of each project's current documents.
var presets = []Preset{
	{
		Name: "wds", Title: "Windows Deployment Services",
		Needs: []string{"server"},
		Rules: []PresetRule{
			{Archs: []dhcpopts.Arch{dhcpopts.BIOS}, File: `boot\x64\wdsnbp.com`, Verified: true, Source: "Microsoft Learn, WDS network boot programs: wdsnbp.com is the first program of BIOS machines"},
		},
	},
}
