package targets

import (
	"fmt"

	"pxekit/dhcpopts"
	"pxekit/dhcpopts/dialect"
	"pxekit/dhcpopts/plan"
)

// planFile is plan.yaml as a target: what flags or a preset stand for, as a file
// to go on from.
var planFile = dialect.Target{
	Name:    "plan",
	Title:   "pxekit's own plan.yaml",
	Forms:   []dialect.Form{{Name: "yaml", Title: "a plan to edit, for --plan"}},
	Write:   writePlan,
	Comment: "#",
	Support: dialect.Everything(dialect.Derived), // a plan file can say whatever a plan can
}

// writePlan prints the plan; what to expect comes from reading the text again.
func writePlan(p *plan.Plan, _ dialect.Request) (dialect.Output, error) {
	text := p.YAML()
	again, _, err := plan.Parse("plan.yaml", text)
	if err != nil {
		return dialect.Output{}, fmt.Errorf("the plan cannot be written as YAML: %w", err)
	}
	cases := again.Cases()
	return dialect.Output{
		Text: string(text), Evidence: dialect.Derived, Where: "into plan.yaml",
		Check: "pxekit generate isc --plan plan.yaml",
		Expect: func(c dhcpopts.Client) dhcpopts.Answer {
			a, _, _ := plan.AnswerOf(cases, c)
			return a
		},
	}, nil
}
