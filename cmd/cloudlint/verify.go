package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/cloudlint/cloudlint/internal/app"
	"github.com/cloudlint/cloudlint/internal/verify/regress"
)

const verifyHelp = `Runs the tests of packages as go test does, and reports the goroutines that they leave:

  proven    the runtime has found that nothing can ever wake them (needs Go 1.26 or newer)
  survivor  they were still there a second after all tests had ended

Findings about goroutines say whether the run confirms them. No file of yours is touched: the hooks are laid over Go's
own package testing for this run. Verdicts and output of the tests stay those of go test, on standard output; the report
goes to standard error, or to the files that --format names.

Exit status:
  that of go test, if tests fail
  4  the tests pass, and a leak is proven
  0, 1, 2, 3  as for linting`

func newVerify(a *app.App) *cobra.Command {
	var opts app.VerifyOptions
	cmd := &cobra.Command{
		Use:     "verify [packages] [-- flags of go test]",
		GroupID: "lint",
		Short:   "Run the tests, and report the goroutines that they leak",
		Long:    verifyHelp,
		Example: `  cloudlint verify ./...
  cloudlint verify ./internal/store -- -race -run TestRows
  cloudlint verify --format sarif=out.sarif ./... -- -json >tests.jsonl`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if n := cmd.ArgsLenAtDash(); n >= 0 {
				opts.TestFlags = args[n:]
				args = args[:n]
			}
			return a.Verify(cmd.Context(), opts, args)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	addReportFlags(cmd, &opts.LintOptions)
	f.Var(newChoice(&opts.FailOnEvidence, "", "confirmed"), "fail-on-evidence", "findings fail the run only with this `evidence`: confirmed")
	f.BoolVar(&opts.Coverage, "coverage", false, "run the tests a second time, to tell which unconfirmed findings they reach")
	f.IntVar(&opts.Perturb, "perturb", 0, "run the tests this `number` of times more, each under another schedule, which shows leaks that the usual one hides")
	f.IntVar(&opts.Seed, "seed", 1, "with --perturb: the `number` that the schedules are made of")
	f.StringArrayVar(&opts.Schedules, "schedule", nil, "run the tests under this `SCHEDULE` as well, say sleep:7, as a report names it")
	f.StringVar(&opts.Reproduce, "reproduce", "", "force the path of one `finding`, a fingerprint or CODE@FILE:LINE, and say whether its bug shows")
	f.Var(newChoice(&opts.WriteTest, "", app.WriteAny, string(regress.Bubble), string(regress.Check)), "write-test", "write tests beside yours that fail as long as the proven leaks are there, each in the `form` that works: auto, synctest, check")
	f.Lookup("write-test").NoOptDefVal = app.WriteAny
	f.DurationVar(&opts.Watch, "watch", 30*time.Second, "how `often` to look for tests that wait for ever while they run; 0: never")
	addAnalysisFlags(cmd, &opts.LintOptions)
	completeChoice(cmd, f, "fail-on-evidence")
	completeChoice(cmd, f, "write-test")
	cmd.AddCommand(newVerifyProfile(a))
	return cmd
}
