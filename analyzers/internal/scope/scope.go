// Package scope tells which contexts are at hand at an instruction: those that the code there could pass on, because a
// parameter of its function is one or carries one. It also tells where code is meant to run without them: in goroutines,
// deferred functions, and after the context has ended.
package scope

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A Context is a context at hand.
type Context struct {
	// Param is the parameter that is or carries the context. It may belong to a function around the one asked about.
	Param *ssa.Parameter
	// Text is how the source writes the context: "ctx", "r.Context()", "c.Request.Context()"; or what it is, where its
	// parameter has no name: "the request's context".
	Text string
	// Plain tells that the parameter itself can be passed on as a context.Context.
	Plain bool
}

// An Info answers questions about one package. It is not safe for concurrent use.
type Info struct {
	fns    []*ssa.Function
	callee map[*ssa.Function][]ssa.CallInstruction // calls by name in the package
	value  map[*ssa.Function]bool                  // used other than by calling it
	invoke map[string]bool                         // names of methods called through an interface
	local  map[*ssa.Function]bool
	made   map[*ssa.Function]ssa.Value // the closure, by its function
	runs   map[*ssa.Function]How
	main   bool
}

// New looks at a package, and takes no notice of what stands at places to ignore.
func New(in *buildssa.SSA, ignore func(token.Pos) bool) *Info {
	s := &Info{
		callee: make(map[*ssa.Function][]ssa.CallInstruction),
		value:  make(map[*ssa.Function]bool),
		invoke: make(map[string]bool),
		local:  make(map[*ssa.Function]bool),
		made:   make(map[*ssa.Function]ssa.Value),
		runs:   make(map[*ssa.Function]How),
		main:   in.Pkg.Pkg.Name() == "main",
	}
	for _, fn := range irutil.Functions(in) {
		if !ignore(fn.Pos()) {
			s.fns = append(s.fns, fn)
			s.local[fn] = true
		}
	}
	for _, fn := range s.fns {
		s.index(fn)
	}
	return s
}

func (s *Info) index(fn *ssa.Function) {
	var operands [10]*ssa.Value
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			var called ssa.Value
			switch instr := instr.(type) {
			case *ssa.MakeClosure:
				s.made[instr.Fn.(*ssa.Function)] = instr
				called = instr.Fn
				if irutil.IsBound(instr.Fn.(*ssa.Function)) && !onlyCalled(instr) {
					s.value[skeleton.Normal(instr.Fn.(*ssa.Function))] = true
				}
			case ssa.CallInstruction:
				common := instr.Common()
				called = common.Value
				if common.IsInvoke() {
					s.invoke[common.Method.Name()] = true
				}
				if c := skeleton.CalleeOf(common); c.Func != nil && s.local[c.Func] {
					s.callee[c.Func] = append(s.callee[c.Func], instr)
				}
			}
			for _, op := range instr.Operands(operands[:0]) {
				if f, ok := (*op).(*ssa.Function); ok && *op != called {
					s.value[skeleton.Normal(f)] = true
				}
			}
		}
	}
}

// onlyCalled reports whether a function value is called where it is made, and nothing else.
func onlyCalled(v ssa.Value) bool {
	for _, use := range *v.Referrers() {
		if call, ok := use.(ssa.CallInstruction); !ok || call.Common().Value != v {
			return false
		}
	}
	return true
}

// Functions are the functions of the package that are not ignored.
func (s *Info) Functions() []*ssa.Function { return s.fns }

// Local reports whether a function is one of those.
func (s *Info) Local(fn *ssa.Function) bool { return s.local[fn] }

// Callers returns the calls of a named function in the package. all is false if there may be others.
func (s *Info) Callers(fn *ssa.Function) (calls []ssa.CallInstruction, all bool) {
	calls = s.callee[fn]
	obj := fn.Object()
	switch {
	case obj == nil || len(calls) == 0 || s.value[fn]:
		return calls, false
	case fn.Signature.Recv() != nil:
		return calls, !obj.Exported() && !s.invoke[obj.Name()]
	}
	return calls, !obj.Exported() || s.main
}

// At returns the contexts at hand at an instruction: those of its function's parameters first, a context.Context before
// what carries one; then, where the function is a closure that runs at once, those of the function around it.
func (s *Info) At(instr ssa.Instruction) []Context {
	var all []Context
	for fn := instr.Parent(); fn != nil; fn = fn.Parent() {
		all = append(all, Of(fn)...)
		if fn.Parent() == nil || s.Runs(fn) != AtOnce {
			break
		}
	}
	return all
}

// Of returns the contexts among the parameters of a function, a context.Context before what carries one. One that has no
// name is none.
func Of(fn *ssa.Function) []Context {
	var plain, carried []Context
	params := fn.Params
	if fn.Signature.Recv() != nil && len(params) > 0 {
		params = params[1:]
	}
	for _, p := range params {
		obj, ok := p.Object().(*types.Var)
		if !ok || obj == nil {
			continue
		}
		if obj.Name() == "" || obj.Name() == "_" {
			if text := unnamed(p.Type()); text != "" {
				carried = append(carried, Context{p, text, false})
			}
			continue
		}
		if irutil.IsContext(p.Type()) {
			plain = append(plain, Context{p, obj.Name(), true})
		} else if suffix, ok := Carries(p.Type()); ok {
			carried = append(carried, Context{p, obj.Name() + suffix, suffix == ""})
		}
	}
	return append(plain, carried...)
}

// unnamed is what to call the context of a request or stream whose parameter has no name. A handler must take it, so that is
// no word about its context, as "_ context.Context" is.
func unnamed(t types.Type) string {
	switch handlers.RoleOf(t) {
	case handlers.Request, handlers.GinContext, handlers.EchoContext, handlers.FiberCtx:
		return "the request's context"
	case handlers.ServeStream:
		if hasContextMethod(t) {
			return "the stream's context"
		}
	}
	return ""
}

// Carries reports whether a value of the type carries a context, and what to write behind its name to get it.
func Carries(t types.Type) (suffix string, ok bool) {
	switch handlers.RoleOf(t) {
	case handlers.Context:
		return "", true
	case handlers.Request, handlers.ServeStream:
		if !hasContextMethod(t) {
			return "", false // a stream of Connect, whose handler has a context as well
		}
		return ".Context()", true
	case handlers.GinContext:
		return ".Request.Context()", true
	case handlers.EchoContext:
		return ".Request().Context()", true
	case handlers.FiberCtx:
		if _, isInterface := t.Underlying().(*types.Interface); isInterface {
			return ".Context()", true // from v3 on
		}
		return ".UserContext()", true
	}
	if isClientStream(t) {
		return ".Context()", true
	}
	return "", Implements(t)
}

func hasContextMethod(t types.Type) bool {
	m, _, _ := types.LookupFieldOrMethod(t, true, nil, "Context")
	fn, ok := m.(*types.Func)
	return ok && fn.Signature().Params().Len() == 0 && fn.Signature().Results().Len() == 1 && irutil.IsContext(fn.Signature().Results().At(0).Type())
}

// isClientStream reports whether t is an interface with the methods of grpc.Stream: Context, SendMsg and RecvMsg.
func isClientStream(t types.Type) bool {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok || !hasContextMethod(t) {
		return false
	}
	found := 0
	for m := range iface.Methods() {
		if name := m.Name(); name == "SendMsg" || name == "RecvMsg" {
			found++
		}
	}
	return found == 2
}

// Implements reports whether t is a type of the user's or a library's that implements context.Context.
func Implements(t types.Type) bool {
	for _, m := range [...]struct{ name, want string }{
		{"Deadline", ":time.Time,bool"},
		{"Done", ":<-chan struct{}"},
		{"Err", ":error"},
		{"Value", "any:any"},
	} {
		obj, _, _ := types.LookupFieldOrMethod(t, false, nil, m.name)
		fn, ok := obj.(*types.Func)
		if !ok || typesOf(fn.Signature().Params())+":"+typesOf(fn.Signature().Results()) != m.want {
			return false
		}
	}
	return true
}

func typesOf(t *types.Tuple) string {
	var parts []string
	for v := range t.Variables() {
		parts = append(parts, types.TypeString(v.Type(), nil))
	}
	return strings.ReplaceAll(strings.Join(parts, ","), "interface{}", "any")
}
