package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A lockSummary is what a call of a function does to locks that exist outside of it.
type lockSummary struct {
	outcomes []lockOutcome
	acquires []*lockTaking
}

// A lockOutcome is one of the ways in which a function leaves the locks.
type lockOutcome struct {
	locks   []holding
	facts   lockFacts    // what must have been so
	results []lockResult // what it returns then
}

// A lockResult is what is known of a result; nothing, if value is empty.
type lockResult struct {
	value string
	is    bool
}

// An lockTaking is a lock that a function takes while it has not taken it before.
type lockTaking struct {
	path   *skeleton.Path
	write  bool
	at     ssa.Instruction // the call of Lock, or of the next function on the way to it
	next   *lockTaking
	guards lockFacts
}

// maxAcquires bounds the locks that are known of one function.
const maxAcquires = 64

// lockSummary returns what a function does to locks. While it is being found out, it is nothing.
func (l *locker) lockSummary(fn *ssa.Function) *lockSummary {
	if fn == nil || !l.relevant[fn] || len(fn.Blocks) == 0 {
		return new(lockSummary)
	}
	if l.walking[fn] {
		l.again[fn] = true
		if s := l.summaries[fn]; s != nil {
			return s
		}
		return new(lockSummary)
	}
	if s := l.summaries[fn]; s != nil {
		return s
	}
	l.summarize(fn)
	return l.summaries[fn]
}

func (l *locker) summarize(fn *ssa.Function) *lockWalk {
	l.walking[fn] = true
	w := l.walk(fn)
	l.walking[fn] = false
	l.summaries[fn] = w.summary()
	return w
}

// walkAll follows the locks through all functions that have to do with any.
func (l *locker) walkAll() []*lockWalk {
	var fns []*ssa.Function
	for _, fn := range l.fns {
		if l.relevant[fn] {
			fns = append(fns, fn)
			l.lockSummary(fn)
		}
	}
	// What calls itself has now a summary to go by.
	for _, fn := range fns {
		if l.again[fn] {
			l.summarize(fn)
		}
	}
	var walks []*lockWalk
	for _, fn := range fns {
		w := l.summarize(fn)
		if w.gone {
			l.Exhausted()
			continue
		}
		walks = append(walks, w)
	}
	return walks
}

// summary says what the walk has found.
func (w *lockWalk) summary() *lockSummary {
	s := new(lockSummary)
	if w.gone {
		return s
	}
	for _, e := range w.exits {
		o := lockOutcome{facts: w.exported(e.facts), results: make([]lockResult, len(e.ret.Results))}
		for _, h := range e.state.locks {
			// Of a lock that is released under a name of this function's own, the caller knows at least the class.
			if w.exportable(h.path) || h.write < 0 || h.read < 0 {
				o.locks = append(o.locks, h)
			}
		}
		for i, v := range e.ret.Results {
			if value, is, ok := w.resultFact(v, e.facts); ok {
				o.results[i] = lockResult{value, is}
			}
		}
		s.add(o)
	}
	if len(s.outcomes) > 8 {
		s.outcomes = []lockOutcome{joinOutcomes(s.outcomes)}
	}
	for _, a := range w.acquired {
		if len(s.acquires) >= maxAcquires || !w.exportable(a.path) || a.state.find(a.path) >= 0 {
			continue
		}
		i := slices.IndexFunc(s.acquires, func(b *lockTaking) bool { return a.path == b.path && a.what.write == b.write })
		if i < 0 {
			what := *a.what
			what.guards = w.exported(a.facts)
			s.acquires = append(s.acquires, &what)
			continue
		}
		s.acquires[i].guards = s.acquires[i].guards.common(a.facts)
	}
	return s
}

// add joins an outcome to those that leave the locks alike.
func (s *lockSummary) add(o lockOutcome) {
	for i, old := range s.outcomes {
		if !sameLocks(old.locks, o.locks) {
			continue
		}
		old.facts = old.facts.common(o.facts)
		results := slices.Clone(old.results)
		for j := range results {
			if j < len(o.results) && results[j] != o.results[j] {
				results[j] = lockResult{}
			}
		}
		old.results = results
		s.outcomes[i] = old
		return
	}
	s.outcomes = append(s.outcomes, o)
}

func sameLocks(a, b []holding) bool {
	if len(a) != len(b) {
		return false
	}
	for _, h := range a {
		if !slices.ContainsFunc(b, func(g holding) bool {
			return h.path == g.path && h.write == g.write && h.read == g.read && h.maybe == g.maybe
		}) {
			return false
		}
	}
	return true
}

// joinOutcomes is what holds after any of the outcomes.
func joinOutcomes(all []lockOutcome) lockOutcome {
	var joined lockOutcome
	for _, o := range all {
		for _, h := range o.locks {
			if slices.ContainsFunc(joined.locks, func(g holding) bool { return g.path == h.path }) {
				continue
			}
			for _, other := range all {
				if !slices.ContainsFunc(other.locks, func(g holding) bool {
					return g.path == h.path && g.write == h.write && g.read == h.read && !g.maybe
				}) {
					h.maybe = true
				}
			}
			joined.locks = append(joined.locks, h)
		}
	}
	return joined
}

// exportable reports whether a path means something outside of the function.
func (w *lockWalk) exportable(p *skeleton.Path) bool {
	ok := true
	p.Values(func(v ssa.Value) {
		switch v := v.(type) {
		case *ssa.Global, *ssa.Parameter, *ssa.Const:
		default:
			ok = ok && v.Parent() != w.fn
		}
	})
	return ok
}

// exported are the facts that mean something outside of the function.
func (w *lockWalk) exported(fs lockFacts) lockFacts {
	var out lockFacts
	for _, f := range fs {
		if w.exportableKey(f.key) {
			out = append(out, f)
		}
	}
	return out
}

func (w *lockWalk) exportableKey(key any) bool {
	switch k := key.(type) {
	case *skeleton.Path:
		return w.exportable(k)
	case lockExpr:
		return w.exportableKey(k.x) && (k.y == nil || w.exportableKey(k.y))
	case lockConst:
		return true
	}
	return false
}
