package contextdrop

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
)

// A fact tells the importers of a package what its exported functions do with the contexts that they are given. It is of
// the package, because functions are also called by way of aliases and embedded types.
type fact struct {
	// Effects are those other than acts, by function and index of the argument: what is not told is judged by its type.
	Effects []paramEffect
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
	if len(f.Effects) > 0 {
		slices.SortFunc(f.Effects, func(a, b paramEffect) int {
			if n := strings.Compare(a.Func, b.Func); n != 0 {
				return n
			}
			return a.Index - b.Index
		})
		c.ExportPackageFact(f)
	}
}

// imported returns what a fact tells of an argument of a function of another package.
func (c *checker) imported(obj *types.Func, i int) (effect, bool) {
	if obj.Pkg() == nil || obj.Pkg() == c.Pkg {
		return 0, false
	}
	f := new(fact)
	if !c.ImportPackageFact(obj.Pkg(), f) {
		return 0, false
	}
	name := obj.Origin().FullName()
	at := slices.IndexFunc(f.Effects, func(e paramEffect) bool { return e.Func == name && e.Index == i })
	if at < 0 {
		return 0, false
	}
	return f.Effects[at].Effect, true
}
