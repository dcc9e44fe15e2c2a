package lint

import (
	"cmp"
	"slices"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// packageRuns holds the packages of a run by their folders, which variants share.
type packageRuns map[string]*packageRun

// A packageRun says how far a package was analysed, all its variants taken together.
type packageRun struct {
	module    string // path
	units     int
	ran       map[string]int // in how many units an analyzer ran to its end
	exhausted map[string]int // of the unit with most, since the variants repeat each other's functions
	broken    bool
}

// broken lists the packages of an outcome that have errors.
func broken(o *driver.Outcome) []string {
	list := slices.Clone(o.NotAnalysed)
	for _, e := range o.Errors {
		list = append(list, e.Package)
	}
	return list
}

// add takes in a record, and returns what is known of its package.
func (p packageRuns) add(rec *wire.Record, pkg driver.Package, broken []string) *packageRun {
	key := cmp.Or(pkg.Dir, pkg.ImportPath)
	run := p[key]
	if run == nil {
		run = &packageRun{module: pkg.Module.Path, ran: make(map[string]int), exhausted: make(map[string]int)}
		p[key] = run
	}
	run.units++
	for _, name := range rec.Ran {
		run.ran[name]++
	}
	for name, n := range rec.Exhausted {
		run.exhausted[name] = max(run.exhausted[name], n)
	}
	run.broken = run.broken || len(rec.Failed) > 0 || slices.Contains(broken, rec.Package) || slices.Contains(broken, pkg.ImportPath)
	return run
}

// A Coverage says which rules a run has decided about: where their silence means that there is nothing.
type Coverage struct {
	in     Input
	runs   packageRuns
	failed map[string]bool // paths of modules with packages that have errors; "": nobody knows of which
}

// NewCoverage returns the coverage of a run.
func NewCoverage(in Input) *Coverage {
	c := &Coverage{in: in, runs: make(packageRuns), failed: make(map[string]bool)}
	for _, o := range in.Outcomes {
		broken := broken(o)
		for _, name := range broken {
			c.failed[o.Packages[name].Module.Path] = true
		}
		for i := range o.Records {
			pkg := resolver{outcome: o}.pkg(o.Records[i].Package)
			c.runs.add(&o.Records[i], pkg, broken)
		}
	}
	return c
}

// Decided reports whether the run would have reported every finding of a rule in the package of a folder: the rule is on
// there, and its analyzer ran to its end on the package and all its tests. file is any file of the folder. The tool's own
// rules speak of what all others found, so that all of the stable ones must have run.
func (c *Coverage) Decided(m driver.Module, code, dir, file string) bool {
	r, run := c.in.Rules.Lookup(code), c.runs[dir]
	return r != nil && run != nil && !c.in.NoTests && c.in.Config(m).At(r, file) == config.On && c.whole(run, r)
}

// DecidedEverywhere reports whether the same holds for each of the module's packages that are in the run, and none was to
// be in it and could not be analysed.
func (c *Coverage) DecidedEverywhere(m driver.Module, code, file string) bool {
	r := c.in.Rules.Lookup(code)
	if r == nil || c.in.NoTests || c.failed[m.Path] || c.failed[""] || c.in.Config(m).At(r, file) != config.On {
		return false
	}
	for _, run := range c.runs {
		if run.module == m.Path && !c.whole(run, r) {
			return false
		}
	}
	return true
}

// whole reports whether a package was seen by all that a rule's findings come from.
func (c *Coverage) whole(run *packageRun, r *rule.Rule) bool {
	if r.Analyzer != "" {
		return run.whole(r.Analyzer)
	}
	return !slices.ContainsFunc(c.in.Rules, func(other *rule.Rule) bool {
		return other.Analyzer != "" && other.Maturity == rule.Stable && !run.whole(other.Analyzer)
	})
}

// whole reports whether an analyzer has seen all of the package.
func (run *packageRun) whole(analyzer string) bool {
	return !run.broken && run.ran[analyzer] == run.units && run.exhausted[analyzer] == 0
}
