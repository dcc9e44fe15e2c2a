package endlessgoroutine

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A duty is what a function owes to its callers' judgement: a call of it starts a goroutine that never ends.
type duty struct {
	start ssa.Instruction // the instruction that starts the goroutine; nil in another package
	place pass.Place      // of the start
	loop  *trap
	goes  string // what is started, in the user's words
	// calls lead from the function to the start, outermost first.
	calls []pass.Step
	// object is set where the goroutine is started once for each of these objects, not at each call: a Parameter of the
	// function, or of the one around a closure.
	object ssa.Value
}

// Bounds of what is kept of a function.
const (
	maxDuties = 8
	maxDepth  = 8
)

// dutiesOf returns the goroutines without end that each call of fn starts, so far as no call on the way proves or refutes
// that it happens again and again.
func (c *checker) dutiesOf(fn *ssa.Function) []duty {
	if d, asked := c.duties[fn]; asked {
		return d
	}
	c.duties[fn] = nil // a recursive call adds nothing
	if len(fn.Blocks) == 0 {
		return nil
	}
	var duties []duty
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			brings := c.dutiesOfCall(call)
			if len(brings) > 0 && !c.counts(instr) {
				continue
			}
			for _, d := range brings {
				if d, kept := c.settle(fn, call, d); kept && !slices.ContainsFunc(duties, d.same) {
					duties = append(duties, d)
				}
			}
		}
	}
	if len(duties) > maxDuties {
		duties = duties[:maxDuties]
		c.Exhausted()
	}
	c.duties[fn] = duties
	return duties
}

func (d duty) same(e duty) bool {
	return d.start == e.start && d.object == e.object && (d.start != nil || *d.place.Foreign == *e.place.Foreign)
}

// dutiesOfCall returns what the call brings with it, in terms of the caller: what it starts itself, and what it calls.
func (c *checker) dutiesOfCall(call ssa.CallInstruction) []duty {
	var duties []duty
	for _, target := range c.started(call) {
		if loop := c.calleeTrap(target); loop != nil {
			duties = append(duties, duty{start: call, place: c.source.Head(call), loop: loop, goes: goes(target)})
		}
		// What the goroutine starts in its turn.
		duties = append(duties, c.inherited(call, target)...)
	}
	if _, isGo := call.(*ssa.Go); isGo {
		return duties
	}
	op := skeleton.OpOf(call)
	if op.Kind == skeleton.OnceDo {
		if len(op.Callee.Args) > 1 {
			for _, d := range c.inherited(call, calleeOfValue(op.Callee.Args[1])) {
				if d, kept := onceFor(d, rootOf(op.Callee.Args[0])); kept {
					duties = append(duties, d)
				}
			}
		}
		return duties
	}
	return append(duties, c.inherited(call, skeleton.CalleeOf(call.Common()))...)
}

// inherited returns the duties of a callee in terms of the caller.
func (c *checker) inherited(call ssa.CallInstruction, callee skeleton.Callee) []duty {
	var duties []duty
	for _, d := range c.calleeDuties(callee) {
		if len(d.calls) >= maxDepth {
			c.Exhausted()
			continue
		}
		d.calls = slices.Concat([]pass.Step{{Place: c.source.Head(call), Message: "calls " + calleeText(callee), Op: "call", Object: calleeText(callee)}}, d.calls)
		duties = append(duties, d)
	}
	return duties
}

// calleeDuties returns the duties of a function of this or another package. An object that the callee gets is replaced by
// what the call hands over.
func (c *checker) calleeDuties(callee skeleton.Callee) []duty {
	var duties []duty
	if fn := callee.Func; fn != nil && len(fn.Blocks) > 0 {
		for _, d := range c.dutiesOf(fn) {
			p, ok := d.object.(*ssa.Parameter)
			if !ok || p.Parent() != fn { // each call, or an object of the function around a closure
				duties = append(duties, d)
				continue
			}
			if i := slices.Index(fn.Params, p); i < len(callee.Args) {
				d.object = nil
				if d, kept := onceFor(d, rootOf(callee.Args[i])); kept {
					duties = append(duties, d)
				}
			}
		}
		return duties
	}
	if callee.Object == nil || callee.Invoke {
		return nil
	}
	s := c.imports.Of(callee.Object)
	if s == nil {
		return nil
	}
	for _, o := range s.Starts {
		d := o.duty()
		if o.Object == 0 {
			duties = append(duties, d)
		} else if o.Object <= len(callee.Args) {
			if d, kept := onceFor(d, rootOf(callee.Args[o.Object-1])); kept {
				duties = append(duties, d)
			}
		}
	}
	return duties
}

// onceFor returns the duty of a start that happens once for an object. An object that is made here is a new one for each
// call; one of the package lives as long as the process; of others nothing is known, but who hands them in.
func onceFor(d duty, object ssa.Value) (duty, bool) {
	switch object := object.(type) {
	case *ssa.Alloc:
		return d, true
	case *ssa.Parameter:
		d.object = object
		return d, true
	}
	return d, false
}

// started returns the functions that a call lets run as a goroutine.
func (c *checker) started(call ssa.CallInstruction) []skeleton.Callee {
	if g, ok := call.(*ssa.Go); ok {
		return []skeleton.Callee{skeleton.CalleeOf(&g.Call)}
	}
	op := skeleton.OpOf(call)
	switch op.Kind {
	case skeleton.WaitGroupGo, skeleton.GroupGo, skeleton.GroupTryGo, skeleton.AfterFunc:
		if n := len(op.Callee.Args); n > 1 {
			return []skeleton.Callee{calleeOfValue(op.Callee.Args[1])}
		}
		return nil
	case skeleton.None:
	default:
		return nil
	}
	var targets []skeleton.Callee
	for _, i := range c.spawns(op.Callee) {
		if i < len(op.Callee.Args) {
			targets = append(targets, calleeOfValue(op.Callee.Args[i]))
		}
	}
	return targets
}

// spawns returns the parameters of a function that it runs as goroutines.
func (c *checker) spawns(callee skeleton.Callee) []int {
	if fn := callee.Func; fn != nil && len(fn.Blocks) > 0 {
		return c.spawnedParams(fn)
	}
	if callee.Object != nil && !callee.Invoke {
		if s := c.imports.Of(callee.Object); s != nil {
			return s.Spawns
		}
	}
	return nil
}

// spawnedParams finds `go f()` and `go func() { f() }()` for a parameter f.
func (c *checker) spawnedParams(fn *ssa.Function) []int {
	if !slices.ContainsFunc(fn.Params, isFunc) {
		return nil
	}
	var params []int
	note := func(v ssa.Value) {
		if p, ok := origin(v).(*ssa.Parameter); ok && p.Parent() == fn {
			if i := slices.Index(fn.Params, p); !slices.Contains(params, i) {
				params = append(params, i)
			}
		}
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			g, ok := instr.(*ssa.Go)
			if !ok {
				continue
			}
			note(g.Call.Value)
			body := skeleton.CalleeOf(&g.Call).Func
			if body == nil || body.Parent() != fn {
				continue
			}
			for _, b := range body.Blocks {
				for _, instr := range b.Instrs {
					if call, ok := instr.(*ssa.Call); ok {
						note(call.Call.Value)
					}
				}
			}
		}
	}
	slices.Sort(params)
	return params
}

func isFunc(p *ssa.Parameter) bool {
	_, ok := p.Type().Underlying().(*types.Signature)
	return ok
}

// calleeOfValue says what a call of a function value without arguments means.
func calleeOfValue(v ssa.Value) skeleton.Callee {
	return skeleton.CalleeOf(&ssa.CallCommon{Value: origin(v)})
}
