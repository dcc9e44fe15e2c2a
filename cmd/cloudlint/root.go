package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cloudlint/cloudlint/internal/app"
	"github.com/cloudlint/cloudlint/internal/buildinfo"
)

const rootHelp = `cloudlint finds what makes Go services hang, leak or lose requests: servers and clients without timeouts,
goroutines that nobody stops, unbounded pools, probes that do not tell the truth.

Name packages as for go build, or Go files; without arguments it lints ./... in the current folder.
Findings go to standard output, one line about the run to standard error.

Exit status:
  0  nothing found at or above --fail-on
  1  findings at or above --fail-on
  2  wrong usage or configuration
  3  something could not be analysed; what was found elsewhere is printed all the same
  130, 143  interrupted, terminated`

const rootExamples = `  cloudlint ./...                                        lint the module in this folder
  cloudlint internal/store/rows.go                       lint the package of a file
  cloudlint -C ../shop ./cmd/...                         lint in another folder
  cloudlint --only serverdeadline,CL2101 ./...           run these rules only
  cloudlint --preview ./...                              also run rules that are not stable yet
  cloudlint --new-from-merge-base=origin/main ./...      report only what the branch brings
  cloudlint --staged --new-from-rev=HEAD ./...           report only what the commit would bring
  cloudlint --format text --format sarif=out.sarif       print, and write a file for code scanning
  cloudlint --diff                                       show what --fix would change
  cloudlint explain CL2001                               what a finding means and what to write instead`

func newRoot(a *app.App) *cobra.Command {
	var opts app.LintOptions
	root := &cobra.Command{
		Use:           "cloudlint [packages or files]",
		Short:         "Find what makes Go services hang, leak or lose requests",
		Long:          rootHelp,
		Example:       rootExamples,
		Version:       buildinfo.Read().String(),
		SilenceUsage:  true,
		SilenceErrors: true,
		// Else cobra takes the first package for a command that it does not know.
		Args: cobra.ArbitraryArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return a.Prepare()
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && !looksLikePackage(args[0]) {
				if names := cmd.SuggestionsFor(args[0]); len(names) > 0 {
					return app.Usagef("there is no command or package %s; did you mean `cloudlint %s`?", args[0], names[0])
				}
			}
			return a.Lint(cmd.Context(), opts, args)
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.SetVersionTemplate("cloudlint {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return app.FlagError(err, cmd.CommandPath(), flagNames(cmd))
	})
	root.SetOut(os.Stdout)
	root.SetErr(os.Stderr)

	p := root.PersistentFlags()
	p.StringVarP(&a.Options.Dir, "chdir", "C", "", "work in this `folder`")
	p.StringVar(&a.Options.Config, "config", "", "configuration `file` (default: the nearest .cloudlint.yml, from the module's root up to the git root)")
	p.Var(newChoice(&a.Options.Color, "auto", "always", "never"), "color", "`when` to use colour on standard output: auto, always or never")
	p.Var(newChoice(&a.Options.LogLevel, "warning", "error", "info", "debug", "trace"), "log-level", "least `level` of the log on standard error: error, warning, info, debug or trace")
	p.Var(newChoice(&a.Options.LogFormat, "text", "json"), "log-format", "`format` of the log: text or json")
	p.BoolVar(&a.Options.Debug, "debug", false, "the same as --log-level=debug")
	p.SortFlags = false
	addLintFlags(root, &opts)

	root.AddGroup(&cobra.Group{ID: "lint", Title: "Linting:"}, &cobra.Group{ID: "rules", Title: "Rules and configuration:"}, &cobra.Group{ID: "other", Title: "Other commands:"})
	root.SetHelpCommandGroupID("other")
	root.SetCompletionCommandGroupID("other")
	root.AddCommand(newRun(a), newVerify(a), newBaseline(a), newInit(a), newExplain(a), newRules(a), newConfig(a), newSchema(a), newDoctor(a))
	for _, name := range []string{"color", "log-level", "log-format"} {
		completeChoice(root, root.PersistentFlags(), name)
	}
	_ = root.MarkPersistentFlagDirname("chdir")
	return root
}

// looksLikePackage reports whether an argument is meant as a package, a folder or a file.
func looksLikePackage(arg string) bool {
	if filepath.Base(arg) != arg || filepath.Ext(arg) != "" || arg == "." {
		return true
	}
	_, err := os.Stat(arg)
	return err == nil
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return names
}
