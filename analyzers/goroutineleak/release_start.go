package goroutineleak

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A starter is a constructor whose object has a goroutine that only a method of the object ends.
type starter struct {
	typ     *types.TypeName
	start   pass.Place // the go statement
	release map[*ssa.Function]bool
	stop    string // the method to call
}

// stops finds callers of constructors that start a goroutine, which leave with an error and do not stop the object.
func (c *checker) stops() {
	contexts := ctxflow.New(c.ssa, c.Pass.IsTest)
	starters := make(map[*ssa.Function]*starter)
	for _, fn := range c.fns {
		if s := c.starter(fn, contexts); s != nil {
			starters[fn] = s
			c.exportStarter(fn, s)
		}
	}
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(*ssa.Call)
				if !ok {
					continue
				}
				callee := skeleton.CalleeOf(&call.Call)
				s := starters[callee.Func]
				if s == nil {
					s = c.importStarter(callee)
				}
				if s != nil && c.exits.Reachable(call) && !partOfMain(fn, contexts, 0) {
					c.stop(fn, call, s)
				}
			}
		}
	}
}

func (c *checker) stop(fn *ssa.Function, call *ssa.Call, s *starter) {
	var object ssa.Value = call
	if call.Call.Signature().Results().Len() > 1 {
		object = extract(call, 0)
	}
	if object == nil {
		return
	}
	t := newTracker(c, fn)
	t.value(object, &holder{typ: s.typ.Type(), release: s.release})
	own := errorOf(call)
	lost, _ := c.losses(&duty{acquire: call, tracker: t, err: own})
	for _, l := range lost {
		if !returnsError(l.exit) {
			continue
		}
		name := "the " + s.typ.Name()
		if names := c.targets(call); len(names) > 0 && names[0] != "_" {
			name = names[0]
		}
		stop := name + "." + s.stop
		d := pass.Diagnostic{
			Rule: lostStop, Pos: c.placeOf(call).Pos, End: c.placeOf(call).End, Op: "start", Object: s.typ.Name(),
			Message: "the goroutine of " + name + " stays for ever when the function returns an error at " + c.line(l.exit) + ": " + stop + " is not called, and nobody else has the object; call it before that return",
			Steps: []pass.Step{
				{Place: c.placeOf(call), Message: name + " is made here", Op: "call", Object: s.typ.Name(), Goroutine: 1},
				{Place: s.start, Message: "a goroutine is started here that only " + s.typ.Name() + "." + s.stop + " ends", Op: "start", Object: s.typ.Name(), Goroutine: 1},
				{Place: pass.Place{Pos: c.exitPos(l.exit)}, Message: "leaves here with an error, without " + stop, Op: "leave", Object: s.typ.Name(), Goroutine: 1},
			},
		}
		c.add(finding{Diagnostic: d, blocked: call.Pos(), rank: shown})
		return
	}
}

// returnsError reports whether the exit returns an error that can be one.
func returnsError(exit ssa.Instruction) bool {
	ret, ok := exit.(*ssa.Return)
	if !ok || len(ret.Results) == 0 {
		return false
	}
	last := ret.Results[len(ret.Results)-1]
	if !irutil.IsError(last.Type()) {
		return false
	}
	v, isConst := stored(last).(*ssa.Const)
	return !isConst || !v.IsNil()
}

// starter says what the function starts, or returns nil.
func (c *checker) starter(fn *ssa.Function, contexts *ctxflow.Flow) *starter {
	results := fn.Signature.Results()
	if results.Len() == 0 {
		return nil
	}
	ptr, ok := types.Unalias(results.At(0).Type()).(*types.Pointer)
	if !ok {
		return nil
	}
	name := typeName(ptr)
	if name == nil || name.Pkg() != c.Pkg {
		return nil
	}
	object := c.made(fn, name, contexts)
	if object == nil {
		return nil
	}
	for _, start := range c.startsOn(fn, object, contexts) {
		if release, stop := c.ends(fn, start, name, contexts); stop != nil {
			return &starter{name, c.placeOf(start), release, stop.Name()}
		}
	}
	return nil
}

// made returns the object that the function makes and returns, if there is just one.
func (c *checker) made(fn *ssa.Function, name *types.TypeName, contexts *ctxflow.Flow) *ssa.Alloc {
	var object *ssa.Alloc
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		v := origin(ret.Results[0], contexts)
		if k, ok := v.(*ssa.Const); ok && k.IsNil() {
			continue
		}
		made, ok := v.(*ssa.Alloc)
		if !ok || typeName(made.Type()) != name || object != nil && made != object {
			return nil
		}
		object = made
	}
	return object
}

// origin follows a value that is read from a variable with one value.
func origin(v ssa.Value, contexts *ctxflow.Flow) ssa.Value {
	for range 8 { // variables within closures within closures
		load, ok := v.(*ssa.UnOp)
		if !ok {
			break
		}
		values, all := contexts.Stored(load.X)
		if !all || len(values) != 1 {
			break
		}
		v = values[0]
	}
	return v
}

// startsOn returns the go statements that every successful return of the constructor has gone through.
func (c *checker) startsOn(fn *ssa.Function, object *ssa.Alloc, contexts *ctxflow.Flow) []ssa.Instruction {
	var all []ssa.Instruction
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok || !beforeEveryResult(b, fn, contexts) {
				continue
			}
			if _, ok := call.(*ssa.Go); ok {
				all = append(all, call)
				continue
			}
			// t.start(), which has the go statement.
			callee := skeleton.CalleeOf(call.Common())
			if callee.Func == nil || callee.Func == fn || len(callee.Args) == 0 || origin(callee.Args[0], contexts) != ssa.Value(object) {
				continue
			}
			if _, isCall := call.(*ssa.Call); !isCall {
				continue
			}
			for _, inner := range callee.Func.Blocks {
				for _, instr := range inner.Instrs {
					if start, ok := instr.(*ssa.Go); ok && inner == callee.Func.Blocks[0] {
						all = append(all, start)
					}
				}
			}
		}
	}
	return all
}

// beforeEveryResult reports whether every return of something else than nil comes after the block.
func beforeEveryResult(b *ssa.BasicBlock, fn *ssa.Function, contexts *ctxflow.Flow) bool {
	for _, other := range fn.Blocks {
		ret, ok := other.Instrs[len(other.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		if k, ok := origin(ret.Results[0], contexts).(*ssa.Const); ok && k.IsNil() {
			continue
		}
		if !b.Dominates(other) {
			return false
		}
	}
	return true
}

// ends finds the functions that can tell the goroutine to end, and the method of the type to call for it.
func (c *checker) ends(fn *ssa.Function, start ssa.Instruction, name *types.TypeName, contexts *ctxflow.Flow) (map[*ssa.Function]bool, *ssa.Function) {
	body := skeleton.CalleeOf(start.(ssa.CallInstruction).Common())
	if body.Func == nil {
		return nil, nil
	}
	fields := c.endedBy(body.Func, name, contexts)
	var direct []*ssa.Function
	for key := range fields {
		if c.reach.others[key] || key.variable() == nil || key.variable().Exported() {
			return nil, nil
		}
		for _, load := range c.reach.loads[key] {
			if load.Parent() != fn && signals(load) {
				direct = append(direct, load.Parent())
			}
		}
	}
	release := c.reach.to(direct)
	var stop *ssa.Function
	for f := range release {
		if f.Parent() != nil || f.Signature.Recv() == nil || typeName(f.Signature.Recv().Type()) != name || f == body.Func {
			continue
		}
		if stop == nil || better(f, stop, direct) {
			stop = f
		}
	}
	return release, stop
}

// better reports whether a method is the one to advise rather than another: one that callers of other packages can call,
// that does it itself, the first in the source.
func better(f, than *ssa.Function, direct []*ssa.Function) bool {
	return cmp.Or(
		boolInt(token.IsExported(than.Name()))-boolInt(token.IsExported(f.Name())),
		boolInt(slices.Contains(direct, than))-boolInt(slices.Contains(direct, f)),
		cmp.Compare(f.Pos(), than.Pos()),
	) < 0
}

// endedBy returns the fields of the type without whose channels or cancel functions a goroutine does not end.
func (c *checker) endedBy(body *ssa.Function, name *types.TypeName, contexts *ctxflow.Flow) map[fieldKey]bool {
	all := make(map[fieldKey]bool)
	only := func(is func(fieldKey) bool) signal {
		var s signal
		s = signal{
			channel: func(ch ssa.Value) bool { key, ok := c.loaded(ch, name); return ok && is(key) },
			context: func(ctx ssa.Value) bool { key, ok := c.cancelField(ctx, name, contexts); return ok && is(key) },
			enters:  func(skeleton.Callee) (signal, bool) { return s, true },
			waits:   make(map[*ssa.Function]bool),
		}
		return s
	}
	if !c.trapped(body, only(func(key fieldKey) bool { all[key] = true; return true }), 0) {
		return nil
	}
	// Where one of them is enough the others bring work; what the goroutine closes itself does not come from outside.
	enough := make(map[fieldKey]bool)
	for key := range all {
		own := slices.ContainsFunc(c.reach.loads[key], func(load ssa.Value) bool { return load.Parent() == body && signals(load) })
		if !own && c.trapped(body, only(func(k fieldKey) bool { return k == key }), 0) {
			enough[key] = true
		}
	}
	if len(enough) > 0 {
		return enough
	}
	return all
}

// loaded returns the field of the type that a channel was read from.
func (c *checker) loaded(v ssa.Value, name *types.TypeName) (fieldKey, bool) {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return fieldKey{}, false
	}
	key, _, ok := fieldOf(load.X)
	return key, ok && key.typ == name
}

// cancelField returns the field of the type that has the cancel function of the context, where nothing else ends it.
func (c *checker) cancelField(ctx ssa.Value, name *types.TypeName, contexts *ctxflow.Flow) (fieldKey, bool) {
	values := []ssa.Value{origin(ctx, contexts)}
	if key, ok := c.loaded(ctx, name); ok && !c.reach.others[key] {
		values = nil
		for _, s := range c.reach.writes[key] {
			values = append(values, origin(s.Val, contexts))
		}
	}
	if len(values) != 1 {
		return fieldKey{}, false
	}
	if p, ok := values[0].(*ssa.Parameter); ok {
		callers := contexts.Callers(p.Parent())
		if len(callers) != 1 {
			return fieldKey{}, false
		}
		i := slices.Index(p.Parent().Params, p)
		if i >= len(callers[0].Common().Args) {
			return fieldKey{}, false
		}
		values[0] = origin(callers[0].Common().Args[i], contexts)
	}
	made, ok := values[0].(*ssa.Extract)
	if !ok || made.Index != 0 {
		return fieldKey{}, false
	}
	call, ok := made.Tuple.(*ssa.Call)
	if !ok {
		return fieldKey{}, false
	}
	op := skeleton.OpOf(call)
	if op.Kind != skeleton.ContextCancel || contexts.State(op.Object) != ctxflow.None {
		return fieldKey{}, false
	}
	cancel := extract(call, 1)
	if cancel == nil {
		return fieldKey{}, false
	}
	for _, use := range *cancel.Referrers() {
		if s, ok := use.(*ssa.Store); ok && s.Val == cancel {
			if key, _, ok := fieldOf(s.Addr); ok && key.typ == name {
				return key, true
			}
		}
	}
	return fieldKey{}, false
}

// signals reports whether a channel or function that was read from a field is used for more than waiting for it.
func signals(v ssa.Value) bool {
	for _, use := range *v.Referrers() {
		switch op := skeleton.OpOf(use); op.Kind {
		case skeleton.Recv:
			continue
		case skeleton.Select:
			for _, s := range op.Cases {
				if s.Chan == v && s.Send != nil {
					return true
				}
			}
			continue
		}
		switch use.(type) {
		case *ssa.BinOp, *ssa.DebugRef:
		default:
			return true
		}
	}
	return false
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
