package goroutineleak

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// An end is one of the two of a pipe.
type end int

const (
	readEnd end = iota
	writeEnd
)

// A pipeAct is what an instruction does with an end of a pipe.
type pipeAct uint8

const (
	pipeUsed   pipeAct = iota // read from or written to, and kept by nobody
	pipeClosed                // closed, now or when the function returns
	pipeGone                  // whoever has it from now on is not known
)

// A pipeUse is an instruction of a thread that does something with an end.
type pipeUse struct {
	end   end
	fn    *ssa.Function // whose thread it is
	instr ssa.Instruction
	act   pipeAct
	// inner is the call within a callee or deferred closure for which instr stands, or instr itself.
	inner ssa.Instruction
	// receiver is set where inner calls a method of the end, or of what wraps it.
	receiver bool
}

// pipeUses are the uses of the ends of one pipe, which is made in owner.
type pipeUses struct {
	owner  *ssa.Function
	uses   []pipeUse
	starts map[*ssa.Function]ssa.Instruction // what starts the goroutines
	seen   map[pipeSeen]bool
	steps  int
	lost   bool // something was too hard to follow
}

type pipeSeen struct {
	value ssa.Value
	fn    *ssa.Function
	site  ssa.Instruction
	end   end
}

// A pipeHolder is where a value is followed: in a function that runs as a part of a thread.
type pipeHolder struct {
	end  end
	fn   *ssa.Function   // the function that the goroutine runs, or the owner
	site ssa.Instruction // of fn, where the code at hand is that of something it calls or defers
	// wraps says what the value is: the end itself, something that reads or writes it when it is used, or a request whose
	// body it is.
	wraps wrapping
	depth int
}

type wrapping uint8

const (
	itself wrapping = iota
	wrapped
	request
)

// Bounds of the search for the uses of a pipe.
const (
	pipeBudget = 2000
	pipeDepth  = 4
)

func (u *pipeUses) note(h pipeHolder, instr ssa.Instruction, act pipeAct) {
	u.add(h, instr, act, false)
}

func (u *pipeUses) add(h pipeHolder, instr ssa.Instruction, act pipeAct, receiver bool) {
	at := instr
	if h.site != nil {
		at = h.site
	}
	u.uses = append(u.uses, pipeUse{h.end, h.fn, at, act, instr, receiver})
}

// follow finds the uses of a value that is an end of the pipe.
func (u *pipeUses) follow(v ssa.Value, h pipeHolder) {
	key := pipeSeen{v, h.fn, h.site, h.end}
	if u.seen[key] || v.Referrers() == nil {
		return
	}
	u.seen[key] = true
	if u.steps++; u.steps > pipeBudget || h.depth > pipeDepth {
		u.lost = true
		return
	}
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.BinOp:
		case *ssa.MakeInterface, *ssa.ChangeInterface, *ssa.ChangeType:
			u.follow(use.(ssa.Value), h)
		case *ssa.Extract:
			if use.Index == 0 {
				u.follow(use, h)
			}
		case *ssa.Store:
			if cell, ok := use.Addr.(*ssa.Alloc); ok && use.Val == v {
				u.variable(cell, use, h)
			} else {
				u.note(h, use, pipeGone)
			}
		case *ssa.FieldAddr:
			if f := irutil.FieldOf(use.X.Type(), use.Field); h.wraps != request || f == nil || f.Name() == "Body" {
				u.note(h, use, pipeGone)
			}
		case ssa.CallInstruction:
			u.call(use, v, h)
		default:
			u.note(h, use, pipeGone)
		}
	}
}

// variable follows what is kept in a variable: only where nothing else ever is.
func (u *pipeUses) variable(addr ssa.Value, by *ssa.Store, h pipeHolder) {
	key := pipeSeen{addr, h.fn, h.site, h.end}
	if u.seen[key] || addr.Referrers() == nil {
		return
	}
	u.seen[key] = true
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
			u.follow(use, h)
		case *ssa.Store:
			u.lost = u.lost || use != by
		case *ssa.MakeClosure:
			fn, ok := use.Fn.(*ssa.Function)
			i := slices.Index(use.Bindings, addr)
			if !ok || i < 0 || i >= len(fn.FreeVars) {
				u.lost = true
				return
			}
			u.closure(use, fn, h, func(h pipeHolder) { u.variable(fn.FreeVars[i], nil, h) })
		default:
			u.lost = true
		}
	}
}

// closure follows an end into a function literal that has it.
func (u *pipeUses) closure(made *ssa.MakeClosure, fn *ssa.Function, h pipeHolder, into func(pipeHolder)) {
	for _, use := range *made.Referrers() {
		switch call := use.(type) {
		case *ssa.DebugRef:
			continue
		case *ssa.Go:
			if call.Call.Value == made {
				into(u.thread(fn, call, h))
				continue
			}
		case *ssa.Defer, *ssa.Call:
			op := skeleton.OpOf(use)
			switch {
			case op.Kind == skeleton.WaitGroupGo || op.Kind == skeleton.GroupGo:
				into(u.thread(fn, use, h))
				continue
			case use.(ssa.CallInstruction).Common().Value == made:
				into(u.inside(use, h))
				continue
			}
		}
		u.note(h, use, pipeGone)
	}
}

// thread is where what fn has is followed, which runs as a goroutine of its own.
func (u *pipeUses) thread(fn *ssa.Function, start ssa.Instruction, h pipeHolder) pipeHolder {
	if other := u.starts[fn]; other != nil && other != start {
		u.lost = true // there are several
	}
	u.starts[fn] = start
	return pipeHolder{end: h.end, fn: fn, wraps: h.wraps, depth: h.depth + 1}
}

// inside is where what is called is followed.
func (u *pipeUses) inside(call ssa.Instruction, h pipeHolder) pipeHolder {
	h.depth++
	if h.site == nil {
		h.site = call
	}
	return h
}

// call says what a call does with an end that it is given.
func (u *pipeUses) call(instr ssa.CallInstruction, v ssa.Value, h pipeHolder) {
	call := instr.Common()
	callee := skeleton.CalleeOf(call)
	arg := slices.Index(callee.Args, v)
	_, started := instr.(*ssa.Go)
	switch {
	case arg < 0 || callee.Object == nil && callee.Func == nil:
		u.note(h, instr, pipeGone)
		return
	case h.wraps == request:
		if arg != 0 || callee.Object == nil || callee.Object.Signature().Recv() == nil || callee.Object.Signature().Results().Len() > 0 {
			u.note(h, instr, pipeGone)
		}
		return
	case callee.Func != nil && len(callee.Func.Blocks) > 0 && len(callee.Func.Params) > arg:
		if started {
			u.follow(callee.Func.Params[arg], u.thread(callee.Func, instr, h))
		} else {
			u.follow(callee.Func.Params[arg], u.inside(instr, h))
		}
		return
	case started || callee.Object == nil:
		u.note(h, instr, pipeGone)
		return
	}
	name := callee.Name()
	if made, ok := instr.(*ssa.Call); ok {
		if slices.Contains(skeleton.WrapsEnd(name), arg) {
			u.follow(made, pipeHolder{h.end, h.fn, h.site, wrapped, h.depth})
			return
		}
		if name == "net/http.NewRequest" || name == "net/http.NewRequestWithContext" {
			u.follow(made, pipeHolder{h.end, h.fn, h.site, request, h.depth})
			return
		}
	}
	method := callee.Object.Name()
	recv := callee.Object.Signature().Recv() != nil
	switch {
	case recv && arg == 0 && h.wraps == itself && (method == "Close" || method == "CloseWithError"):
		u.note(h, instr, pipeClosed)
	case h.wraps == wrapped, recv && arg == 0, onlyUses(callee, arg):
		u.add(h, instr, pipeUsed, recv && arg == 0)
	default:
		u.note(h, instr, pipeGone)
	}
}

// onlyUses reports whether a function that is not seen gets no more than a reader or a writer: it cannot close it.
func onlyUses(callee skeleton.Callee, arg int) bool {
	sig := callee.Object.Signature()
	if sig.Recv() != nil {
		arg--
	}
	if arg < 0 || arg >= sig.Params().Len() || sig.Variadic() && arg == sig.Params().Len()-1 {
		return false
	}
	t, ok := sig.Params().At(arg).Type().Underlying().(*types.Interface)
	if !ok || t.NumMethods() == 0 {
		return false
	}
	for m := range t.Methods() {
		if m.Name() == "Close" || m.Name() == "CloseWithError" {
			return false
		}
	}
	return true
}
