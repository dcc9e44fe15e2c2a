package contextdrop

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
)

// A fact tells the importers of a package what its exported functions do with the contexts that they are given, and what they do without. It is of
// the package, because functions are also called by way of aliases and embedded types.
type fact struct {
	// Effects are those other than acts, by function and index of the argument: what is not told is judged by its type.
	Effects []paramEffect
	// Losses are of the functions that call the outside by a context of their own, because they get none.
	Losses []Loss
}

type paramEffect struct {
	Func   string
	Index  int
	Effect effect
}

func (*fact) AFact() {}

// String is what analysistest compares with the expectations of a test.
func (f *fact) String() string {
	var parts []string
	for _, e := range f.Effects {
		parts = append(parts, fmt.Sprintf("%s#%d:%d", e.Func, e.Index, e.Effect))
	}
	for _, l := range f.Losses {
		parts = append(parts, l.Func+" "+l.Does)
	}
	return strings.Join(parts, " ")
}

func (c *checker) export() {
	f := new(fact)
	for _, fn := range c.scope.Functions() {
		obj, ok := fn.Object().(*types.Func)
		if !ok || !obj.Exported() {
			continue
		}
		for i, p := range fn.Params {
			if _, carries := scope.Carries(p.Type()); !carries {
				continue
			}
			if e := c.parameter(p); e != acts {
				f.Effects = append(f.Effects, paramEffect{obj.FullName(), i, e})
			}
		}
	}
	f.Losses = c.exportLosses()
	if len(f.Effects) > 0 || len(f.Losses) > 0 {
		slices.SortFunc(f.Losses, func(a, b Loss) int { return strings.Compare(a.Func, b.Func) })
		slices.SortFunc(f.Effects, func(a, b paramEffect) int {
			if n := strings.Compare(a.Func, b.Func); n != 0 {
				return n
			}
			return a.Index - b.Index
		})
		c.ExportPackageFact(f)
	}
}

// imported returns what a fact tells of an argument of a function of another package. A method of an interface keeps its
// context if those of the types do which the package has for the interface.
func (c *checker) imported(obj *types.Func, i int) (effect, bool) {
	if obj.Pkg() == nil || obj.Pkg() == c.Pkg {
		return 0, false
	}
	f := new(fact)
	if !c.ImportPackageFact(obj.Pkg(), f) {
		return 0, false
	}
	if e, ok := f.effect(obj, i); ok {
		return e, true
	}
	recv := obj.Signature().Recv()
	if recv == nil {
		return 0, false
	}
	iface, ok := recv.Type().Underlying().(*types.Interface)
	if !ok {
		return 0, false
	}
	kept := false
	for _, name := range obj.Pkg().Scope().Names() {
		of, ok := obj.Pkg().Scope().Lookup(name).(*types.TypeName)
		if !ok || of.IsAlias() || types.IsInterface(of.Type()) {
			continue
		}
		if named, ok := of.Type().(*types.Named); !ok || named.TypeParams().Len() > 0 || !types.Implements(types.NewPointer(named), iface) {
			continue
		}
		m, _, _ := types.LookupFieldOrMethod(of.Type(), true, obj.Pkg(), obj.Name())
		method, ok := m.(*types.Func)
		if !ok {
			return 0, false
		}
		switch e, known := f.effect(method, i); {
		case !known:
			return 0, false // it acts
		case e == keeps:
			kept = true
		}
	}
	return keeps, kept
}

func (f *fact) effect(obj *types.Func, i int) (effect, bool) {
	name := obj.Origin().FullName()
	at := slices.IndexFunc(f.Effects, func(e paramEffect) bool { return e.Func == name && e.Index == i })
	if at < 0 {
		return 0, false
	}
	return f.Effects[at].Effect, true
}
