// Command pxekit writes, reads and answers the DHCP options that make machines
// boot from the network.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// world is all that a run touches beside files and sockets.
type world struct {
	args           []string // without the program's name
	stdin          io.Reader
	stdout, stderr io.Writer
	stdinTTY       bool // a person types there: nothing is coming by itself
	stderrTTY      bool // a person watches: progress may be shown
}

func main() {
	// A reader that has gone away is an error to handle (EPIPE), not a signal to die of.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the first signal asks to end, the second ends
	code := run(ctx, world{
		args: os.Args[1:], stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		stdinTTY: terminal(os.Stdin), stderrTTY: terminal(os.Stderr),
	})
	stop()
	os.Exit(code)
}

func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// run is the whole program. It returns the exit code.
func run(ctx context.Context, w world) int {
	u := &ui{world: w}
	root := newRoot(u)
	root.SetArgs(w.args)
	root.SetIn(w.stdin)
	root.SetOut(w.stdout)
	root.SetErr(w.stderr)
	return u.finish(root.ExecuteContext(ctx))
}

const rootExample = `  pxekit generate isc --server 192.0.2.10 --file 'boot\x64\wdsnbp.com' --scope 10.77.0.0/24
  pxekit encode 67 'boot\x64\wdsnbp.com' --nul
  pxekit generate --list`

func newRoot(u *ui) *cobra.Command {
	root := &cobra.Command{
		Use:   "pxekit",
		Short: "The DHCP options that make machines boot from the network",
		Long: "pxekit writes, reads and answers the DHCP options that make machines boot from the network.\n" +
			"A path is typed in single quotes as it is: the tool does the escaping.",
		Example:       rootExample,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE:          noVerb,
	}
	root.SetVersionTemplate("pxekit {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(help)
	root.SuggestionsMinimumDistance = nearEnough
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(verbs(u)...)
	return root
}

// verbs lists the commands in the order of the help text.
func verbs(u *ui) []*cobra.Command {
	return []*cobra.Command{newGenerate(u), newEncode(u), newDecode(u), newServe(u), newCompletion(u)}
}

// noVerb is the root command itself: a verb is missing or unknown.
func noVerb(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		cmd.SetOut(cmd.ErrOrStderr())
		_ = cmd.Help()
		return usagef("", "no verb given")
	}
	hint := "pxekit --help lists the verbs"
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "did you mean " + quoted(near) + "?"
	}
	return usagef(hint, "unknown verb %q", args[0])
}
