package goroutineleak

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A lockBlock is what of a block can matter.
type lockBlock struct {
	instrs []lockInstr
	ends   bool // it ends in a call that never returns
}

type lockInstr struct {
	ssa.Instruction
	op  skeleton.Op
	lop lockOp
}

// block returns what of a block can matter.
func (w *lockWalk) block(b *ssa.BasicBlock) *lockBlock {
	if lb := w.blocks[b]; lb != nil {
		return lb
	}
	lb := new(lockBlock)
	w.blocks[b] = lb
	for _, instr := range b.Instrs {
		switch i := instr.(type) {
		case *ssa.Store, *ssa.Alloc:
			lb.instrs = append(lb.instrs, lockInstr{Instruction: i})
			continue
		case *ssa.Call, *ssa.Defer, *ssa.Go, *ssa.Send:
		case *ssa.UnOp:
			if i.Op != token.ARROW {
				continue
			}
		default:
			continue
		}
		op := skeleton.OpOf(instr)
		li := lockInstr{instr, op, w.c.lockOp(op)}
		switch call, ok := instr.(ssa.CallInstruction); {
		case !ok, li.lop.kind != noLock, op.Kind.Blocks(), w.c.relevant[op.Callee.Func], op.Callee.Closure != nil:
			lb.instrs = append(lb.instrs, li)
		case op.Callee.Object == nil && call.Common().StaticCallee() == nil:
			lb.instrs = append(lb.instrs, li) // of a function value, which may assign variables
		}
		if w.c.exits.Ends(instr) {
			lb.ends = true
			break
		}
	}
	return lb
}

// step executes an instruction.
func (w *lockWalk) step(i lockInstr, p lockPoint) []lockPoint {
	switch instr := i.Instruction.(type) {
	case *ssa.Store:
		p.facts = w.assign(instr, p.facts)
	case *ssa.Alloc:
		if zero := zeroOf(instr); zero != "" {
			p.facts = p.facts.with(lockFact{key: w.paths.Content(instr), value: zero, is: true, after: true})
		}
	case *ssa.Call:
		if i.op.Kind == skeleton.None {
			p.facts = w.forgetShared(p.facts)
		}
		return w.call(instr, i.op, i.lop, p)
	case *ssa.Defer:
		if (i.lop.kind != noLock || w.c.relevant[i.op.Callee.Func]) && !slices.Contains(p.state.defers, instr) {
			p.state.defers = append(slices.Clone(p.state.defers), instr)
		}
	case *ssa.Go:
		if i.op.Callee.Func != nil {
			w.handOver(i.op.Callee, &p)
		}
	case *ssa.Send, *ssa.UnOp:
		w.wait(instr, i.op.Kind, i.op.Object, p)
	}
	return []lockPoint{p}
}

// wait notes that something is waited for which only another goroutine can do.
func (w *lockWalk) wait(instr ssa.Instruction, kind skeleton.Kind, object ssa.Value, p lockPoint) {
	if w.noting && object != nil {
		path := w.c.heldIn(object)
		w.acquired = append(w.acquired, acquisition{instr: instr, path: path, state: p.state, facts: p.facts, node: w.node,
			what: &lockTaking{kind: kind, path: path, at: instr}})
	}
}

// handOver forgets what is known of the locks that a goroutine started here releases.
func (w *lockWalk) handOver(c skeleton.Callee, p *lockPoint) {
	for _, o := range w.c.lockSummary(c.Func).outcomes {
		for _, h := range o.locks {
			if h.releases() {
				path := w.paths.Translate(h.path, c)
				p.state = p.state.doubt(func(mine holding) bool { return mine.path == path || path == nil })
			}
		}
	}
}

// assign follows an assignment.
func (w *lockWalk) assign(s *ssa.Store, fs lockFacts) lockFacts {
	key := w.paths.Content(s.Addr)
	if f := skeleton.AssignedField(s); f != nil {
		for _, old := range fs {
			if p, ok := old.key.(*skeleton.Path); ok && p != key && p.Kind == skeleton.LoadStep && p.Of.Kind == skeleton.FieldStep && p.Of.Field == f {
				fs = fs.without(old.key) // perhaps the same object
			}
		}
	}
	if value, is, ok := w.resultFact(s.Val, fs); ok {
		return fs.with(lockFact{key: key, value: value, is: is, after: true})
	}
	return fs.without(key)
}

// forgetShared forgets what is known of variables that closures assign.
func (w *lockWalk) forgetShared(fs lockFacts) lockFacts {
	for _, f := range fs {
		if p, ok := f.key.(*skeleton.Path); ok && p.Kind == skeleton.LoadStep && p.Of.Of == nil {
			if alloc, ok := p.Of.Root.(*ssa.Alloc); ok && w.c.assignedElsewhere(alloc, w.fn) {
				fs = fs.without(f.key)
			}
		}
	}
	return fs
}

// zeroOf is what a variable holds before it is assigned.
func zeroOf(alloc *ssa.Alloc) string {
	switch t := alloc.Type().Underlying().(*types.Pointer).Elem().Underlying().(type) {
	case *types.Basic:
		switch {
		case t.Info()&types.IsBoolean != 0:
			return "false"
		case t.Info()&types.IsInteger != 0:
			return "0"
		}
	case *types.Pointer, *types.Interface, *types.Signature, *types.Chan, *types.Map, *types.Slice:
		return "nil"
	}
	return ""
}
