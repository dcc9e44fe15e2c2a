package scope

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A Reason says why code rightly runs without the context at hand. It is empty where there is none.
type Reason string

// The reasons.
const (
	NoReason     Reason = ""
	InGoroutine  Reason = "in a goroutine, which may outlive the context"
	InDefer      Reason = "deferred"
	AfterEnd     Reason = "after the context has ended"
	AfterFailure Reason = "after a call with the context has failed"
	InShutdown   Reason = "in a function that ends its object"
)

// Detached says whether an instruction stands where work is rightly detached from the contexts at hand. Of a closure that
// runs at once also the place that makes it counts.
func (s *Info) Detached(instr ssa.Instruction) Reason {
	for {
		switch instr.(type) {
		case *ssa.Go:
			return InGoroutine
		case *ssa.Defer:
			return InDefer
		}
		fn := instr.Parent()
		if r := s.after(instr); r != NoReason {
			return r
		}
		how := s.Runs(fn)
		switch {
		case how == Deferred:
			return InDefer
		case how == Started:
			return InGoroutine
		case endsObject(fn):
			return InShutdown
		case fn.Parent() == nil || how != AtOnce:
			return NoReason
		}
		made, ok := s.made[fn].(ssa.Instruction)
		if !ok {
			return NoReason
		}
		instr = made
	}
}

// after looks at what has always happened before the instruction.
func (s *Info) after(instr ssa.Instruction) Reason {
	b := instr.Block()
	if b == nil {
		return NoReason
	}
	if endedIn(b, instr) {
		return AfterEnd
	}
	classified := make(map[ssa.Value]bool)
	for d := b; d.Idom() != nil; d = d.Idom() {
		up := d.Idom()
		if endedIn(up, nil) {
			return AfterEnd
		}
		branch, ok := up.Instrs[len(up.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		for i, succ := range up.Succs {
			if len(succ.Preds) != 1 || !succ.Dominates(b) {
				continue
			}
			if r := s.branch(branch.Cond, i == 0, classified); r != NoReason {
				return r
			}
		}
	}
	return NoReason
}

// endedIn reports whether a block waits for the end of a context or of the process, or cancels, before the instruction
// given, or at all where that is nil.
func endedIn(b *ssa.BasicBlock, before ssa.Instruction) bool {
	if irutil.Awaits(b, before, tellsEnd) != nil {
		return true
	}
	for _, instr := range b.Instrs {
		if instr == before {
			break
		}
		if call, ok := instr.(*ssa.Call); ok && !call.Call.IsInvoke() && irutil.IsCancelFunc(call.Call.Value.Type()) {
			return true
		}
	}
	return false
}

// tellsEnd reports whether a receive from the channel tells that a context has ended, or the process is to end.
func tellsEnd(ch ssa.Value) bool {
	if conv, ok := ch.(*ssa.ChangeType); ok {
		ch = conv.X
	}
	if t, ok := ch.Type().Underlying().(*types.Chan); ok && types.TypeString(t.Elem(), nil) == "os.Signal" {
		return true
	}
	call, ok := ch.(*ssa.Call)
	if !ok {
		return false
	}
	callee := skeleton.CalleeOf(call.Common())
	return callee.Object != nil && callee.Object.Name() == "Done" && len(callee.Args) == 1 && isContextLike(callee.Args[0].Type())
}

func isContextLike(t types.Type) bool { return irutil.IsContext(t) || Implements(t) }

// branch says what is known where a condition had the value given. classified are the errors that a condition further in
// has asked more of: what follows is then for that kind of error, not for a context that has ended.
func (s *Info) branch(cond ssa.Value, value bool, classified map[ssa.Value]bool) Reason {
	switch cond := cond.(type) {
	case *ssa.UnOp:
		if cond.Op == token.NOT {
			return s.branch(cond.X, !value, classified)
		}
	case *ssa.Call:
		callee := skeleton.CalleeOf(cond.Common())
		if callee.Name() == "errors.Is" && value && len(callee.Args) == 2 && irutil.IsContextError(callee.Args[1]) {
			return AfterEnd
		}
		for _, arg := range callee.Args {
			if irutil.IsError(arg.Type()) {
				classified[arg] = true
			}
		}
	case *ssa.BinOp:
		if cond.Op != token.EQL && cond.Op != token.NEQ {
			break
		}
		same := value == (cond.Op == token.EQL)
		if e, ok := cond.X.(*ssa.Extract); ok && e.Index == 0 && same {
			if sel, ok := e.Tuple.(*ssa.Select); ok {
				if k, ok := cond.Y.(*ssa.Const); ok && k.Value != nil && int(k.Int64()) < len(sel.States) && k.Int64() >= 0 {
					if state := sel.States[k.Int64()]; state.Dir == types.RecvOnly && tellsEnd(state.Chan) {
						return AfterEnd
					}
				}
			}
		}
		for _, pair := range [][2]ssa.Value{{cond.X, cond.Y}, {cond.Y, cond.X}} {
			if !irutil.IsError(pair[0].Type()) {
				continue
			}
			if same && irutil.IsContextError(pair[1]) {
				return AfterEnd
			}
			if !same && irutil.IsNil(pair[1]) {
				return s.failed(pair[0], classified, make(map[ssa.Value]bool))
			}
		}
	}
	return NoReason
}

// failed says what an error that is not nil tells. A merge that was seen adds nothing to itself.
func (s *Info) failed(err ssa.Value, classified, seen map[ssa.Value]bool) Reason {
	if classified[err] {
		return NoReason
	}
	if phi, ok := err.(*ssa.Phi); ok {
		seen[phi] = true
		for _, edge := range phi.Edges {
			if !seen[edge] && !irutil.IsNil(edge) && s.failed(edge, classified, seen) == NoReason {
				return NoReason
			}
		}
		return AfterFailure
	}
	if e, ok := err.(*ssa.Extract); ok {
		err = e.Tuple
	}
	call, ok := err.(*ssa.Call)
	if !ok {
		return NoReason
	}
	callee := skeleton.CalleeOf(call.Common())
	if callee.Object != nil && callee.Object.Name() == "Err" && len(callee.Args) == 1 && isContextLike(callee.Args[0].Type()) {
		return AfterEnd
	}
	for _, arg := range callee.Args {
		if isContextLike(arg.Type()) && !IsRoot(arg) {
			return AfterFailure
		}
	}
	return NoReason
}

// IsRoot reports whether a context is made on the spot.
func IsRoot(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	name := skeleton.CalleeOf(call.Common()).Name()
	return name == "context.Background" || name == "context.TODO"
}

// endsObject reports whether a function ends what it is a method of: it has the type of a method that interfaces name so,
// as io.Closer does, or it cancels a context or closes a channel that the receiver keeps.
func endsObject(fn *ssa.Function) bool {
	if fn.Signature.Recv() == nil {
		return false
	}
	if obj, ok := fn.Object().(*types.Func); ok && Ends(obj) {
		return true
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok || call.Common().IsInvoke() {
				continue
			}
			common := call.Common()
			if builtin, ok := common.Value.(*ssa.Builtin); ok && builtin.Name() == "close" && keptIn(fn, common.Args[0]) {
				return true
			}
			if irutil.IsCancelFunc(common.Value.Type()) && keptIn(fn, common.Value) {
				return true
			}
		}
	}
	return false
}

// keptIn reports whether a value was read from a field of fn's receiver.
func keptIn(fn *ssa.Function, v ssa.Value) bool {
	load, ok := v.(*ssa.UnOp)
	if !ok {
		return false
	}
	field, ok := load.X.(*ssa.FieldAddr)
	return ok && len(fn.Params) > 0 && field.X == fn.Params[0]
}

// Ends reports whether a method ends its object or gives something back, as the interfaces with such a method say:
// io.Closer, driver.Tx, sync.Locker, and what libraries have in their place that takes a context. It has no other
// parameters and no results beside an error.
func Ends(m *types.Func) bool {
	sig := m.Signature()
	if sig.Recv() == nil {
		return false
	}
	for v := range sig.Params().Variables() {
		if !irutil.IsContext(v.Type()) {
			return false
		}
	}
	for v := range sig.Results().Variables() {
		if !irutil.IsError(v.Type()) {
			return false
		}
	}
	switch m.Name() {
	case "Close", "Shutdown", "Stop", "Rollback", "Unlock", "RUnlock", "Release", "Disconnect", "OnStop", "ForceFlush", "Teardown", "Cleanup", "CloseWithContext":
		return true
	}
	return false
}
