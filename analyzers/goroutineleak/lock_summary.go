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

// A lockTaking is a lock that a function takes while it has not taken it before, or something else that it waits for.
type lockTaking struct {
	kind   skeleton.Kind // Lock, RLock, or what it waits for
	path   *skeleton.Path
	write  bool
	at     ssa.Instruction // the operation, or the call of the next function on the way to it
	next   *lockTaking
	guards lockFacts
	// without are the locks of the caller that are released meanwhile.
	without []*skeleton.Path
}

// last is the operation at the end of the way.
func (t *lockTaking) last() *lockTaking {
	for t.next != nil {
		t = t.next
	}
	return t
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
	l.summarise(fn)
	return l.summaries[fn]
}

func (l *locker) summarise(fn *ssa.Function) {
	l.walking[fn] = true
	w := l.walk(fn)
	l.summaries[fn] = w.summary() // asks for fn itself where fn is recursive
	l.walking[fn] = false
	w.forget()
	l.walks[fn] = w
}

// walkAll follows the locks through all functions that have to do with any. For what is wrong in tests, those of the
// tests are enough: the others have been looked at without them.
func (l *locker) walkAll() []*lockWalk {
	var fns []*ssa.Function
	for _, fn := range l.fns {
		if l.relevant[fn] && l.tests == l.IsTest(fn.Pos()) {
			fns = append(fns, fn)
			l.lockSummary(fn)
		}
	}
	// What calls itself has now a summary to go by.
	for _, fn := range fns {
		if l.again[fn] {
			l.summarise(fn)
		}
	}
	var walks []*lockWalk
	for _, fn := range fns {
		w := l.walks[fn]
		if w.gone {
			l.Exhausted()
			continue
		}
		walks = append(walks, w)
	}
	return walks
}

// forget frees what is needed only during the walk.
func (w *lockWalk) forget() { w.index, w.nodes, w.queue, w.blocks, w.ids = nil, nil, nil, nil, nil }

// summary says what the walk has found.
func (w *lockWalk) summary() *lockSummary {
	s := new(lockSummary)
	if w.gone {
		return s
	}
	for _, e := range w.exits {
		if w.releasedAlready(e) {
			continue
		}
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
		if a.what.kind == skeleton.Lock && a.state.find(a.path) >= 0 {
			continue
		}
		s.take(w, a)
	}
	return s
}

// take adds what a function waits for, once for each lock or other object.
func (s *lockSummary) take(w *lockWalk, a acquisition) {
	if len(s.acquires) >= maxAcquires || !w.exportable(a.path) {
		return
	}
	what := *a.what
	what.guards = w.exported(a.facts)
	for _, h := range a.state.locks {
		if h.write < 0 || h.read < 0 || h.maybe {
			what.without = append(slices.Clone(what.without), h.path)
		}
	}
	for _, old := range s.acquires {
		if old.path == what.path && old.write == what.write && old.kind == what.kind {
			old.guards = old.guards.common(what.guards)
			// It is enough that the caller still holds its lock in one of the cases.
			old.without = slices.DeleteFunc(slices.Clone(old.without), func(p *skeleton.Path) bool { return !slices.Contains(what.without, p) })
			return
		}
	}
	s.acquires = append(s.acquires, &what)
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
			return h.path == g.path && h.write == g.write && h.read == g.read && h.maybe == g.maybe && h.releases() == g.releases()
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
				h.lost = h.lost || slices.ContainsFunc(other.locks, func(g holding) bool { return g.path == h.path && g.releases() })
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
