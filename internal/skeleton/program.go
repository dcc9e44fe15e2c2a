package skeleton

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A Program holds the reduced graphs of a package, made when they are asked for. It is not safe for concurrent use.
type Program struct {
	pkg     *ssa.Package
	ends    func(ssa.Instruction) bool
	types   typeTable
	funcs   map[*ssa.Function]*Func
	matters map[*ssa.Function]bool
	methods map[string]bool // names of methods that matter
	makes   map[*ssa.Function]bool
	tracked map[types.Type]bool
	owners  []*ssa.Function // the functions that own primitives, in their order
	// callers holds who calls a function, and binders who makes a closure of it.
	callers, binders map[*ssa.Function][]*ssa.Function
	fns              []*ssa.Function
	used             *uses
	possible         map[*ssa.Function]map[*ssa.BasicBlock]bool
	pipes            *pipeEnds // nil where no pipe is made
}

// NewProgram returns the graphs of a package. fns are its functions, and ends reports calls that never return.
func NewProgram(pkg *ssa.Package, fns []*ssa.Function, ends func(ssa.Instruction) bool) *Program {
	p := &Program{
		pkg:     pkg,
		ends:    ends,
		funcs:   make(map[*ssa.Function]*Func),
		matters: make(map[*ssa.Function]bool),
		methods: make(map[string]bool),
		makes:   make(map[*ssa.Function]bool),
		tracked: make(map[types.Type]bool),
		callers: make(map[*ssa.Function][]*ssa.Function),
		binders: make(map[*ssa.Function][]*ssa.Function),

		fns:      fns,
		possible: make(map[*ssa.Function]map[*ssa.BasicBlock]bool),
	}
	p.pipes = findPipeEnds(fns)
	p.findMatters(fns)
	return p
}

// TypeOf returns the shape of a type.
func (p *Program) TypeOf(t types.Type) *Type { return p.types.of(t) }

// Func returns the graph of a function, or nil if it has no body here.
func (p *Program) Func(fn *ssa.Function) *Func {
	f := p.ref(fn)
	if f == nil {
		return nil
	}
	f.build()
	return f
}

// ref is Func without making the graph yet.
func (p *Program) ref(fn *ssa.Function) *Func {
	if fn == nil || len(fn.Blocks) == 0 {
		return nil
	}
	f := p.funcs[fn]
	if f == nil {
		f = &Func{SSA: fn, prog: p, Name: FuncName(fn), Recover: -1}
		p.funcs[fn] = f
	}
	return f
}

// Ready makes the graph of f if it is not made yet, and returns f.
func (f *Func) Ready() *Func {
	f.build()
	return f
}

// Method returns the method of a dynamic type, the pointer to t if pointer is set, or nil if it has no body here.
func (p *Program) Method(t *Type, pointer bool, name string) *Func {
	if t == nil || t.named == nil || t.named.Obj().Pkg() != p.pkg.Pkg {
		return nil
	}
	var typ types.Type = t.named
	if pointer {
		typ = types.NewPointer(typ)
	}
	sel := p.pkg.Prog.MethodSets.MethodSet(typ).Lookup(p.pkg.Pkg, name)
	if sel == nil {
		return nil
	}
	if len(sel.Index()) != 1 {
		// Of an embedded field: a wrapper goes there.
		if t.named.TypeParams().Len() > 0 {
			return nil
		}
		if fn := p.pkg.Prog.MethodValue(sel); fn != nil && (fn.Pkg == nil || fn.Pkg == p.pkg) {
			return p.Func(fn)
		}
		return nil
	}
	m, ok := sel.Obj().(*types.Func)
	if !ok {
		return nil
	}
	fn := p.pkg.Prog.FuncValue(m.Origin())
	if fn == nil {
		return nil
	}
	_, wantsPointer := types.Unalias(m.Signature().Recv().Type()).(*types.Pointer)
	if wantsPointer != pointer {
		return nil
	}
	return p.Func(fn)
}

// FuncName returns a function's name as users write it: F, (*T).M, or for closures that of the function around them.
func FuncName(fn *ssa.Function) string {
	fn = irutil.Outermost(fn)
	recv := fn.Signature.Recv()
	if recv == nil {
		return fn.Name()
	}
	t := types.TypeString(recv.Type(), func(*types.Package) string { return "" })
	if i := strings.IndexByte(t, '['); i > 0 {
		t = t[:i]
	}
	if strings.HasPrefix(t, "*") {
		return "(" + t + ")." + fn.Name()
	}
	return t + "." + fn.Name()
}
