package detachedgoroutine

import (
	"cmp"
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/internal/skeleton"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A fact tells the importers of a package what a function does with its parameters. Only what is known is told.
type fact struct {
	Params []paramFact
	// Idle is set of a method of an interface that does nothing with its context, see findIdle.
	Idle bool
}

func (*fact) AFact() {}

type paramFact struct {
	Index    int // the receiver of a method is 0
	Class    uint8
	Uses     []useFact
	Lates    []lateFact
	Watches  bool
	Parsed   bool
	Hijacked bool
	Returned []int // results that are the same value
}

type useFact struct {
	Kind   uint8
	Hops   []hopFact
	Form   bool
	Looped bool
}

type hopFact struct {
	Text string
	Pos  wire.Pos
}

// A lateFact tells of a use in a goroutine that the function does not wait for.
type lateFact struct {
	Use        useFact
	Calls      []hopFact
	Start, Ret wire.Pos
	Pending    []signalFact
}

// A signalFact is an object of a parameter's by which a goroutine tells that it has ended.
type signalFact struct {
	Index int
	Path  string
}

// String is what analysistest compares with the expectations of a test.
func (f *fact) String() string {
	var parts []string
	if f.Idle {
		parts = append(parts, "idle")
	}
	for _, p := range f.Params {
		text := fmt.Sprintf("param %d:", p.Index)
		for _, u := range p.Uses {
			text += " " + kindNames[u.Kind]
		}
		for _, l := range p.Lates {
			text += " late " + kindNames[l.Use.Kind]
		}
		if p.Watches {
			text += " watches"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

var kindNames = [...]string{works: "works", writes: "writes", reads: "reads", touches: "touches", sends: "sends", receives: "receives", calls: "calls"}

// export writes the facts of the functions that other packages can call.
func (c *checker) export() {
	for _, m := range slices.SortedFunc(maps.Keys(c.idle), func(a, b *types.Func) int { return cmp.Compare(a.Pos(), b.Pos()) }) {
		if m.Exported() {
			c.ExportObjectFact(m, &fact{Idle: true})
		}
	}
	for _, fn := range c.fns {
		obj, ok := fn.Object().(*types.Func)
		if !ok || !obj.Exported() || c.IsTest(fn.Pos()) || handlers.Of(fn).Exact {
			continue
		}
		var told fact
		for i, p := range fn.Params {
			cl := classOf(p.Type())
			if cl == noClass || cl == function && !c.starts || p == receiver(fn) {
				continue
			}
			if pf := c.paramFact(i, cl, c.follow(item{p, "", cl})); pf != nil {
				told.Params = append(told.Params, *pf)
			}
		}
		if len(told.Params) > 0 && c.budget > 0 {
			c.ExportObjectFact(obj, &told)
		}
	}
}

func (c *checker) paramFact(i int, cl class, eff *effects) *paramFact {
	if eff.empty() {
		return nil
	}
	pf := &paramFact{Index: i, Class: uint8(cl), Watches: eff.watches, Parsed: eff.parsed, Hijacked: eff.hijacked}
	for _, u := range eff.uses {
		pf.Uses = append(pf.Uses, c.useFact(u))
	}
	for _, l := range eff.lates {
		lf := lateFact{Use: c.useFact(l.use), Calls: c.hopFacts(l.calls), Start: c.hopFact(l.start).Pos, Ret: c.hopFact(l.ret).Pos}
		for _, r := range l.pending {
			if p, ok := r.base.(*ssa.Parameter); ok {
				lf.Pending = append(lf.Pending, signalFact{slices.Index(p.Parent().Params, p), r.path})
			}
		}
		pf.Lates = append(pf.Lates, lf)
	}
	for _, r := range eff.returned {
		if r.path == "" && r.class == cl {
			pf.Returned = append(pf.Returned, r.result)
		}
	}
	return pf
}

func (c *checker) useFact(u use) useFact {
	return useFact{Kind: uint8(u.kind), Hops: c.hopFacts(u.hops), Form: u.form, Looped: u.looped}
}

func (c *checker) hopFacts(hops []hop) []hopFact {
	var all []hopFact
	for _, h := range hops {
		all = append(all, c.hopFact(h))
	}
	return all
}

func (c *checker) hopFact(h hop) hopFact {
	if h.at != nil {
		return hopFact{h.text, *h.at}
	}
	return hopFact{h.text, c.WirePos(at(h.pos))}
}

// foreign are the effects of a function of another package that the analyzer looks at too, by its fact.
func (c *checker) foreign(it item, callee skeleton.Callee, i int, h hop) *effects {
	eff := new(effects)
	told := new(fact)
	if it.path != "" || callee.Object.Pkg() == c.Pkg || !c.ImportObjectFact(callee.Object.Origin(), told) {
		return eff
	}
	for _, p := range told.Params {
		if p.Index != i {
			continue
		}
		eff.watches, eff.parsed, eff.hijacked = p.Watches, p.Parsed, p.Hijacked
		for _, u := range p.Uses {
			if u, ok := u.use().through(h); ok && fits(it.class, class(p.Class), &u) {
				eff.uses = append(eff.uses, u)
			}
		}
		for _, lf := range p.Lates {
			u := lf.Use.use()
			if len(u.hops) == 0 || !fits(it.class, class(p.Class), &u) {
				continue
			}
			l := late{use: u, calls: append([]hop{h}, hops(lf.Calls)...), start: hop{at: &lf.Start, arg: -1}, ret: hop{at: &lf.Ret, arg: -1}}
			for _, signal := range lf.Pending {
				if signal.Index < len(callee.Args) {
					r := c.rootOf(callee.Args[signal.Index])
					r.path += signal.Path
					r.escapes = r.kept()
					l.pending = append(l.pending, r)
				}
			}
			eff.lates = append(eff.lates, l)
		}
		for _, r := range p.Returned {
			eff.returned = append(eff.returned, returned{r, "", it.class})
		}
	}
	// A value that is recycled must not be used at all, not even for the values in it.
	if it.class.pooled() && len(told.Params) == 0 {
		return new(effects)
	}
	return eff
}

// fits reports whether a use of a parameter of one class is one of an argument of another: a *gin.Context is a
// context.Context too, but whatever is done with it is done with something that is recycled.
func fits(arg, param class, u *use) bool {
	if arg.pooled() && !param.pooled() {
		u.kind = touches
		return true
	}
	return arg == param
}

func (u useFact) use() use {
	if int(u.Kind) >= len(kindNames) {
		u.Kind = 0
	}
	return use{kind: kind(u.Kind), hops: hops(u.Hops), form: u.Form, looped: u.Looped}
}

func hops(facts []hopFact) []hop {
	var all []hop
	for _, f := range facts {
		all = append(all, hop{at: &f.Pos, text: f.Text, arg: -1})
	}
	return all
}
