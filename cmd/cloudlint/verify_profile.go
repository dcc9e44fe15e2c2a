package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/cloudlint/cloudlint/internal/app"
)

const verifyProfileHelp = `Reads goroutine and goroutine-leak profiles of running services, as net/http/pprof serves them or as files, in all three
forms (pprof, debug=1, debug=2), and reports where goroutines leak or pile up:

  proven   a leak profile shows them: nothing can ever wake them (Go 1.27; 1.26 with GOEXPERIMENT=goroutineleakprofile)
  blocked  so many wait in one place that --min, or --min-growth since an earlier look, says so

Those with most goroutines come first. Of the packages behind --, by default those of the module in the current folder,
the findings are told that this confirms.

Of a service's address, or that of its /debug/pprof/, both profiles are read; name standard input "-". A leak profile costs the
service a garbage collection. --stacks also brings the go statements and how long goroutines have waited, and stops the service
while they are written: 0.15 s at 10,000 goroutines. Above 20,000 it is not done.

Exit status:
  4  a leak is proven
  1  goroutines pile up
  0  neither
  2  wrong usage or configuration
  3  a profile, or a package, could not be read; what others say is printed all the same`

func newVerifyProfile(a *app.App) *cobra.Command {
	var opts app.ProfileOptions
	cmd := &cobra.Command{
		Use:   "profile URL|FILE... [-- packages]",
		Short: "Report the goroutines that running services leak, by their profiles",
		Long:  verifyProfileHelp,
		Example: `  cloudlint verify profile http://localhost:6060
  cloudlint verify profile --again 5m http://10.0.0.7:6060 http://10.0.0.8:6060
  cloudlint verify profile --before monday.pb.gz tuesday.pb.gz -- ./cmd/shop
  kubectl exec shop-0 -- wget -qO- localhost:6060/debug/pprof/goroutine | cloudlint verify profile -`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if n := cmd.ArgsLenAtDash(); n >= 0 {
				opts.Packages = append(opts.Packages, args[n:]...)
				args = args[:n]
			}
			return a.VerifyProfile(cmd.Context(), opts, args)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.IntVar(&opts.Limits.Count, "min", 1000, "`goroutines` of one instance that have to wait in one place; proven leaks need no number")
	f.IntVar(&opts.Limits.Growth, "min-growth", 100, "`goroutines` by which those of one instance in one place have to have become more, and a quarter")
	f.StringArrayVar(&opts.Before, "before", nil, "an earlier profile, `FILE or URL`, of each instance, in their order")
	f.DurationVar(&opts.Again, "again", 0, "read services a second time after this `time`, to see what becomes more")
	f.Var(newChoice(&opts.Limits.Rank, "rms", "count", "growth"), "rank", "what `comes` first: rms, the root mean square over all instances; count; growth")
	f.BoolVar(&opts.Stacks, "stacks", false, "ask services for go statements and waiting times as well, which stops them for a moment")
	f.DurationVar(&opts.Timeout, "timeout", 10*time.Second, "how long an answer of a service may take")
	f.IntVar(&opts.MaxSize, "max-size", 256, "how many `MB` a profile may have, decompressed")
	f.StringArrayVar(&opts.Packages, "packages", nil, "compare with the findings of these `packages`, as those behind --")
	f.BoolVar(&opts.NoLint, "no-lint", false, "compare with no findings")
	addReportFlags(cmd, &opts.LintOptions)
	addAnalysisFlags(cmd, &opts.LintOptions)
	completeChoice(cmd, f, "rank")
	return cmd
}
