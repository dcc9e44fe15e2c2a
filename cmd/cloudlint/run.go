package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/cloudlint/cloudlint/internal/app"
)

func newRun(a *app.App) *cobra.Command {
	var opts app.LintOptions
	cmd := &cobra.Command{
		Use:     "run [packages or files]",
		GroupID: "lint",
		Short:   "Lint packages, as cloudlint without a command does",
		Example: "  cloudlint run ./...",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.Lint(cmd.Context(), opts, args)
		},
	}
	addLintFlags(cmd, &opts)
	return cmd
}

// addLintFlags declares the flags of a command that lints.
func addLintFlags(cmd *cobra.Command, o *app.LintOptions) {
	f := cmd.Flags()
	f.SortFlags = false
	addReportFlags(cmd, o)
	f.BoolVar(&o.Fix, "fix", false, "apply safe fixes, then report what is left")
	f.BoolVar(&o.UnsafeFixes, "unsafe-fixes", false, "with --fix or --diff: also fixes that can change what the program does")
	f.BoolVar(&o.Diff, "diff", false, "print what --fix would change, and change nothing")
	f.Var((*revision)(&o.New.FromMergeBase), "new-from-merge-base", "report only what is new since the current branch left this `branch`, say origin/main")
	f.Var((*revision)(&o.New.FromRev), "new-from-rev", "report only what is new since this `commit`; HEAD: what the work tree adds")
	f.Var(newChoice(&o.New.Mode, "", "compare", "lines"), "new-mode", "`what` is new: compare, findings that the code before did not have; lines, findings in functions that the change touches (default compare)")
	f.BoolVar(&o.New.Staged, "staged", false, "analyse what git would commit, not the work tree; neither is changed")
	f.BoolVar(&o.New.Changed, "changed", false, "with --new-from-*: analyse the packages of the Go files that differ, below the current folder, instead of ./...")
	addAnalysisFlags(cmd, o)

	completeChoice(cmd, f, "new-mode")
}

// addReportFlags declares the flags that decide what becomes of findings.
func addReportFlags(cmd *cobra.Command, o *app.LintOptions) {
	f := cmd.Flags()
	f.StringArrayVar(&o.Formats, "format", nil, "`FORMAT` for standard output or FORMAT=FILE, may be repeated: "+strings.Join(app.FormatNames(), ", ")+" (default text)")
	f.Var(newChoice(&o.FailOn, "", "error", "warning", "note"), "fail-on", "least `severity` that makes the exit status 1: error, warning or note (default warning)")
	f.BoolVar(&o.ExitZero, "exit-zero", false, "exit with 0 where findings would make it 1")
	f.BoolVar(&o.NoBaseline, "no-baseline", false, "also report what the baseline knows")
	f.BoolVar(&o.Statistics, "statistics", false, "count findings by rule, family and package: in text in the place of the findings, in json and jsonl beside them")

	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(app.FormatCompletions(), cobra.ShellCompDirectiveNoFileComp))
	completeChoice(cmd, f, "fail-on")
}

// addAnalysisFlags declares the flags that decide what is analysed, and how. What is new is no such question for a
// baseline, which is about all findings of the work tree.
func addAnalysisFlags(cmd *cobra.Command, o *app.LintOptions) {
	f := cmd.Flags()
	f.SortFlags = false
	f.StringSliceVar(&o.Enable, "enable", nil, "also run these `rules`: codes, names, analyzers, families, maturities or all")
	f.StringSliceVar(&o.Disable, "disable", nil, "do not run these `rules`")
	f.StringSliceVar(&o.Only, "only", nil, "run these `rules` and nothing else")
	f.BoolVar(&o.Preview, "preview", false, "also run rules that are not stable yet")
	f.StringVar(&o.Baseline, "baseline", "", "`file` with the known findings (default: .cloudlint-baseline in the module's root, or what the configuration names)")
	f.StringVar(&o.Tags, "tags", "", "build `tags`, separated by commas")
	f.BoolVar(&o.Tests, "tests", true, "analyse _test.go files as well")
	f.StringVar(&o.Overlay, "overlay", "", "`file` as for go build -overlay")
	f.Var(newChoice(&o.Driver, "auto", "vet", "source"), "driver", "`which` driver: vet, with Go's build cache; source, in this process, for a machine with an empty cache; auto chooses")
	f.IntVarP(&o.Jobs, "jobs", "j", 0, "`packages` to analyse at a time (default: as many as there are cores)")

	for _, name := range []string{"enable", "disable", "only"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeSelectors)
	}
	completeChoice(cmd, f, "driver")
}

// completeSelectors completes the last of several names with commas between them.
func completeSelectors(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	var list []cobra.Completion
	for _, name := range app.Selectors() {
		list = append(list, before+name)
	}
	return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
