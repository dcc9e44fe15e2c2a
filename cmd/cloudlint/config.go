package main

import (
	"github.com/spf13/cobra"

	"github.com/cloudlint/cloudlint/internal/app"
)

func newConfig(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "config",
		GroupID: "rules",
		Short:   "Show or check the configuration of the module in this folder",
		Args:    onlyCommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use:   "show",
			Short: "Print the effective configuration, with the origin of each value",
			Args:  nothing(""),
			RunE:  func(cmd *cobra.Command, _ []string) error { return a.ConfigShow(cmd.Context()) },
		},
		&cobra.Command{
			Use:   "check [files]",
			Short: "Check the configuration, or these files, and name what was read",
			Args:  cobra.ArbitraryArgs,
			RunE:  func(cmd *cobra.Command, files []string) error { return a.ConfigCheck(cmd.Context(), files) },
		},
		&cobra.Command{
			Use:   "schema",
			Short: "Print the JSON schema of .cloudlint.yml",
			Args:  nothing(""),
			RunE:  func(*cobra.Command, []string) error { return a.Schema("config", "") },
		},
	)
	return cmd
}
