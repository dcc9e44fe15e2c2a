package goroutineleak

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// calledAgain reports whether a method can be called any number of times for one object: by who imports the package, and in
// a program by who gets the object as an interface of another package, in a loop, or in what others call.
func (w *world) calledAgain(fn *ssa.Function) bool {
	if !w.classes.Callable(fn) {
		return false
	}
	if w.Pkg.Name() != "main" || w.givenAsInterface(fn) {
		return true
	}
	paths := skeleton.NewPaths()
	sites, _ := w.classes.RunBy(fn)
	return slices.ContainsFunc(sites, func(s skeleton.Site) bool {
		args := skeleton.CalleeOf(s.Instr.Common()).Args
		if len(args) == 0 {
			return true
		}
		object := paths.Of(args[0])
		if ofSeveral(object) {
			return false // another one each time
		}
		if made, ok := object.Base().(ssa.Instruction); ok && made.Parent() == s.In {
			return w.repeats(s.Instr.Block(), made.Block())
		}
		_, all := w.classes.RunBy(s.In)
		return !all || w.repeats(s.Instr.Block(), nil)
	})
}

// ofSeveral reports whether a path leads through an element of a slice, an array or a map that is not always the same one.
func ofSeveral(p *skeleton.Path) bool {
	for ; p.Of != nil; p = p.Of {
		if _, variable := p.Index.(*skeleton.Path); variable && p.Kind == skeleton.ElemStep {
			return true
		}
	}
	return false
}

// givenAsInterface reports whether an object of a method's type becomes an interface that another package declares, or one
// without a name, through which code that is not seen can call the method.
func (w *world) givenAsInterface(fn *ssa.Function) bool {
	owner := irutil.NamedOf(fn.Signature.Recv().Type())
	if owner == nil {
		return true
	}
	for _, in := range w.fns {
		for _, b := range in.Blocks {
			for _, instr := range b.Instrs {
				made, ok := instr.(*ssa.MakeInterface)
				if !ok {
					continue
				}
				if from := irutil.NamedOf(made.X.Type()); from == nil || from.Origin() != owner.Origin() {
					continue
				}
				if named, ok := types.Unalias(made.Type()).(*types.Named); !ok || named.Obj().Pkg() != w.Pkg {
					return true
				}
			}
		}
	}
	return false
}
