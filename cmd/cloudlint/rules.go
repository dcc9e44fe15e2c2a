package main

import (
	"github.com/spf13/cobra"

	"github.com/cloudlint/cloudlint/internal/app"
)

func newRules(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "rules",
		GroupID: "rules",
		Short:   "List all rules",
		Example: "  cloudlint rules\n  cloudlint rules --format json",
		Args:    nothing("`cloudlint explain` shows one rule"),
		RunE: func(*cobra.Command, []string) error {
			return a.Rules(format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT` or FORMAT=FILE: text (a table), json, or md (rules.md: the table and all pages)")
	return cmd
}
