package goroutineleak

import (
	"go/token"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/explore"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A client is a sequence of calls that a user of a type makes: its constructor, what begins the work, perhaps another
// method in a goroutine of its own, and the method that ends it all.
type client struct {
	*service
	opener
	start, other, stop *ssa.Function
	graph              *skeleton.Func
}

// clients executes synthesised clients of the services of the package, and reports what waits for ever in them.
func (w *world) clients(prog *skeleton.Program) {
	if w.Pkg.Name() == "main" {
		return // when it is stopped, the process ends
	}
	for _, s := range w.services() {
		if w.tests != w.IsTest(s.typ.Pos()) {
			continue
		}
		left := make(map[ssa.Instruction]map[*ssa.Function]bool) // by which methods something is left waiting
		var leaks []abandoned
		exhausted := false
		for _, stop := range s.stops {
			for _, c := range s.clients(stop) {
				if c.graph = w.compile(prog, c); c.graph == nil {
					continue
				}
				found, stats := explore.Root(prog, c.graph, explore.DefaultBudget)
				exhausted = exhausted || !stats.Finished
				for _, st := range found {
					switch {
					case !w.provenInClient(c, st):
					case w.inStop(c, st):
						w.add(w.hangs(c, st))
					case w.stopCalled(c, st) && w.ends(st.Stack[len(st.Stack)-1].Func.SSA):
						if left[st.At] == nil {
							left[st.At] = make(map[*ssa.Function]bool)
							leaks = append(leaks, abandoned{c, st})
						}
						left[st.At][stop] = true
					}
				}
			}
		}
		if exhausted {
			w.Exhausted()
		}
		// What one of several ways to end the work leaves, another may be there for.
		for _, l := range leaks {
			if len(left[l.stuck.At]) == len(s.stops) {
				w.add(w.leaves(l.client, l.stuck))
			}
		}
	}
}

// An abandoned goroutine waits for ever when a client has come to its end.
type abandoned struct {
	client *client
	stuck  explore.Stuck
}

// clients lists the clients that end with a call of stop.
func (s *service) clients(stop *ssa.Function) []*client {
	var list []*client
	for _, m := range s.makes {
		starts := s.starts
		if m.running || len(starts) == 0 {
			starts = slices.Concat([]*ssa.Function{nil}, starts)
		}
		for _, start := range starts {
			for _, other := range slices.Concat([]*ssa.Function{nil}, s.others) {
				list = append(list, &client{service: s, opener: m, start: start, other: other, stop: stop})
			}
		}
	}
	return list
}

// compile makes the graph of the client.
func (w *world) compile(prog *skeleton.Program, c *client) *skeleton.Func {
	var calls []skeleton.ClientCall
	if c.start != nil {
		// What runs in a goroutine of its own is stopped when it has begun.
		calls = append(calls, skeleton.ClientCall{Method: c.start, Starts: !w.startsGoroutine(c.start) || w.waitsItself(c.start), Settles: true})
	}
	if c.other != nil {
		calls = append(calls, skeleton.ClientCall{Method: c.other, Starts: true})
	}
	calls = append(calls, skeleton.ClientCall{Method: c.stop})
	return prog.Client(c.fn, c.index, calls)
}

// runByClient returns the functions that a client runs, with those of the goroutines that it has started so far.
func (w *world) runByClient(c *client, s explore.Stuck) map[*ssa.Function]bool {
	run := make(map[*ssa.Function]bool)
	for _, fn := range []*ssa.Function{c.fn, c.start, c.other, c.stop} {
		if fn != nil {
			maps.Copy(run, w.runBy(fn))
		}
	}
	for _, st := range s.Steps {
		if call, ok := st.At.(ssa.CallInstruction); ok && st.What == "start" {
			sites, _ := w.classes.Runs(call)
			for _, site := range sites {
				maps.Copy(run, w.runBy(site.Fn))
			}
		}
	}
	return run
}

// provenInClient reports whether what the explorer found is so for every user of the type, and not only for the client.
func (w *world) provenInClient(c *client, s explore.Stuck) bool {
	if !s.Pos.IsValid() || w.IsTest(s.Pos) != w.tests || w.expectsEnd(s.At) {
		return false
	}
	run := w.runByClient(c, s)
	for _, st := range slices.Concat([]explore.Stuck{s}, s.With) {
		st.Steps = s.Steps
		if !w.allSeen(c, st, run) {
			return false
		}
	}
	return true
}

// allSeen reports whether nobody but the client's own goroutines can release one that is stuck.
func (w *world) allSeen(c *client, s explore.Stuck, run map[*ssa.Function]bool) bool {
	// Users who want nothing more leave the object's own goroutines, but what they do themselves is their business.
	own := !s.Root && !slices.ContainsFunc(s.Steps, func(st explore.Step) bool {
		return st.What == "start" && st.Other == s.Goroutine && st.Func == c.graph
	})
	var frees []skeleton.Kind
	switch s.Kind {
	case skeleton.Send, skeleton.Recv, skeleton.Select:
	case skeleton.WaitGroupWait:
		frees = []skeleton.Kind{skeleton.WaitGroupDone, skeleton.WaitGroupAdd}
	case skeleton.GroupWait:
	default:
		return false // a lock may be given back by somebody else than its holder, and a condition may never hold
	}
	for _, op := range w.ops[s.At] {
		if !op.class.Closed() {
			return false
		}
		wanted := frees
		switch {
		case op.Does(skeleton.Send):
			wanted = []skeleton.Kind{skeleton.Recv}
		case op.Does(skeleton.Recv):
			wanted = []skeleton.Kind{skeleton.Send, skeleton.Close}
		}
		for _, other := range op.class.Ops {
			if slices.ContainsFunc(wanted, other.Does) && !run[other.Fn] && (!own || other.Kind == skeleton.Close || !w.onDemand(c, other.Fn)) {
				return false
			}
		}
	}
	return true
}

// onDemand reports whether a function is run by users of the type alone, when they want something of it. After the end
// they want nothing more.
func (w *world) onDemand(c *client, fn *ssa.Function) bool {
	seen := make(map[*ssa.Function]bool)
	var climb func(fn *ssa.Function) bool
	climb = func(fn *ssa.Function) bool {
		if seen[fn] {
			return true
		}
		seen[fn] = true
		if recv := fn.Signature.Recv(); recv != nil && typeName(recv.Type()) == c.typ && token.IsExported(fn.Name()) {
			return true
		}
		sites, all := w.classes.RunBy(fn)
		if !all || len(sites) == 0 || len(seen) > 32 {
			return false
		}
		return !slices.ContainsFunc(sites, func(site skeleton.Site) bool {
			return site.How == skeleton.Started || !climb(site.In)
		})
	}
	return climb(fn)
}

// inStop reports whether it is the call of the method that ends the work which waits for ever, or something that it waits
// for.
func (w *world) inStop(c *client, s explore.Stuck) bool {
	return slices.ContainsFunc(slices.Concat([]explore.Stuck{s}, s.With), func(st explore.Stuck) bool { return stopFrame(c, st) })
}

// stopFrame reports whether a stuck goroutine is the client's, in the method that ends the work.
func stopFrame(c *client, s explore.Stuck) bool {
	return s.Root && len(s.Stack) > 1 && s.Stack[len(s.Stack)-2].Func.SSA == c.stop
}

// stopCalled reports whether the client had called the method that ends the work: what waits for ever before is not its
// fault.
func (w *world) stopCalled(c *client, s explore.Stuck) bool {
	run, before := w.runBy(c.stop), w.runBy(c.fn)
	return slices.ContainsFunc(s.Steps, func(st explore.Step) bool {
		switch {
		case st.Goroutine != 0:
			return false
		case st.Func == c.graph:
			return st.What == "return"
		}
		return run[st.Func.SSA] && !before[st.Func.SSA] && (c.start == nil || !w.runBy(c.start)[st.Func.SSA])
	})
}
