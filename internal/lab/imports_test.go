package lab

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rooms are the packages by import path, a trailing slash for all below, the
// most special first. A package may import rooms of its own or a lower floor;
// on one floor only what is named in beside.
var rooms = []struct {
	path   string
	floor  int
	beside bool // may import others of its floor
	pure   bool // no sockets, files, logs and flags
	alone  bool // imports no other room at all
}{
	{path: "pxekit/cmd/", floor: 6},
	{path: "pxekit/internal/", floor: 5, beside: true},
	{path: "pxekit/tftpserve", floor: 4, alone: true},
	{path: "pxekit/dhcpopts/dialect/targets", floor: 4, pure: true},
	{path: "pxekit/dhcpopts/dialect/", floor: 3, beside: true, pure: true},
	{path: "pxekit/dhcpopts/dialect", floor: 2, pure: true},
	{path: "pxekit/dhcpopts/plan", floor: 1, pure: true},
	{path: "pxekit/dhcpopts", floor: 0, pure: true},
}

// Not in a pure package: the first even through what it imports, the second
// only by itself, since fmt and most others bring os along.
var (
	notAtAll    = []string{"net", "net/http", "log", "log/slog", "flag"}
	notDirectly = []string{"os", "os/exec", "syscall", "io/ioutil", "runtime/debug"}
)

// forTests is what nothing but a test may import: the lab, and what a package
// needs that helps tests.
func forTests(path string) bool {
	return path == "testing" || strings.HasPrefix(path, "github.com/stretchr/testify/") || inLab(path)
}

func inLab(path string) bool {
	return path == "pxekit/internal/lab" || strings.HasPrefix(path, "pxekit/internal/lab/")
}

type goPackage struct {
	ImportPath    string
	Imports, Deps []string
}

func TestImportsPointOneWay(t *testing.T) {
	used := map[string]bool{}
	for _, p := range modulePackages(t) {
		if inLab(p.ImportPath) {
			continue
		}
		from := room(p.ImportPath)
		require.GreaterOrEqual(t, from, 0, "%s is in no room: name it in this test and in design.md", p.ImportPath)
		used[rooms[from].path] = true
		for _, dep := range p.Imports {
			require.False(t, forTests(dep), "%s imports %s", p.ImportPath, dep)
			if strings.HasPrefix(dep, "pxekit") {
				require.True(t, mayImport(from, room(dep)), "%s imports %s, against the direction of design.md", p.ImportPath, dep)
			}
		}
		checkPure(t, p, from)
	}
	for _, r := range rooms {
		require.True(t, used[r.path], "no package is in room %s: the list above is stale", r.path)
	}
}

func mayImport(from, to int) bool {
	if rooms[from].alone {
		return false
	}
	if from == to || rooms[from].floor == rooms[to].floor {
		return rooms[from].beside
	}
	return rooms[from].floor > rooms[to].floor
}

func checkPure(t *testing.T, p goPackage, r int) {
	t.Helper()
	if !rooms[r].pure {
		return
	}
	for _, bad := range notAtAll {
		require.NotContains(t, p.Deps, bad, "%s needs %s", p.ImportPath, bad)
	}
	for _, bad := range notDirectly {
		require.NotContains(t, p.Imports, bad, "%s imports %s", p.ImportPath, bad)
	}
	if p.ImportPath != "pxekit/dhcpopts/plan" {
		require.NotContains(t, p.Imports, "github.com/goccy/go-yaml", "%s reads YAML, which is for plan", p.ImportPath)
	}
}

func room(path string) int {
	for i, r := range rooms {
		if path == r.path || strings.HasSuffix(r.path, "/") && strings.HasPrefix(path, r.path) {
			return i
		}
	}
	return -1
}

func modulePackages(t *testing.T) (all []goPackage) {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "pxekit/...").Output()
	require.NoError(t, err)
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p goPackage
		require.NoError(t, d.Decode(&p))
		all = append(all, p)
	}
	require.NotEmpty(t, all)
	return all
}
