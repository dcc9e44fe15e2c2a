package goroutineleak

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// An effect is what an instruction does about the duty to release something.
type effect uint8

const (
	keeps     effect = iota // nothing
	transfers               // somebody else has it from now on, or it is released
	// transfersIfNil is a call that hands the object on to code that is not known. By convention a callee that
	// returns an error has kept nothing.
	transfersIfNil
)

// A holder is a value whose owner has the duty to release.
type holder struct {
	// function is set where the holder is the function to be called. Otherwise it is a pointer to an object of type typ
	// that is released by running one of the functions.
	function bool
	typ      types.Type
	release  map[*ssa.Function]bool
	// field is the field of the object that has the duty, and inner how it is released; field.typ is nil for an object
	// that is itself what is released.
	field fieldKey
	inner *holder
	// built is set for objects that the function makes itself, to be returned when they are complete.
	built bool
}

// A tracker finds out what the instructions of one function do about one duty.
type tracker struct {
	c       *checker
	fn      *ssa.Function
	effects map[ssa.Instruction]effect
	// values are those that hold the duty, for conditions on them.
	values map[ssa.Value]*holder
	cells  map[*ssa.Alloc]bool
	steps  int
	depth  int // of objects within objects
	// escapes is set when there is any effect.
	escapes bool
}

// maxOwners bounds how deep objects are followed into the objects that refer to them.
const maxOwners = 3

// trackBudget bounds the values that are followed for one duty.
const trackBudget = 4000

func newTracker(c *checker, fn *ssa.Function) *tracker {
	return &tracker{c: c, fn: fn, effects: make(map[ssa.Instruction]effect), values: make(map[ssa.Value]*holder), cells: make(map[*ssa.Alloc]bool)}
}

func (t *tracker) mark(instr ssa.Instruction, e effect) {
	if e == keeps {
		return
	}
	t.escapes = true
	if old := t.effects[instr]; old != transfers {
		t.effects[instr] = e
	}
}

// value follows the uses of a value that holds the duty.
func (t *tracker) value(v ssa.Value, h *holder) {
	if t.values[v] != nil || v.Referrers() == nil {
		return
	}
	if t.steps++; t.steps > trackBudget {
		t.escapes = true
		return
	}
	t.values[v] = h
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.BinOp, *ssa.If:
		case *ssa.Phi, *ssa.ChangeType:
			t.value(use.(ssa.Value), h)
		case *ssa.MakeInterface:
			t.boxed(use, h)
		case ssa.CallInstruction:
			t.mark(use, t.call(use, v, h))
		case *ssa.Store:
			if use.Val == v {
				t.store(use, h)
			} else if h.function {
				t.mark(use, transfers)
			}
		case *ssa.FieldAddr:
			t.fieldAddr(use, h)
		case *ssa.MakeClosure:
			t.bound(use, h)
		case *ssa.UnOp:
			// The object is copied.
			if use.Op == token.MUL {
				t.mark(use, transfers)
			}
		default:
			t.mark(use, transfers)
		}
	}
}

// boxed follows a holder that was put into an interface: whoever gets it can only call its methods.
func (t *tracker) boxed(v *ssa.MakeInterface, h *holder) {
	if h.function || h.typ == nil || capable(v.Type(), h.typ, h.release) {
		t.value(v, &holder{function: true}) // any use hands it on
		return
	}
	for _, use := range *v.Referrers() {
		switch use.(type) {
		case ssa.CallInstruction, *ssa.DebugRef, *ssa.BinOp:
		default:
			t.mark(use, transfers)
		}
	}
}

// store follows a duty into a variable or an object of the function's own.
func (t *tracker) store(s *ssa.Store, h *holder) {
	switch addr := s.Addr.(type) {
	case *ssa.Alloc:
		t.cell(addr, h)
		return
	case *ssa.FieldAddr:
		key, base, ok := fieldOf(addr)
		if !ok {
			break
		}
		if owner, ok := base.(*ssa.Alloc); ok && !t.c.reach.others[key] && t.unshared(owner, s, key, h) {
			t.value(owner, t.ownerOf(key, h))
			return
		}
	}
	t.mark(s, transfers)
}

// ownerOf is the holder that an object becomes by having h in its field.
func (t *tracker) ownerOf(key fieldKey, h *holder) *holder {
	return &holder{typ: key.typ.Type(), field: key, inner: h, release: t.c.releasersOf(key, h), built: true}
}

// unshared reports whether nobody who could release the duty has got hold of the object before it is stored there.
func (t *tracker) unshared(owner *ssa.Alloc, s *ssa.Store, key fieldKey, h *holder) bool {
	if t.depth > maxOwners {
		return false
	}
	before := newTracker(t.c, t.fn)
	before.depth = t.depth + 1
	before.value(owner, t.ownerOf(key, h))
	for instr, e := range before.effects {
		if _, returns := instr.(*ssa.Return); !returns && e == transfers && precedes(instr, s) {
			return false
		}
	}
	return true
}

// cell follows a duty in a variable that closures capture.
func (t *tracker) cell(addr *ssa.Alloc, h *holder) {
	if t.cells[addr] {
		return
	}
	t.cells[addr] = true
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.Store:
			if use.Addr != addr {
				t.mark(use, transfers)
			}
		case *ssa.UnOp:
			t.value(use, h)
		case *ssa.MakeClosure:
			t.closure(use, addr, h)
		case *ssa.DebugRef:
		default:
			t.mark(use, transfers)
		}
	}
}

// bound is closure for a value that a closure has by value: the receiver of a method value.
func (t *tracker) bound(mc *ssa.MakeClosure, h *holder) {
	fn := mc.Fn.(*ssa.Function)
	if irutil.IsBound(fn) && !h.function && !h.release[skeleton.Normal(fn)] {
		return
	}
	t.closureRuns(mc)
}

// closure follows a duty into a closure that captures the variable.
func (t *tracker) closure(mc *ssa.MakeClosure, cell ssa.Value, h *holder) {
	fn := mc.Fn.(*ssa.Function)
	if !h.function && h.release[fn] {
		t.closureRuns(mc)
		return
	}
	for i, b := range mc.Bindings {
		if b == cell && t.c.takes(fn, fn.FreeVars[i], h) {
			t.closureRuns(mc)
		}
	}
}

// closureRuns marks where a closure that takes over the duty runs, or where it is handed to somebody.
func (t *tracker) closureRuns(mc *ssa.MakeClosure) {
	for _, use := range *mc.Referrers() {
		t.mark(use, transfers)
	}
}

// fieldAddr follows a field of an object that has the duty.
func (t *tracker) fieldAddr(addr *ssa.FieldAddr, h *holder) {
	key, _, ok := fieldOf(addr)
	if h.function {
		t.mark(addr, transfers)
		return
	}
	if !ok || h.field.typ == nil || key != h.field {
		return
	}
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.UnOp:
			t.value(use, h.inner)
		case *ssa.Store, *ssa.DebugRef:
		default:
			t.mark(use, transfers)
		}
	}
}

// call says what a call does with a holder that it uses.
func (t *tracker) call(call ssa.CallInstruction, v ssa.Value, h *holder) effect {
	common := call.Common()
	if h.function && common.Value == v && !common.IsInvoke() {
		return transfers
	}
	callee := skeleton.CalleeOf(common)
	if callee.Func == nil || len(callee.Func.Blocks) == 0 {
		if _, builtin := common.Value.(*ssa.Builtin); builtin {
			return transfers
		}
		// Another method of the object itself, in its own package.
		if callee.Func != nil && callee.Func.Signature.Recv() != nil && len(callee.Args) > 0 && callee.Args[0] == v && !slices.Contains(callee.Args[1:], v) && !h.function && !h.release[callee.Func] {
			return keeps
		}
		if plain, ok := call.(*ssa.Call); ok && h.built && errorOf(plain) != nil {
			return transfersIfNil
		}
		return transfers
	}
	if !h.function && h.release[callee.Func] {
		return transfers
	}
	for i, arg := range callee.Args {
		if arg == v && i < len(callee.Func.Params) && t.c.takes(callee.Func, callee.Func.Params[i], h) {
			return transfers
		}
	}
	return keeps
}

// A taken is a question to takes.
type taken struct {
	v        ssa.Value
	function bool
	field    fieldKey
}

// takes reports whether a function of the package may release or hand on what one of its parameters or free variables
// holds. While the same is being asked, as in a recursion, it does not.
func (c *checker) takes(fn *ssa.Function, v ssa.Value, h *holder) bool {
	key := taken{v, h.function, h.field}
	if answer, asked := c.taken[key]; asked {
		return answer
	}
	c.taken[key] = false
	t := newTracker(c, fn)
	if free, ok := v.(*ssa.FreeVar); ok {
		t.free(free, h)
	} else {
		t.value(v, h)
	}
	c.taken[key] = t.escapes
	return t.escapes
}

// free follows the variable that a free variable is the address of.
func (t *tracker) free(v *ssa.FreeVar, h *holder) {
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.Store:
			if use.Addr != v {
				t.mark(use, transfers)
			}
		case *ssa.UnOp:
			t.value(use, h)
		case *ssa.MakeClosure:
			t.closure(use, v, h)
		case *ssa.DebugRef:
		default:
			t.mark(use, transfers)
		}
	}
}

// releasersOf returns the functions that can come to release what is in the field.
func (c *checker) releasersOf(key fieldKey, h *holder) map[*ssa.Function]bool {
	if fns, known := c.releasers[key]; known {
		return fns
	}
	c.releasers[key] = nil // while this is being asked: a structure that refers to itself
	var direct []*ssa.Function
	for _, load := range c.reach.loads[key] {
		if load.Parent() != nil && c.mayRelease(load, h) {
			direct = append(direct, load.Parent())
		}
	}
	c.releasers[key] = c.reach.to(direct)
	return c.releasers[key]
}

// mayRelease reports whether a value that was read from a field may be released, or handed on, where it is read.
func (c *checker) mayRelease(v ssa.Value, h *holder) bool {
	t := newTracker(c, v.Parent())
	t.value(v, h)
	return t.escapes
}

// precedes reports whether a can run before b.
func precedes(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() {
		for _, instr := range a.Block().Instrs {
			switch instr {
			case a:
				return true
			case b:
				// Only around a loop, in which the object is another one.
				return false
			}
		}
	}
	seen := make(map[*ssa.BasicBlock]bool)
	todo := []*ssa.BasicBlock{a.Block()}
	for len(todo) > 0 {
		block := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, next := range block.Succs {
			if next == b.Block() {
				return true
			}
			if !seen[next] {
				seen[next] = true
				todo = append(todo, next)
			}
		}
	}
	return false
}

// errorOf returns the error that a call returns as its last result, or nil.
func errorOf(call *ssa.Call) ssa.Value {
	results := call.Call.Signature().Results()
	if results.Len() == 0 || !irutil.IsError(results.At(results.Len()-1).Type()) {
		return nil
	}
	if results.Len() == 1 {
		return call
	}
	for _, use := range *call.Referrers() {
		if e, ok := use.(*ssa.Extract); ok && e.Index == results.Len()-1 {
			return e
		}
	}
	return nil
}
