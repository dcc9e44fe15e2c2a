package driver

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A collector keeps what comes in about the packages that the arguments name.
type collector struct {
	progress func(Progress)
	noTests  bool

	mu      sync.Mutex
	named   map[string]*state
	done    int
	records []wire.Record
	errors  []finding.Error
}

// A state is how far one named package is.
type state struct {
	*listed
	batch               *batch
	plain, tests, xtest bool // which of its units have a record
	failed              bool // there is an error about it
	broken              bool // it cannot be loaded
}

// analysed reports whether there is a record of the package.
func (s *state) analysed() bool { return s.plain || s.tests || s.xtest && !s.hasCode() }

// complete reports whether there is a record of all its files.
func (s *state) complete(noTests bool) bool {
	if noTests {
		return s.analysed()
	}
	return s.analysed() && (s.tests || len(s.TestGoFiles) == 0) && (s.xtest || len(s.XTestGoFiles) == 0)
}

// lookup returns the named package that a unit belongs to.
func (c *collector) lookup(unit string) (s *state, xtest bool) {
	if s := c.named[unit]; s != nil {
		return s, false
	}
	if path, ok := strings.CutSuffix(unit, "_test"); ok {
		return c.named[path], true
	}
	return nil, false
}

// start announces the run, which begins with the building of dependencies.
func (c *collector) start() {
	if c.progress != nil {
		c.progress(Progress{Total: len(c.named)})
	}
}

// record takes in a record of one of the wanted packages; others are those that these import.
func (c *collector) record(rec wire.Record, want func(*state) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, xtest := c.lookup(rec.Package)
	if s == nil || !want(s) || xtest && c.noTests {
		return
	}
	if len(rec.Failed) == 1 && rec.Failed[0].Analyzer == "cloudlint" {
		c.fail(s.ImportPath, rec.Failed[0].Message) // the vettool gave up: this is no record of an analysis
		return
	}
	news := !s.plain && !s.tests && !s.xtest
	switch {
	case xtest:
		s.xtest = true
	case rec.Tests:
		s.tests = true
	default:
		s.plain = true
	}
	for _, f := range rec.Failed {
		c.fail(s.ImportPath, fmt.Sprintf("analyzer %s failed: %s", f.Analyzer, f.Message))
	}
	if c.noTests && rec.Tests {
		rec = withoutTests(rec)
	}
	c.records = append(c.records, rec)
	if news {
		c.done++
		if c.progress != nil {
			c.progress(Progress{Done: c.done, Total: len(c.named), Package: s.ImportPath})
		}
	}
}

// withoutTests leaves out what lies in test files.
func withoutTests(rec wire.Record) wire.Record {
	inTest := func(p wire.Pos) bool { return strings.HasSuffix(p.File, "_test.go") }
	rec.Findings = slices.DeleteFunc(slices.Clone(rec.Findings), func(f wire.Finding) bool { return inTest(f.Pos) })
	rec.Directives = slices.DeleteFunc(slices.Clone(rec.Directives), func(d wire.Directive) bool { return inTest(d.Pos) })
	rec.Tests = false
	return rec
}

// error takes in an error.
func (c *collector) error(pkg, message string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail(pkg, message)
}

func (c *collector) fail(pkg, message string) {
	if s, _ := c.lookup(pkg); s != nil {
		s.failed = true
		pkg = s.ImportPath
	}
	if e := (finding.Error{Package: pkg, Message: message}); !slices.Contains(c.errors, e) {
		c.errors = append(c.errors, e)
	}
}

// missing returns the packages of which there is no record, sorted.
func (c *collector) missing(want func(*state) bool) []*state {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*state
	for _, s := range c.named {
		if want(s) && !s.analysed() {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b *state) int { return strings.Compare(a.ImportPath, b.ImportPath) })
	return all
}

// finish puts everything in an order that does not depend on which package was done first.
func (c *collector) finish(out *Outcome) {
	type keyed struct {
		rec wire.Record
		key []byte
	}
	all := make([]keyed, len(c.records))
	for i, rec := range c.records {
		key, _ := json.Marshal(rec) // strings and numbers only
		all[i] = keyed{rec, key}
	}
	slices.SortFunc(all, func(a, b keyed) int {
		return cmp.Or(cmp.Compare(a.rec.Package, b.rec.Package), bytes.Compare(a.key, b.key))
	})
	all = slices.CompactFunc(all, func(a, b keyed) bool { return bytes.Equal(a.key, b.key) })
	for _, k := range all {
		out.Records = append(out.Records, k.rec)
	}
	slices.SortFunc(c.errors, func(a, b finding.Error) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Message, b.Message))
	})
	out.Errors = c.errors
	for _, s := range c.missing(func(*state) bool { return true }) {
		out.NotAnalysed = append(out.NotAnalysed, s.ImportPath)
	}
}
