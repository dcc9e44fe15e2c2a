package goroutineleak

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// calledParam returns the parameter of its function that an instruction calls, or nil.
func calledParam(instr ssa.CallInstruction) *ssa.Parameter {
	p, _ := instr.Common().Value.(*ssa.Parameter)
	return p
}

// given returns the function that a call gives for a parameter of its callee, or nil where that is not known.
func given(instr ssa.CallInstruction, p *ssa.Parameter) *ssa.Function {
	callee := skeleton.CalleeOf(instr.Common())
	i := slices.Index(p.Parent().Params, p)
	if callee.Func != p.Parent() || i < 0 || i >= len(callee.Args) {
		return nil
	}
	switch v := callee.Args[i].(type) {
	case *ssa.MakeClosure:
		return skeleton.Normal(v.Fn.(*ssa.Function)) // a method value is its method
	case *ssa.Function:
		return skeleton.Normal(v)
	}
	return nil
}

// during makes the search know which functions the root of a thread was given to call.
func (s *search) during(t thread) *search {
	s.bound = nil
	if t.start == nil {
		return s
	}
	for _, p := range t.root.Params {
		if fn := given(t.start, p); fn != nil {
			if s.bound == nil {
				s.bound = make(map[*ssa.Parameter]*ssa.Function)
			}
			s.bound[p] = fn
		}
	}
	return s
}

// runs lists what a call runs in this thread: one function, where it calls a parameter of the thread's root that is known.
func (s *search) runs(call ssa.CallInstruction) (sites []skeleton.Site, all bool) {
	sites, all = s.w.classes.Runs(call)
	fn, known := s.bound[calledParam(call)]
	if !known {
		return sites, all
	}
	return slices.DeleteFunc(slices.Clone(sites), func(site skeleton.Site) bool { return site.Fn != fn }), all
}
