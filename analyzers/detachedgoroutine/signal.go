package detachedgoroutine

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A root names an object by what it was reached from: a channel that is a variable, a WaitGroup in a field.
type root struct {
	base      ssa.Value // a parameter, an allocation, a call, a global
	path      string    // the fields from there: ".server.wg"
	handshake bool      // the goroutine receives from it, so whoever sends has met it
	object    bool      // the goroutine calls a method of it, by which it may tell those who have it too
	delivers  bool      // what the goroutine was started for is given to that method: the object is a future
	escapes   bool      // it is kept where others may wait for it
}

// kept reports whether others can find what the goroutine signals by.
func (r root) kept() bool { return (!r.object || r.delivers) && escapes(r.base) }

const maxRootDepth = 24

// rootOf finds what an object was reached from. Variables that hold one thing only stand for that.
func (c *checker) rootOf(v ssa.Value) root {
	r := root{}
	for range maxRootDepth {
		switch x := v.(type) {
		case *ssa.UnOp:
			if x.Op != token.MUL {
				r.base = x
				return r
			}
			v = x.X
		case *ssa.FieldAddr:
			r.path = "." + fieldName(x.X.Type(), x.Field) + r.path
			if only := onlyStored(x); only != nil {
				v, r.path = only, ""
				continue
			}
			v = x.X
		case *ssa.Field:
			r.path = "." + fieldName(x.X.Type(), x.Field) + r.path
			v = x.X
		case *ssa.IndexAddr:
			v = x.X
		case *ssa.Index:
			v = x.X
		case *ssa.Lookup:
			v = x.X
		case *ssa.Slice:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.TypeAssert:
			v = x.X
		case *ssa.Extract:
			v = x.Tuple
		case *ssa.FreeVar:
			binding := irutil.Captured(x)
			if binding == nil {
				r.base = x
				return r
			}
			v = binding
		case *ssa.Alloc:
			only := c.only(x)
			if only == nil {
				r.base = x
				return r
			}
			v = only
		case *ssa.Call:
			if recv := partOf(x); recv != nil {
				v = recv
				continue
			}
			r.base = x
			return r
		default:
			r.base = v
			return r
		}
	}
	return root{}
}

// only returns the one reference that a variable ever holds, or nil.
func (c *checker) only(cell *ssa.Alloc) ssa.Value {
	var only ssa.Value
	for _, use := range *cell.Referrers() {
		switch use := use.(type) {
		case *ssa.Store:
			if use.Addr != cell || only != nil || !isReference(use.Val.Type()) {
				return nil
			}
			only = use.Val
		case *ssa.MakeClosure:
			if stores(use, cell, 0) {
				return nil
			}
		}
	}
	return only
}

// onlyStored returns the one reference that a field of a struct made in this function gets here, or nil.
func onlyStored(at *ssa.FieldAddr) ssa.Value {
	made, ok := at.X.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var only ssa.Value
	for _, use := range *made.Referrers() {
		fa, ok := use.(*ssa.FieldAddr)
		if !ok || fa.Field != at.Field {
			continue
		}
		for _, use := range *fa.Referrers() {
			if s, ok := use.(*ssa.Store); ok && s.Addr == fa {
				if only != nil || !isReference(s.Val.Type()) {
					return nil
				}
				only = s.Val
			}
		}
	}
	return only
}

func isReference(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Chan, *types.Pointer, *types.Interface, *types.Signature:
		return true
	}
	return false
}

// partOf returns the value that the result of a call is a part of: a pipe of its command, the channel of a timer.
func partOf(call *ssa.Call) ssa.Value {
	switch callee := skeleton.CalleeOf(call.Common()); callee.Name() {
	case "(*os/exec.Cmd).StdoutPipe", "(*os/exec.Cmd).StderrPipe", "(*os/exec.Cmd).StdinPipe":
		return callee.Args[0]
	}
	return nil
}

// signalsOfCall lists what the callee of a go statement, or of a call, tells others by: by what they are for the caller.
func (c *checker) signalsOfCall(callee skeleton.Callee) []root {
	var all []root
	if callee.Func != nil && c.local[callee.Func] {
		all = c.substitute(c.signalsOf(callee.Func), callee)
	} else {
		for _, arg := range callee.Args {
			if signalType(arg.Type()) {
				all = append(all, c.rootOf(arg))
			}
		}
	}
	for _, arg := range callee.Args {
		if r := c.rootOf(arg); isPipe(r.base) && !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	for i, r := range all {
		all[i].escapes = r.kept()
	}
	return all
}

// substitute translates roots of the callee to the caller's.
func (c *checker) substitute(roots []root, callee skeleton.Callee) []root {
	var all []root
	for _, r := range roots {
		if p, ok := r.base.(*ssa.Parameter); ok && p.Parent() == callee.Func {
			i := slices.Index(callee.Func.Params, p)
			if i >= len(callee.Args) {
				continue
			}
			outer := c.rootOf(callee.Args[i])
			if outer.base == nil {
				continue
			}
			r.base, r.path = outer.base, outer.path+r.path
		}
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	return all
}

// signalsOf lists what a function, run in a goroutine, tells others by: channels that it sends on or closes, WaitGroups
// that it is counted in, pipes that it uses.
func (c *checker) signalsOf(fn *ssa.Function) []root {
	if fn == nil {
		return nil
	}
	if known, ok := c.signals[fn]; ok {
		return known
	}
	c.signals[fn] = nil
	var all []root
	add := func(v ssa.Value, handshake bool) {
		r := c.rootOf(v)
		if r.base == nil {
			return
		}
		if r.base.Parent() == fn {
			if _, ok := r.base.(*ssa.Parameter); !ok {
				return // its own
			}
		}
		r.handshake = handshake
		r.escapes = r.kept()
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if c.budget--; c.budget <= 0 {
				return all
			}
			switch op := skeleton.OpOf(instr); op.Kind {
			case skeleton.Send, skeleton.Close, skeleton.WaitGroupDone, skeleton.CondSignal, skeleton.CondBroadcast, skeleton.SemaphoreRelease, skeleton.PipeClose, skeleton.PipeWrite:
				add(op.Object, false)
				continue
			case skeleton.Select:
				for _, s := range op.Cases {
					if s.Dir == types.SendOnly {
						add(s.Chan, false)
					}
				}
				continue
			case skeleton.Recv:
				if !irutil.InCycle(b) && !isDone(op.Object) {
					add(op.Object, true)
				}
				continue
			case skeleton.None:
			default:
				continue
			}
			switch i := instr.(type) {
			case *ssa.MakeClosure:
				for _, r := range c.signalsOf(i.Fn.(*ssa.Function)) {
					if owner(r) != fn || isParam(r.base) {
						if !slices.Contains(all, r) {
							all = append(all, r)
						}
					}
				}
			case ssa.CallInstruction:
				callee := skeleton.CalleeOf(i.Common())
				if _, builtin := i.Common().Value.(*ssa.Builtin); builtin {
					break
				}
				if r := c.told(callee); r.base != nil && owner(r) != fn && !slices.Contains(all, r) {
					all = append(all, r)
				}
				for _, r := range c.signalsOfCall(callee) {
					if (owner(r) != fn || isParam(r.base)) && !slices.Contains(all, r) {
						all = append(all, r)
					}
				}
			}
		}
	}
	c.signals[fn] = all
	return all
}

// signalType reports whether an unknown function may use an argument of the type to tell that it has ended.
func signalType(t types.Type) bool {
	if _, ok := t.Underlying().(*types.Chan); ok {
		return true
	}
	name := types.TypeString(t, nil)
	return name == "*sync.WaitGroup" || name == "*sync.Cond" || name == "*golang.org/x/sync/errgroup.Group"
}

// isPipe reports whether an object is an end of a pipe: the other end is part of the same.
func isPipe(base ssa.Value) bool {
	call, ok := base.(*ssa.Call)
	if !ok {
		return false
	}
	switch skeleton.CalleeOf(call.Common()).Name() {
	case "io.Pipe", "net.Pipe", "os.Pipe":
		return true
	}
	return types.TypeString(call.Type(), nil) == "*os/exec.Cmd"
}

// escapes reports whether an object made in a function is returned by it, or kept where others can find it.
func escapes(base ssa.Value) bool {
	switch base.(type) {
	case *ssa.Alloc, *ssa.MakeChan, *ssa.Call:
	default:
		return false
	}
	todo := []ssa.Value{base}
	seen := map[ssa.Value]bool{base: true}
	for i := 0; i < len(todo) && i < 64; i++ {
		add := func(v ssa.Value) {
			if !seen[v] {
				seen[v] = true
				todo = append(todo, v)
			}
		}
		for _, use := range *todo[i].Referrers() {
			switch use := use.(type) {
			case *ssa.Return, *ssa.MapUpdate:
				return true
			case *ssa.Send:
				if use.X == todo[i] {
					return true
				}
			case *ssa.Store:
				if use.Val != todo[i] {
					continue
				}
				if cell, ok := use.Addr.(*ssa.Alloc); ok {
					add(cell)
					continue
				}
				if fa, ok := use.Addr.(*ssa.FieldAddr); ok {
					if made, ok := fa.X.(*ssa.Alloc); ok {
						add(made)
						continue
					}
				}
				if at, ok := use.Addr.(*ssa.IndexAddr); ok {
					if made, ok := at.X.(*ssa.Alloc); ok {
						add(made)
						continue
					}
				}
				return true
			case *ssa.Extract:
				add(use)
			case *ssa.UnOp:
				if use.Op == token.MUL && isReference(use.Type()) {
					add(use)
				}
			case *ssa.ChangeType:
				add(use)
			case *ssa.MakeInterface:
				add(use)
			case *ssa.Slice:
				add(use)
			case *ssa.Phi:
				add(use)
			}
		}
	}
	return false
}
