package main

import (
	"github.com/spf13/cobra"

	"github.com/cloudlint/cloudlint/internal/app"
)

func newExplain(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "explain code or name",
		GroupID: "rules",
		Short:   "Show what a rule finds, why it matters, and what to write instead",
		Example: "  cloudlint explain CL2001\n  cloudlint explain serverdeadline --format md",
		Args:    oneArg("name a rule, say CL2001; `cloudlint rules` lists all"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return app.RuleNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return a.Explain(args[0], format)
		},
	}
	cmd.Flags().Var(newChoice(&format, "text", "md", "json"), "format", "`FORMAT`: text, md or json")
	completeChoice(cmd, cmd.Flags(), "format")
	return cmd
}
