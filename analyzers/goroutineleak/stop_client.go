package goroutineleak

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A service is a type whose objects have goroutines, or channels that goroutines wait on, and a method that ends it all.
type service struct {
	typ   *types.TypeName
	makes []opener
	// starts begin the work: methods that start goroutines, or that loop themselves and are run in one.
	starts []*ssa.Function
	stops  []*ssa.Function
	// others are methods that callers may be in when the service is stopped.
	others []*ssa.Function
}

// An opener is a constructor of a type: result number index is a pointer to it.
type opener struct {
	fn    *ssa.Function
	index int
	// running is set where it starts a goroutine.
	running bool
}

// Bounds of what is tried for one type.
const (
	maxOpeners = 2
	maxStarts  = 3
	maxOthers  = 6
)

// services finds the types of the package that are made by a function of the package and have a method to stop them, in the
// order of the sources.
func (w *world) services() []*service {
	byType := make(map[*types.TypeName]*service)
	var all []*service
	of := func(t types.Type) *service {
		named := irutil.PointerTo(t)
		if named == nil || named.Obj().Pkg() != w.Pkg || named.TypeParams().Len() > 0 {
			return nil
		}
		if _, ok := named.Underlying().(*types.Struct); !ok {
			return nil
		}
		s := byType[named.Obj()]
		if s == nil {
			s = &service{typ: named.Obj()}
			byType[named.Obj()] = s
			all = append(all, s)
		}
		return s
	}
	for _, fn := range w.fns {
		if fn.Parent() != nil || fn.Synthetic != "" || fn.TypeParams().Len() > 0 {
			continue
		}
		var own *types.TypeName
		if recv := fn.Signature.Recv(); recv != nil {
			own = typeName(recv.Type())
			if s := of(recv.Type()); s != nil {
				s.method(w, fn)
			}
		}
		for i := range fn.Signature.Results().Len() {
			if s := of(fn.Signature.Results().At(i).Type()); s != nil && s.typ != own && makesObject(fn, i, 0) {
				s.makes = append(s.makes, opener{fn, i, w.startsGoroutine(fn)})
				break
			}
		}
	}
	unusable := func(s *service) bool { return len(s.makes) == 0 || len(s.stops) == 0 }
	all = slices.DeleteFunc(all, unusable)
	for _, s := range all {
		// What is called by another method of the type alone is no beginning.
		entry := func(fn *ssa.Function) bool {
			sites, _ := w.classes.RunBy(fn)
			return !slices.ContainsFunc(sites, func(site skeleton.Site) bool {
				// A call through an interface is one of something else, most likely.
				return !site.Instr.Common().IsInvoke() && w.belongs(site.In, s)
			})
		}
		s.stops = slices.DeleteFunc(s.stops, func(fn *ssa.Function) bool { return !entry(fn) })
		// Of a type with exported methods these are what its users call.
		if unexported := func(fn *ssa.Function) bool { return !token.IsExported(fn.Name()) }; !allFunc(s.stops, unexported) {
			s.stops = slices.DeleteFunc(s.stops, unexported)
			s.others = slices.DeleteFunc(s.others, unexported)
		}
		s.starts = slices.DeleteFunc(s.starts, func(fn *ssa.Function) bool {
			return !entry(fn) && (w.waitsItself(fn) || !token.IsExported(fn.Name()))
		})
		// What starts and returns tells more than what starts and waits for the end.
		slices.SortStableFunc(s.starts, func(a, b *ssa.Function) int { return boolCompare(w.waitsItself(a), w.waitsItself(b)) })
		s.others = slices.DeleteFunc(s.others, func(fn *ssa.Function) bool { return !entry(fn) })
		s.makes = slices.DeleteFunc(s.makes, func(m opener) bool { return w.finishedByCallers(m, s) })
		// A constructor that others call adds what they add themselves.
		slices.SortStableFunc(s.makes, func(a, b opener) int { return cmp.Compare(len(a.fn.Blocks), len(b.fn.Blocks)) })
		s.makes = s.makes[:min(len(s.makes), maxOpeners)]
		s.starts = s.starts[:min(len(s.starts), maxStarts)]
		s.others = s.others[:min(len(s.others), maxOthers)]
	}
	return slices.DeleteFunc(all, unusable)
}

// finishedByCallers reports whether a constructor that only the package itself calls leaves objects half-made: whoever calls
// it gives a signal by a method that is for nobody else, such as the unlocking of what the object has locked when it is new.
func (w *world) finishedByCallers(m opener, s *service) bool {
	if token.IsExported(m.fn.Name()) {
		return false
	}
	sites, all := w.classes.RunBy(m.fn)
	return all && len(sites) > 0 && !slices.ContainsFunc(sites, func(site skeleton.Site) bool {
		call, ok := site.Instr.(*ssa.Call)
		if !ok {
			return true
		}
		made := ssa.Value(call)
		if m.fn.Signature.Results().Len() > 1 {
			made = extract(call, m.index)
		}
		return made == nil || !slices.ContainsFunc(*made.Referrers(), func(use ssa.Instruction) bool {
			next, ok := use.(*ssa.Call)
			if !ok {
				return false
			}
			method := next.Call.StaticCallee()
			return method != nil && method.Signature.Recv() != nil && next.Call.Args[0] == made && !token.IsExported(method.Name()) &&
				!slices.Contains(s.starts, method) && !slices.Contains(s.stops, method) && w.tells(method)
		})
	})
}

func allFunc(fns []*ssa.Function, is func(*ssa.Function) bool) bool {
	return !slices.ContainsFunc(fns, func(fn *ssa.Function) bool { return !is(fn) })
}

// belongs reports whether a function is a method of the type, a closure in one, or a constructor.
func (w *world) belongs(fn *ssa.Function, s *service) bool {
	fn = irutil.Outermost(fn)
	if slices.ContainsFunc(s.makes, func(m opener) bool { return m.fn == fn }) {
		return true
	}
	return fn.Signature.Recv() != nil && typeName(fn.Signature.Recv().Type()) == s.typ
}

// makesObject reports whether a function returns as result i an object that it makes, or has made.
func makesObject(fn *ssa.Function, i, depth int) bool {
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok || i >= len(ret.Results) {
			continue
		}
		v, at := stored(ret.Results[i]), 0
		if e, ok := v.(*ssa.Extract); ok {
			v, at = e.Tuple, e.Index
		}
		switch v := v.(type) {
		case *ssa.Alloc:
			return true
		case *ssa.Call:
			if callee := skeleton.CalleeOf(&v.Call).Func; callee != nil && depth < 3 && makesObject(callee, at, depth+1) {
				return true
			}
		}
	}
	return false
}

// method sorts a method by what it does.
func (s *service) method(w *world, fn *ssa.Function) {
	switch {
	case endsByName(fn.Name()) && !endsAnother(fn.Signature):
		if w.tells(fn) {
			s.stops = append(s.stops, fn)
		}
	case beginsByName(fn.Name()) && (w.startsGoroutine(fn) || w.waitsAgain(fn) || w.waitsItself(fn)):
		s.starts = append(s.starts, fn)
	case w.waits(fn):
		s.others = append(s.others, fn)
	}
}

// endsAnother reports whether a method is told what to end: something else than its object.
func endsAnother(sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		switch p.Type().Underlying().(type) {
		case *types.Pointer, *types.Struct:
			return true
		}
	}
	return false
}

// endsByName reports whether a method is named like those that end the work of an object. What it does decides more.
func endsByName(name string) bool {
	return hasVerb(name, "close", "stop", "shutdown", "quit", "terminate", "halt", "exit", "kill", "destroy", "dispose", "teardown", "disconnect", "finish")
}

// beginsByName reports whether a method is named like those that begin it.
func beginsByName(name string) bool {
	return hasVerb(name, "start", "run", "serve", "listen", "open", "connect", "init", "begin", "launch", "loop", "work", "process", "watch", "poll")
}

// hasVerb reports whether a name begins with one of the words.
func hasVerb(name string, verbs ...string) bool {
	return slices.ContainsFunc(verbs, func(verb string) bool {
		if len(name) < len(verb) || !strings.EqualFold(name[:len(verb)], verb) {
			return false
		}
		rest := name[len(verb):]
		return rest == "" || rest[0] < 'a' || rest[0] > 'z' // stopAll, not stopwatch
	})
}

// tells reports whether a function gives a signal that others wait for: it closes a channel, sends, or calls a function
// that cancels a context; or waits itself.
func (w *world) tells(fn *ssa.Function) bool {
	for f := range w.runBy(fn) {
		for _, b := range f.Blocks {
			for _, instr := range b.Instrs {
				switch op := skeleton.OpOf(instr); op.Kind {
				case skeleton.Close, skeleton.Send, skeleton.WaitGroupWait, skeleton.Recv:
					return true
				case skeleton.Select:
					return true
				}
				if call, ok := instr.(ssa.CallInstruction); ok && irutil.IsCancelFunc(call.Common().Value.Type()) {
					return true
				}
			}
		}
	}
	return false
}

// startsGoroutine reports whether a function, or one that it calls, starts a goroutine.
func (w *world) startsGoroutine(fn *ssa.Function) bool {
	for f := range w.runBy(fn) {
		for _, b := range f.Blocks {
			for _, instr := range b.Instrs {
				switch op := skeleton.OpOf(instr); op.Kind {
				case skeleton.WaitGroupGo, skeleton.GroupGo:
					return true
				}
				if _, ok := instr.(*ssa.Go); ok {
					return true
				}
			}
		}
	}
	return false
}

// waits reports whether a function, or one that it calls, does something with a channel of a field that may block.
func (w *world) waits(fn *ssa.Function) bool {
	for f := range w.runBy(fn) {
		for _, b := range f.Blocks {
			for _, instr := range b.Instrs {
				if slices.ContainsFunc(w.ops[instr], func(op classOp) bool {
					return op.class.Kept && op.Kind.Blocks() && !(op.Kind == skeleton.Select && op.Default)
				}) {
					return true
				}
			}
		}
	}
	return false
}

// waitsAgain reports whether a function itself waits in a loop.
func (w *world) waitsAgain(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if k := skeleton.OpOf(instr).Kind; (k == skeleton.Select || k == skeleton.Recv) && w.repeats(b, nil) {
				return true
			}
		}
	}
	return false
}

// waitsItself reports whether a function itself does something with a channel that may block.
func (w *world) waitsItself(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch op := skeleton.OpOf(instr); op.Kind {
			case skeleton.Send, skeleton.Recv, skeleton.WaitGroupWait, skeleton.GroupWait:
				return true
			case skeleton.Select:
				return !op.Default
			}
		}
	}
	return false
}
