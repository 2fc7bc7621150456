package kea

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/internal/lab/corpus"
)

// FuzzParse holds that no config makes the model panic, and that every refusal
// has a place.
func FuzzParse(f *testing.F) {
	for _, p := range corpus.Plans() {
		for _, form := range Target.Forms {
			out, err := Target.Write(p.Plan, full(form.Name))
			require.NoError(f, err)
			f.Add(out.Text)
		}
	}
	for _, c := range differential() {
		f.Add(`{"Dhcp4":{"subnet4":[{"subnet":"10.0.0.0/8"}],` + c + `}}`)
	}
	clients := corpus.Kinds()
	f.Fuzz(func(t *testing.T, text string) {
		conf, err := Parse(text)
		if err != nil {
			require.IsType(t, &Error{}, err)
			return
		}
		for _, c := range clients {
			c.RequestList = corpus.FullList
			conf.Answer(c)
		}
	})
}
