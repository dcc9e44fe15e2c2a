package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/cloudlint/cloudlint/internal/adopt"
	"github.com/cloudlint/cloudlint/internal/app"
)

const initHelp = `Proposes how this repository takes up cloudlint, shows it as a difference, and asks before it writes: .cloudlint.yml, a
GitHub workflow, a GitLab job, a hook of pre-commit or lefthook where these are in use, and a baseline of what is found
today. Files that exist only get lines added; where their place is not certain, init says what to add by hand. It also
names the linters of .golangci.yml whose findings cloudlint has.

In the folder of one module of several it proposes for that module, in the root of the repository for all.`

func newInit(a *app.App) *cobra.Command {
	var opts app.InitOptions
	cmd := &cobra.Command{
		Use:     "init",
		GroupID: "lint",
		Short:   "Propose configuration, CI job, hook and baseline for this repository",
		Long:    initHelp,
		Example: `  cloudlint init
  cloudlint init --diff | git apply          the same as --yes
  cloudlint init --only github,pre-commit --yes`,
		Args: nothing("`--only github,pre-commit` chooses parts"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if info, err := os.Stdin.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
				opts.Answer = os.Stdin
			}
			return a.Init(cmd.Context(), opts)
		},
	}
	var names []cobra.Completion
	for _, p := range adopt.Parts() {
		names = append(names, string(p))
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&opts.Yes, "yes", false, "write without a question")
	f.BoolVar(&opts.Diff, "diff", false, "print the difference, and write nothing")
	f.StringSliceVar(&opts.Only, "only", nil, "propose these `parts` only, also where the tool is not in use: config, github, gitlab, pre-commit, lefthook, baseline")
	_ = cmd.RegisterFlagCompletionFunc("only", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}
