package main

import (
	"github.com/spf13/cobra"

	"github.com/cloudlint/cloudlint/internal/app"
)

func newDoctor(a *app.App) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "doctor",
		GroupID: "other",
		Short:   "Describe this environment, to be pasted into a bug report",
		Args:    nothing(""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.Doctor(cmd.Context(), format)
		},
	}
	cmd.Flags().Var(newChoice(&format, "text", "json"), "format", "`FORMAT`: text or json")
	completeChoice(cmd, cmd.Flags(), "format")
	return cmd
}
