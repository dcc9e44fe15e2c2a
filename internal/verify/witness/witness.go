// Package witness makes goroutines of tests take turns as a finding says, so that a bug which needs a rare order of events
// shows in every run. Calls before and after the statements of the way there, in copies of the user's files that are laid
// over them, wait for their turn; who waits in vain lets everything run, so that nothing hangs on our account.
package witness

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/paths"
)

// A Plan is a witness that can be forced.
type Plan struct {
	Replace   map[string]string // for the overlay
	Order     string            // of the steps, as hooks.Witness has it
	Steps     []finding.Step    // those that take turns
	Scheduled bool              // they are of the finding's schedule, and not of its path
}

// Try returns the value of hooks.Witness for the nth run, from 0. In every second one goroutines that have no more turns are kept
// back. What they would do next is not among the steps, and may come between; but where the end of a context or of a time is
// among them, it may also be what the steps wait for.
func (p *Plan) Try(n int) string {
	if n%2 == 1 && p.Scheduled {
		return "hold " + p.Order
	}
	return p.Order
}

// ErrNoSteps is the error for a finding without two steps whose order could be forced.
var ErrNoSteps = errors.New("its path has no two steps whose order could be forced")

// ops are the operations in which goroutines meet. The others of a path tell how things came about.
var ops = []string{"send", "receive", "select", "lock", "rlock", "unlock", "runlock", "wait", "done", "add", "signal", "broadcast", "close", "return"}

// A planner plans to force a finding's witness.
type planner struct {
	root      string
	actual    map[string]string // what the user's overlay replaces
	modCache  string            // where nothing can be replaced
	scheduled bool              // the steps are of a schedule, and not of a path
	files     map[string]*file
	sites     int
}

// Prepare plans to force a finding's schedule, or its path where it has none. root is the report's; actual is what the user's
// overlay replaces; modCache is where nothing can be replaced; the copies are written to the folder tmp.
func Prepare(f *finding.Finding, root string, actual map[string]string, modCache, tmp string) (*Plan, error) {
	attempt := func(scheduled bool, steps []finding.Step) (*planner, []turn, error) {
		by := &planner{root: root, actual: actual, modCache: modCache, scheduled: scheduled, files: make(map[string]*file)}
		turns, err := by.plan(steps)
		return by, turns, err
	}
	by, turns, err := attempt(true, f.Schedule)
	if err != nil || len(turns) < 2 {
		by, turns, err = attempt(false, f.Path)
	}
	if err != nil {
		return nil, err
	}
	if len(turns) < 2 {
		return nil, ErrNoSteps
	}
	p := &Plan{Replace: make(map[string]string), Scheduled: by.scheduled}
	var order []string
	for _, t := range turns {
		order = append(order, t.String())
		p.Steps = append(p.Steps, t.step)
	}
	p.Order = strings.Join(order, " ")
	for name, file := range by.files {
		copied := filepath.Join(tmp, fmt.Sprint(len(p.Replace)), filepath.Base(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(copied), 0o777), os.WriteFile(copied, file.text(), 0o666)); err != nil {
			return nil, err
		}
		p.Replace[name] = copied
	}
	return p, nil
}

// plan turns steps into turns.
func (p *planner) plan(steps []finding.Step) ([]turn, error) {
	var turns []turn
	arrivals := make(map[arrival]int)
	for i, step := range steps {
		if !p.scheduled && !slices.Contains(ops, step.Op) {
			continue
		}
		f, err := p.file(step)
		if err != nil {
			return nil, err
		}
		enters := p.scheduled && i == 0 && step.Op == entry
		var s *site
		if enters {
			s = f.entry(step)
		} else if s, err = f.find(step); err != nil {
			return nil, err
		}
		if s == nil || !p.scheduled && s.deferred {
			continue // in a declaration
		}
		s = p.known(f, s)
		t := turn{site: s, enters: enters, step: step}
		a := arrival{site: s}
		if p.scheduled {
			// Several operations of one statement are one arrival, those of a select are.
			t.role, t.child, t.told = step.Goroutine, step.Starts, s.begin > 0
			t.ends = !step.Waits && s.alone && !enters
			a.role, a.line, a.column, a.starts = step.Goroutine, step.Line, step.Column, step.Starts > 0
		}
		arrivals[a]++
		t.nth = arrivals[a]
		known := slices.IndexFunc(turns, func(o turn) bool {
			return o.site == t.site && o.role == t.role && o.nth == t.nth && o.enters == t.enters
		})
		switch {
		case known < 0:
			turns = append(turns, t)
		case t.child > 0: // a call that waits, and then starts a goroutine
			turns[known].child, turns[known].told = t.child, t.told
		default: // one of several operations may wait
			turns[known].ends = false
		}
	}
	if p.scheduled {
		turns = switches(turns)
	}
	used := make(map[*site]bool)
	for _, t := range turns {
		used[t.site] = true
	}
	for name, f := range p.files {
		if f.keep(used); len(f.sites) == 0 {
			delete(p.files, name)
		}
	}
	return turns, nil
}

// An arrival is one of a goroutine at an operation.
type arrival struct {
	site               *site
	role, line, column int
	starts             bool
}

// file returns a file in which a step lies.
func (p *planner) file(step finding.Step) (*file, error) {
	name := finding.Abs(p.root, step.File)
	if f := p.files[name]; f != nil {
		return f, nil
	}
	if _, foreign := paths.Below(p.modCache, name); foreign && p.modCache != "" {
		return nil, fmt.Errorf("a step lies in %s, where the go command replaces nothing", step.File)
	}
	f, err := parse(name, cmp.Or(p.actual[name], name))
	if err != nil {
		return nil, err
	}
	p.files[name] = f
	return f, nil
}

// known returns the site that is known already for the same statement.
func (p *planner) known(f *file, s *site) *site {
	for _, old := range f.sites {
		if old.start == s.start && old.enters == s.enters && old.deferred == s.deferred {
			old.begin = max(old.begin, s.begin)
			return old
		}
	}
	p.sites++
	s.id = p.sites
	f.sites = append(f.sites, s)
	return s
}
