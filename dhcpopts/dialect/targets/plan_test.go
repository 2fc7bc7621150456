package targets

import (
	"testing"

	"pxekit/internal/lab/corpus"
)

func TestPlanFile(t *testing.T) { corpus.CheckTarget(t, planFile) }
