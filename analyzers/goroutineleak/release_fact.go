package goroutineleak

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/skeleton"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// startsFact tells importers of a constructor whose object has a goroutine that only some of its methods end.
type startsFact struct {
	Stop     string   // the method to call
	Releases []string // all methods that can come to end the goroutine, sorted
	Start    wire.Pos // the go statement
}

func (*startsFact) AFact() {}

func (f *startsFact) String() string { return "starts a goroutine until " + f.Stop }

// exportStarter tells importers of an exported constructor.
func (c *checker) exportStarter(fn *ssa.Function, s *starter) {
	obj, ok := fn.Object().(*types.Func)
	if c.tests || !ok || !obj.Exported() || !s.typ.Exported() || !token.IsExported(s.stop) || c.IsTest(fn.Pos()) {
		return
	}
	fact := &startsFact{Stop: s.stop}
	if fact.Start, ok = c.WirePlace(s.start); !ok {
		return
	}
	for f := range s.release {
		if recv := f.Signature.Recv(); recv != nil && typeName(recv.Type()) == s.typ && f.Parent() == nil {
			fact.Releases = append(fact.Releases, f.Name())
		}
	}
	slices.Sort(fact.Releases)
	fact.Releases = slices.Compact(fact.Releases)
	c.ExportObjectFact(obj, fact)
}

// importStarter returns what is known of a constructor of another package, or nil.
func (c *checker) importStarter(callee skeleton.Callee) *starter {
	if callee.Object == nil || callee.Func == nil || callee.Object.Pkg() == nil || callee.Object.Pkg() == c.Pkg {
		return nil
	}
	fact := new(startsFact)
	if !c.ImportObjectFact(callee.Object.Origin(), fact) {
		return nil
	}
	name := typeName(callee.Object.Signature().Results().At(0).Type())
	if name == nil {
		return nil
	}
	var stops []*ssa.Function
	for m := range types.NewMethodSet(types.NewPointer(name.Type())).Methods() {
		f, ok := m.Obj().(*types.Func)
		if !ok || !slices.Contains(fact.Releases, f.Name()) {
			continue
		}
		if fn := callee.Func.Prog.FuncValue(f.Origin()); fn != nil {
			stops = append(stops, fn)
		}
	}
	if len(stops) == 0 {
		return nil
	}
	return &starter{name, pass.Place{Foreign: &fact.Start}, c.reach.to(stops), fact.Stop}
}
