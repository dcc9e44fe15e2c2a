package main

import (
	"github.com/spf13/cobra"

	"github.com/cloudlint/cloudlint/internal/app"
)

func newSchema(a *app.App) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:       "schema findings or config",
		GroupID:   "other",
		Short:     "Print the JSON schema of --format json, or of .cloudlint.yml",
		Example:   "  cloudlint schema findings\n  cloudlint schema config --output .cloudlint.schema.json",
		Args:      oneArg("say of what: findings or config"),
		ValidArgs: []cobra.Completion{"findings", "config"},
		RunE: func(_ *cobra.Command, args []string) error {
			return a.Schema(args[0], output)
		},
	}
	cmd.Flags().StringVar(&output, "output", "", "write to this `file`")
	return cmd
}
