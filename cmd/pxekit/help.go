package main

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// help prints a command's help, examples first.
func help(cmd *cobra.Command, _ []string) {
	out := cmd.OutOrStdout()
	text := cmd.Long
	if text == "" {
		text = cmd.Short
	}
	fmt.Fprintf(out, "%s\n\nExamples:\n%s\n\nUsage: %s\n", text, cmd.Example, cmd.UseLine())
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintln(out, "\nVerbs:")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				fmt.Fprintf(out, "  %-12s%s\n", c.Name(), c.Short)
			}
		}
	}
	if flags := cmd.LocalFlags().FlagUsagesWrapped(100); flags != "" {
		fmt.Fprintf(out, "\nFlags:\n%s", flags)
	}
}

// flagError says which flag was meant when one is unknown.
func flagError(cmd *cobra.Command, err error) error {
	hint := cmd.CommandPath() + " --help lists the flags"
	if name, ok := strings.CutPrefix(err.Error(), "unknown flag: --"); ok {
		if near := nearFlags(cmd, name); len(near) > 0 {
			hint = "did you mean " + strings.Join(near, ", ") + "?"
		}
	}
	if v := new(pflag.InvalidValueError); errors.As(err, &v) && (errors.Is(err, strconv.ErrRange) || errors.Is(err, strconv.ErrSyntax)) {
		return valueError(v)
	}
	return &failure{code: exitUsage, hint: hint, err: err}
}

// valueError says what a flag takes, in place of how it was read.
func valueError(e *pflag.InvalidValueError) error {
	flag := e.GetFlag()
	if flag.Value.Type() == "bool" {
		return usagef("--"+flag.Name+" alone switches it on", "--%s is on or off, not %q", flag.Name, e.GetValue())
	}
	return usagef("--"+flag.Name+" takes a number up to 65535", "--%s %q is no such number", flag.Name, e.GetValue())
}

func nearFlags(cmd *cobra.Command, typed string) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	near := nearest(typed, names)
	for i := range near {
		near[i] = "--" + near[i]
	}
	return near
}

// nearest finds the names that were probably meant, by cobra's own rule for
// near verbs.
func nearest(typed string, names []string) []string {
	list := &cobra.Command{SuggestionsMinimumDistance: nearEnough}
	for _, name := range names {
		list.AddCommand(&cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}})
	}
	return list.SuggestionsFor(typed)
}

// nearEnough is the edit distance that a typing error may have.
const nearEnough = 2

// version is the module version the binary was built from, or the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	return info.Main.Version
}
