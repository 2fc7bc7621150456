package main

import (
	"strings"

	"github.com/spf13/cobra"
)

var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletion(u *ui) *cobra.Command {
	return &cobra.Command{
		Use:   "completion " + strings.Join(shells, "|"),
		Short: "print the completion script of a shell",
		Example: `  source <(pxekit completion bash)
  pxekit completion fish > ~/.config/fish/completions/pxekit.fish
  pxekit completion powershell | Out-String | Invoke-Expression`,
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("pxekit completion bash", "completion takes one shell: %s", strings.Join(shells, ", "))
			}
			return u.completion(cmd.Root(), args[0])
		},
	}
}

func (u *ui) completion(root *cobra.Command, shell string) error {
	var text strings.Builder
	var err error
	switch shell {
	case "bash":
		err = root.GenBashCompletionV2(&text, true)
	case "zsh":
		err = root.GenZshCompletion(&text)
	case "fish":
		err = root.GenFishCompletion(&text, true)
	case "powershell":
		err = root.GenPowerShellCompletionWithDesc(&text)
	default:
		return usagef("completions exist for "+strings.Join(shells, ", "), "unknown shell %q", shell)
	}
	if err != nil {
		return err
	}
	return u.write("", text.String())
}
