package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/cloudlint/cloudlint/internal/adopt"
	"github.com/cloudlint/cloudlint/internal/baseline"
	"github.com/cloudlint/cloudlint/internal/buildinfo"
	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/render"
)

// InitOptions are the flags of init.
type InitOptions struct {
	Yes  bool     // write without a question
	Diff bool     // show, and write nothing
	Only []string // names of adopt.Parts
	// Answer is the terminal to ask, or nil where there is none.
	Answer io.Reader
}

// Init proposes the files and lines with which the repository takes up cloudlint, and writes them if that is wanted. The
// difference goes to standard output, everything that is said to people to standard error.
func (a *App) Init(ctx context.Context, o InitOptions) error {
	switch {
	case o.Yes && o.Diff:
		return Usagef("--yes writes and --diff does not: give one of them")
	case !o.Yes && !o.Diff && o.Answer == nil:
		return Usagef("there is no terminal to ask: --diff shows what would be written, --yes writes it")
	}
	parts, err := adopt.ParseParts(o.Only)
	if err != nil {
		return Usagef("--only: %v", err)
	}
	root := config.GitRoot(a.Options.Dir)
	if root == "" {
		root = config.ModuleRoot(a.Options.Dir)
	}
	project, err := adopt.Examine(root, a.Options.Dir)
	if err != nil {
		return Usagef("%v", err)
	}
	ref := pin(buildinfo.Read())
	proposal, err := adopt.Propose(project, adopt.Options{Only: parts, Ref: ref})
	if err != nil {
		return err
	}
	if len(parts) == 0 || slices.Contains(parts, adopt.Baseline) {
		for _, folder := range project.Modules {
			if err := a.proposeBaseline(ctx, proposal, folder); err != nil {
				return err
			}
		}
	}
	return a.settle(proposal, ref, o)
}

// pin is the version of cloudlint that others are told to use: this one, if it has a name that git and Go know.
func pin(info buildinfo.Info) string {
	switch {
	case semver.IsValid(info.Version) && !module.IsPseudoVersion(info.Version) && semver.Build(info.Version) == "":
		return info.Version
	case info.Commit != "" && !info.Modified:
		return info.Commit
	}
	return unreleased
}

// unreleased is the branch that stands for a version where there is none.
const unreleased = "main"

// proposeBaseline proposes the baseline of a module that has none and has findings.
func (a *App) proposeBaseline(ctx context.Context, p *adopt.Proposal, folder string) error {
	dir := a.Options.Dir
	a.Options.Dir = filepath.Join(p.Root, filepath.FromSlash(folder))
	defer func() { a.Options.Dir = dir }()
	name := path.Join(folder, baseline.Name)
	br, file, err := a.makeBaseline(ctx, BaselineOptions{Lint: LintOptions{Tests: true, Driver: string(driver.Auto)}})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errBaselineExists):
		p.Done = append(p.Done, name)
		return nil
	case err != nil:
		p.Notes = append(p.Notes, fmt.Sprintf("%s: the module could not be analysed (%v); when it can, run `cloudlint baseline create`", name, err))
		return nil
	case len(br.report.Errors) > 0 || br.report.Stats.NotAnalysed > 0:
		p.Notes = append(p.Notes, name+": not everything could be analysed; when `cloudlint` exits with 0 or 1 there, run `cloudlint baseline create`")
		return nil
	case file.Total() == 0:
		p.Done = append(p.Done, name+" (nothing is found)")
		return nil
	}
	rel, err := filepath.Rel(p.Root, br.book.path)
	if err != nil {
		return err
	}
	p.Add(adopt.Change{Path: filepath.ToSlash(rel), New: file.Format()})
	p.Notes = append(p.Notes, fmt.Sprintf("%s: %s of today, which `cloudlint --no-baseline` prints", name, render.Plural(file.Total(), "finding")))
	return nil
}

// settle shows the proposal and writes it, if that is wanted.
func (a *App) settle(p *adopt.Proposal, ref string, o InitOptions) error {
	say := func(format string, args ...any) { fmt.Fprintf(a.progress, format+"\n", args...) }
	a.progress.done()
	if _, err := a.stdout.Write(p.Diff()); err != nil {
		return err
	}
	if len(p.Done) > 0 {
		say("there already: %s", strings.Join(p.Done, ", "))
	}
	for _, note := range p.Notes {
		say("%s", note)
	}
	if len(p.Changes) == 0 {
		say("nothing to write")
		return nil
	}
	if ref == unreleased {
		say("this cloudlint is no release: put a version in the place of %q", unreleased)
	}
	if o.Diff {
		return nil
	}
	if !o.Yes {
		fmt.Fprintf(a.progress, "write %s? [y/N] ", render.Plural(len(p.Changes), "file"))
		answer, err := bufio.NewReader(o.Answer).ReadString('\n')
		if err != nil && answer == "" {
			say("")
			return Usagef("nobody answered, and nothing is written: --yes writes without a question")
		}
		if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
			say("nothing is written")
			return nil
		}
	}
	err := p.Write(func(path string, text []byte) error {
		return render.WriteFile(path, func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
	})
	if err != nil {
		return err
	}
	for _, c := range p.Changes {
		say("written: %s", c.Path)
	}
	return nil
}
