package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/stretchr/testify/require"

	"pxekit/internal/jsonout"
)

// manDate stands in the pages; it is no build date, so that pages stay equal.
var manDate = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// TestManPages compares docs/man with the commands; -update writes it.
func TestManPages(t *testing.T) {
	dir := filepath.Join(repository, "docs", "man")
	root := newRoot(&ui{})
	root.Version = ""
	pages := map[string]string{}
	for _, cmd := range append(root.Commands(), root) {
		pages[strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1"] = manPage(t, cmd)
	}
	if *update {
		require.NoError(t, os.MkdirAll(dir, 0o755))
		for name, text := range pages {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
		}
	}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, len(pages))
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, want, string(got), "run go test ./cmd/pxekit -update")
	}
}

func manPage(t *testing.T, cmd *cobra.Command) string {
	t.Helper()
	if fields := cmd.Annotations[jsonFields]; fields != "" {
		cmd.Long += "\n\n# JSON\n\n" + fields
	}
	if sections := cmd.Annotations[manSections]; sections != "" {
		cmd.Long += "\n\n" + sections
	}
	var page bytes.Buffer
	require.NoError(t, doc.GenMan(cmd, &doc.GenManHeader{Section: "1", Manual: "pxekit", Source: "pxekit", Date: &manDate}, &page))
	return page.String()
}

// TestJSONFieldsAreDocumented: each field a verb prints is in its man page, and
// nothing else is.
func TestJSONFieldsAreDocumented(t *testing.T) {
	root := newRoot(&ui{})
	for verb, types := range map[string][]any{
		"generate": {jsonout.Generate{}, jsonout.Targets{}},
		"encode":   {jsonout.Encode{}},
		"decode":   {jsonout.Decode{}, jsonout.Value{}},
	} {
		cmd, _, err := root.Find([]string{verb})
		require.NoError(t, err)
		documented := cmd.Annotations[jsonFields]
		for _, v := range types {
			for _, name := range fieldNames(reflect.TypeOf(v)) {
				require.Contains(t, documented, "**"+name+"**", "pxekit %s --json", verb)
			}
		}
	}
}

// fieldNames lists the JSON names of a type and of all types in it.
func fieldNames(t reflect.Type) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(append(names, name), fieldNames(t.Field(i).Type)...)
	}
	return names
}
