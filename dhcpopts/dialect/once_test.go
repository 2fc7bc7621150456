package dialect_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// TestOnce: the first of an option's values is written, the others are Lost, and
// the plan stays as it was.
func TestOnce(t *testing.T) {
	var written *plan.Plan
	target := dialect.Once(dialect.Target{Title: "T", Write: func(p *plan.Plan, _ dialect.Request) (dialect.Output, error) {
		written = p
		return dialect.Output{}, nil
	}})
	a, b := dhcpopts.Option{Code: 209, Data: []byte("a")}, dhcpopts.Option{Code: 209, Data: []byte("b")}
	p := &plan.Plan{Rules: []plan.Rule{{File: "x", Options: []dhcpopts.Option{a, b}}, {File: "y", Options: []dhcpopts.Option{b}}}}
	out, err := target.Write(p, dialect.Request{})
	require.NoError(t, err)
	require.Equal(t, []dialect.Note{{Feature: dialect.FeatOptions, Text: "option 209 is written once: T is not known to send it again"}}, out.Lost)
	require.Equal(t, []dhcpopts.Option{a}, written.Rules[0].Options)
	require.Equal(t, p.Rules[1], written.Rules[1])
	require.Len(t, p.Rules[0].Options, 2)

	single := &plan.Plan{Rules: p.Rules[1:]}
	out, err = target.Write(single, dialect.Request{})
	require.NoError(t, err)
	require.Empty(t, out.Lost)
	require.Same(t, single, written)
}
