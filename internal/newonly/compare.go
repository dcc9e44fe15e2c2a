package newonly

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/finding"
)

// A baseRun is what is known of the commit that is compared with.
type baseRun struct {
	run    Run
	t      *touched
	counts map[string]int  // of findings, by fingerprint
	whole  map[string]bool // import paths of packages that were analysed there wholly, or were not there
}

func (b *baseRun) verdict(f *finding.Finding) verdict {
	if _, known := b.t.name(f.File); known && b.whole[packageOf(b.run.Outcome, f.Package).ImportPath] {
		return byCount
	}
	return byLines
}

// packageOf returns the package with the import path. For external tests it is the package that they test.
func packageOf(o *driver.Outcome, path string) driver.Package {
	if p, ok := o.Packages[path]; ok {
		return p
	}
	return o.Packages[strings.TrimSuffix(path, "_test")]
}

// compare analyses, as they were in the base, the packages that have findings now.
func (c *Comparison) compare(ctx context.Context, run Run, t *touched) (*baseRun, error) {
	b := &baseRun{run: run, t: t, counts: make(map[string]int), whole: make(map[string]bool)}
	v, err := c.viewOf(ctx, c.base, "base")
	if err != nil {
		return nil, err
	}
	for _, w := range v.warnings {
		run.Warn("%s", w+", before the change as after it")
	}
	var folders []string
	moved := make(map[string][]string) // folder in the base -> import paths of its packages now
	asked := make(map[string]bool)     // import paths that the base run is to bring
	for _, f := range run.Report.Findings {
		pkg := packageOf(run.Outcome, f.Package)
		if pkg.Dir == "" || asked[pkg.ImportPath] || b.whole[pkg.ImportPath] {
			continue
		}
		dir := pkg.Dir
		if !v.hasPackage(dir) {
			if dir = c.movedFrom(v, t, dir); dir == "" {
				b.whole[pkg.ImportPath] = true // a new package: nothing to subtract
				continue
			}
		}
		moved[dir] = append(moved[dir], pkg.ImportPath)
		asked[pkg.ImportPath] = true
		if !slices.Contains(folders, dir) {
			folders = append(folders, dir)
		}
	}
	if len(folders) == 0 {
		return b, nil
	}
	outcome, err := run.Analyse(ctx, folders, v.file)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		run.Warn("the code before the change could not be analysed (%v): new are the findings whose lines or functions the change touches", err)
		return b, nil
	}
	outcome = relocate(outcome, moved)
	for _, f := range run.Findings(outcome) {
		b.counts[f.Fingerprint]++
	}
	b.account(outcome, asked)
	return b, nil
}

// account notes which packages the base run has analysed wholly, and warns of the others.
func (b *baseRun) account(outcome *driver.Outcome, asked map[string]bool) {
	broken := slices.Clone(outcome.NotAnalysed)
	for _, e := range outcome.Errors {
		broken = append(broken, e.Package)
	}
	for _, rec := range outcome.Records {
		b.whole[packageOf(outcome, rec.Package).ImportPath] = true
		if len(rec.Failed) > 0 {
			broken = append(broken, rec.Package)
		}
	}
	for _, path := range broken {
		delete(b.whole, packageOf(outcome, path).ImportPath)
	}
	left := 0
	for path := range asked {
		if !b.whole[path] {
			left++
		}
	}
	if left == 0 {
		return
	}
	reason := ""
	if len(outcome.Errors) > 0 {
		reason = " (" + outcome.Errors[0].Message + ")"
	}
	b.run.Warn("the code before the change could be analysed in part only%s: in %d of the packages with findings, new are those whose lines or functions the change touches", reason, left)
}

// movedFrom returns the folder in which most of a folder's files were in the base, if that had a package.
func (c *Comparison) movedFrom(v *view, t *touched, dir string) string {
	votes := make(map[string]int)
	for to, from := range t.renamed {
		if isGo(to) && filepath.Dir(c.repo.Abs(to)) == dir {
			votes[filepath.Dir(c.repo.Abs(from))]++
		}
	}
	best := ""
	for from, n := range votes {
		if best == "" || n > votes[best] || n == votes[best] && from < best {
			best = from
		}
	}
	if best == "" || !v.hasPackage(best) {
		return ""
	}
	return best
}
