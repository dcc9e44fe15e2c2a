package pass

import (
	"go/types"

	"golang.org/x/tools/go/analysis"
)

// Facts are what is known of functions of other packages, of one kind. Each is asked for once.
type Facts[T any, F interface {
	*T
	analysis.Fact
}] struct {
	pass  *Pass
	known map[*types.Func]F
}

// FactsOf returns the facts of a kind.
func FactsOf[T any, F interface {
	*T
	analysis.Fact
}](p *Pass) *Facts[T, F] {
	return &Facts[T, F]{pass: p, known: make(map[*types.Func]F)}
}

// Of returns the fact about a function of another package, or nil.
func (f *Facts[T, F]) Of(fn *types.Func) F {
	fn = fn.Origin()
	if fn.Pkg() == nil || fn.Pkg() == f.pass.Pkg {
		return nil
	}
	if fact, asked := f.known[fn]; asked {
		return fact
	}
	fact := F(new(T))
	if !f.pass.ImportObjectFact(fn, fact) {
		fact = nil
	}
	f.known[fn] = fact
	return fact
}
