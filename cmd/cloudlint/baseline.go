package main

import (
	"github.com/spf13/cobra"

	"github.com/cloudlint/cloudlint/internal/app"
)

const baselineHelp = `The baseline, .cloudlint-baseline in the module's root, lists findings that are known and not reported: those that an old
module had when it began to use cloudlint, or that somebody accepted with a reason.

Findings are known by their rule, function and object, not by line or message. Entries whose finding is gone are
reported; docs/baseline.md tells more.`

func newBaseline(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "baseline",
		GroupID: "lint",
		Short:   "Keep the findings that are known already, so that only new ones are reported",
		Long:    baselineHelp,
		Args:    onlyCommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newBaselineCreate(a), newBaselineAccept(a), newBaselinePrune(a), newBaselineCheck(a))
	return cmd
}

func newBaselineCreate(a *app.App) *cobra.Command {
	var opts app.BaselineOptions
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Write all findings of the module in this folder into a new baseline",
		Args:  nothing("`cloudlint baseline accept` takes single findings"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.BaselineCreate(cmd.Context(), opts) },
	}
	cmd.Flags().BoolVar(&opts.Force, "force", false, "also where there is a baseline; reasons and dates stay")
	addEntryFlags(cmd, &opts)
	addAnalysisFlags(cmd, &opts.Lint)
	return cmd
}

func newBaselineAccept(a *app.App) *cobra.Command {
	var opts app.BaselineOptions
	cmd := &cobra.Command{
		Use:   "accept [rules, packages, files, places or fingerprints]",
		Short: "Add findings to the baseline",
		Example: `  cloudlint baseline accept CL2012 --reason "the price service runs on this machine"
  cloudlint baseline accept ./internal/legacy/... --until 2027-01-31 --reason "is replaced in January"
  cloudlint baseline accept store/store.go:6
  cloudlint baseline accept --all`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.BaselineAccept(cmd.Context(), opts, args) },
	}
	cmd.Flags().BoolVar(&opts.All, "all", false, "accept whatever is new")
	addEntryFlags(cmd, &opts)
	addAnalysisFlags(cmd, &opts.Lint)
	return cmd
}

func newBaselinePrune(a *app.App) *cobra.Command {
	var opts app.BaselineOptions
	cmd := &cobra.Command{
		Use:   "prune [packages]",
		Short: "Remove what is found no more, and add nothing",
		RunE:  func(cmd *cobra.Command, args []string) error { return a.BaselinePrune(cmd.Context(), opts, args) },
	}
	addAnalysisFlags(cmd, &opts.Lint)
	return cmd
}

func newBaselineCheck(a *app.App) *cobra.Command {
	var opts app.BaselineOptions
	cmd := &cobra.Command{
		Use:     "check [packages]",
		Short:   "Fail if entries of the baseline are stale or expired, or if it has grown",
		Example: "  cloudlint baseline check --frozen origin/main",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.BaselineCheck(cmd.Context(), opts, args) },
	}
	cmd.Flags().StringVar(&opts.Frozen, "frozen", "", "also fail if it knows more than in this git `revision`")
	addAnalysisFlags(cmd, &opts.Lint)
	return cmd
}

func addEntryFlags(cmd *cobra.Command, o *app.BaselineOptions) {
	cmd.Flags().StringVar(&o.Reason, "reason", "", "why these findings may stay")
	cmd.Flags().StringVar(&o.Until, "until", "", "the last `day` on which they are known, as 2027-01-31")
}
