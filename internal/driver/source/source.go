// Package source is the in-process driver: it type-checks the packages and everything they import from source, what is
// outside without function bodies, and analyses what is inside, in the order of imports. It needs no export data, so it
// is many times cheaper than go vet where the build cache is empty, and it leaves nothing behind for the next run.
//
// The units are those of go vet: a package that the patterns name together with its own test files, its external test,
// and every inside package that these import. Both drivers analyse a unit in package unit, so their records are equal.
package source

import (
	"context"
	"fmt"
	"go/token"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/driver/unit"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A Config says what to analyse, and how.
type Config struct {
	Dir      string   // where patterns are relative to, and names of files in errors; absolute
	Patterns []string // package patterns; none: "."
	Env      []string // of the go command, which leaves its GOTMPDIR littered when it is cancelled; nil: os.Environ()
	Tags     string   // build tags, separated by commas
	Overlay  string   // a file as for `go build -overlay`
	Tests    bool     // with _test.go files and external tests
	Jobs     int      // how many packages at a time; 0: as many as there are cores

	Analyzers []*analysis.Analyzer // fresh ones: Run sets their flags
	Flags     []string             // as the vettool takes them, without -record and -inside: "-clientdeadline.cli=true"
	Inside    []string             // import path patterns of the packages to analyse; none: the main modules

	// Record is called for each unit as soon as it is done, and Error for everything that could not be analysed, at
	// most once for the same text. Names of files are relative to Dir. Neither is called by two goroutines at a time,
	// nor after Run has returned.
	Record func(wire.Record)
	Error  func(finding.Error)
	// Unit, if there is one, is called with each package before it is analysed, by several goroutines at a time. What it
	// is given may be kept and analysed again.
	Unit func(*unit.Package)
}

// Run analyses the packages. An error means that nothing could be loaded, or that ctx was cancelled: Run then returns
// at once.
func Run(ctx context.Context, cfg Config) error {
	flags := unit.NewFlags(cfg.Analyzers)
	flags.Record = true
	rest, chosen, err := flags.Parse(cfg.Flags)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("unexpected argument %q", rest[0])
	}
	if err != nil {
		return err
	}
	if cfg.Jobs <= 0 {
		cfg.Jobs = runtime.GOMAXPROCS(0)
	}
	d := &driver{cfg: cfg, analyzers: chosen, fset: token.NewFileSet(), reported: make(map[finding.Error]bool)}
	roots, err := d.list(ctx)
	if err != nil {
		return err
	}
	nodes := d.graph(roots)
	if err := d.addStandardVersion(ctx, nodes); err != nil {
		return err
	}
	var inside []string
	for _, n := range nodes {
		if n.inside {
			inside = append(inside, strings.TrimSuffix(n.pkg.PkgPath, "_test"))
		}
	}
	slices.Sort(inside)
	flags.SetInside(slices.Compact(inside)...)
	return d.all(ctx, nodes)
}

// A driver is one run.
type driver struct {
	cfg       Config
	analyzers []*analysis.Analyzer
	overlay   map[string]string // name of a file: of its replacement
	standard  string            // Go version of the standard library, where some of it is inside
	fset      *token.FileSet
	reported  map[finding.Error]bool
}

// all does the packages in the order of imports, some at a time. It alone calls back.
func (d *driver) all(ctx context.Context, nodes []*node) error {
	var ready []*node
	for _, n := range nodes {
		if n.waiting == 0 {
			ready = append(ready, n)
		}
	}
	done := make(chan result, d.cfg.Jobs)
	running, left := 0, len(nodes)
	for left > 0 {
		for running < d.cfg.Jobs && len(ready) > 0 {
			n := ready[0]
			ready = ready[1:]
			running++
			go func() { done <- d.do(n) }()
		}
		select {
		case <-ctx.Done():
			return ctx.Err() // what runs has nobody to tell
		case r := <-done:
			running--
			left--
			d.report(r)
			for _, importer := range r.node.importers {
				if importer.waiting--; importer.waiting == 0 {
					ready = append(ready, importer)
				}
			}
		}
	}
	return nil
}

func (d *driver) report(r result) {
	for _, e := range r.errors {
		if !d.reported[e] {
			d.reported[e] = true
			d.cfg.Error(e)
		}
	}
	if r.record != nil {
		d.cfg.Record(*r.record)
	}
}
