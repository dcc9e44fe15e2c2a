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
	Order     string            // the value of hooks.Witness
	Steps     []finding.Step    // those that take turns
	Scheduled bool              // they are of the finding's schedule, and not of its path
}

// ErrNoSteps is the error for a finding without two steps whose order could be forced.
var ErrNoSteps = errors.New("its path has no two steps whose order could be forced")

// ops are the operations in which goroutines meet. The others of a path tell how things came about.
var ops = []string{"send", "receive", "select", "lock", "rlock", "unlock", "runlock", "wait", "done", "add", "signal", "broadcast", "close", "return"}

// A planner plans to force a finding's witness.
type planner struct {
	root     string
	actual   map[string]string // what the user's overlay replaces
	modCache string            // where nothing can be replaced
	files    map[string]*file
	sites    int
}

// Prepare plans to force a finding's schedule, or its path where it has none. root is the report's; actual is what the user's
// overlay replaces; modCache is where nothing can be replaced; the copies are written to the folder tmp.
func Prepare(f *finding.Finding, root string, actual map[string]string, modCache, tmp string) (*Plan, error) {
	scheduled := true
	turns, files, err := plan(f.Schedule, true, root, actual, modCache)
	if err != nil || len(turns) < 2 {
		scheduled = false
		turns, files, err = plan(f.Path, false, root, actual, modCache)
	}
	if err != nil {
		return nil, err
	}
	if len(turns) < 2 {
		return nil, ErrNoSteps
	}
	p := &Plan{Replace: make(map[string]string), Scheduled: scheduled}
	var order []string
	for _, t := range turns {
		order = append(order, t.String())
		p.Steps = append(p.Steps, t.step)
	}
	p.Order = strings.Join(order, " ")
	for name, file := range files {
		copied := filepath.Join(tmp, fmt.Sprint(len(p.Replace)), filepath.Base(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(copied), 0o777), os.WriteFile(copied, file.text(), 0o666)); err != nil {
			return nil, err
		}
		p.Replace[name] = copied
	}
	return p, nil
}

// plan turns the steps of a schedule, or of a path, into turns, with the files in which they are taken.
func plan(steps []finding.Step, schedule bool, root string, actual map[string]string, modCache string) ([]turn, map[string]*file, error) {
	p := &planner{root: root, actual: actual, modCache: modCache, files: make(map[string]*file)}
	var turns []turn
	arrivals := make(map[arrival]int)
	for i, step := range steps {
		if !schedule && !slices.Contains(ops, step.Op) {
			continue
		}
		f, err := p.file(step)
		if err != nil {
			return nil, nil, err
		}
		enters := schedule && i == 0 && step.Op == entry
		var s *site
		if enters {
			s = f.entry(step)
		} else if s, err = f.find(step); err != nil {
			return nil, nil, err
		}
		if s == nil || !schedule && s.deferred {
			continue // in a declaration
		}
		s = p.known(f, s)
		t := turn{site: s, enters: enters, step: step}
		a := arrival{site: s}
		if schedule {
			// Several operations of one statement are one arrival, those of a select are.
			t.role, t.child, t.told = step.Goroutine, step.Starts, s.begin > 0
			a.role, a.line, a.column = step.Goroutine, step.Line, step.Column
		}
		arrivals[a]++
		t.nth = arrivals[a]
		if !slices.ContainsFunc(turns, func(o turn) bool {
			return o.site == t.site && o.role == t.role && o.nth == t.nth && o.enters == t.enters
		}) {
			turns = append(turns, t)
		}
	}
	if schedule {
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
	return turns, p.files, nil
}

// An arrival is one of a goroutine at an operation.
type arrival struct {
	site               *site
	role, line, column int
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
			return old
		}
	}
	p.sites++
	s.id = p.sites
	f.sites = append(f.sites, s)
	return s
}
