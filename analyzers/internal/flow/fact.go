package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A Fact tells about a function what its importers cannot see. An analyzer that follows objects across packages
// declares its own type:
//
//	type fact struct{ flow.Summary }
//	func (*fact) AFact() {}
type Fact interface {
	analysis.Fact
	Get() *Summary
}

// A Summary says what a function does with the followed objects that it gets, and which it returns. Only what is known
// is told: a parameter or result that is not listed may do anything.
type Summary struct {
	Params  []ParamSummary
	Results []ResultSummary
}

// Get returns the summary itself; it makes a struct that embeds Summary a Fact.
func (s *Summary) Get() *Summary { return s }

// String is what analysistest compares with the expectations of a test.
func (s *Summary) String() string {
	text := ""
	for _, p := range s.Params {
		text += "param " + itoa(p.Index) + describe(p.Effects)
		for _, r := range p.Results {
			text += " result " + itoa(r)
		}
		text += ";"
	}
	for _, r := range s.Results {
		text += "result " + itoa(r.Index) + describe(r.Effects) + ";"
	}
	return text
}

// A ParamSummary tells about one parameter; a method's receiver is parameter 0.
type ParamSummary struct {
	Index   int
	Type    string
	Results []int // the results that return it
	Effects
}

// A ResultSummary tells about one object that a result may be.
type ResultSummary struct {
	Index   int
	Type    string
	Name    string
	Created wire.Pos
	Effects
}

// Effects are the events of an object.
type Effects struct {
	Writes  []WriteSummary
	Calls   []CallSummary
	Escapes bool
}

// A WriteSummary tells of an assignment to a field.
type WriteSummary struct {
	Field string
	Zero  bool
	Text  string
}

// A CallSummary tells of a call to a function.
type CallSummary struct {
	Name   string
	Arg    int
	Nested bool
	Note   string
	Pos    wire.Pos
}

func itoa(i int) string { return string(rune('0' + i%10)) }

func describe(e Effects) string {
	text := ""
	for _, w := range e.Writes {
		text += " writes " + w.Field
	}
	for _, c := range e.Calls {
		text += " calls " + c.Name
	}
	if e.Escapes {
		text += " escapes"
	}
	return text
}

// maxEvents bounds what a fact tells of one object; beyond it the object escapes.
const maxEvents = 50

// export writes the facts of this package's functions.
func (g *Graph) export() {
	g.sortObjects()
	if g.cfg.Fact == nil || g.cfg.Tests || !g.importable() {
		return
	}
	summaries := make(map[*types.Func]*Summary)
	var order []*types.Func
	summary := func(fn *ssa.Function) *Summary {
		obj, ok := fn.Object().(*types.Func)
		if !ok {
			return nil
		}
		if summaries[obj] == nil {
			summaries[obj] = new(Summary)
			order = append(order, obj)
		}
		return summaries[obj]
	}
	for _, o := range g.objects {
		if o.Origin != Parameter {
			continue
		}
		if s := summary(o.owner); s != nil {
			p := ParamSummary{Index: o.param, Type: o.Type, Effects: g.effects(o)}
			for i := range o.owner.Signature.Results().Len() {
				if n := g.results[result{o.owner, i}]; n != nil && n.has(o) {
					p.Results = append(p.Results, i)
				}
			}
			s.Params = append(s.Params, p)
		}
	}
	for _, fn := range g.fns {
		if !g.callable(fn) {
			continue
		}
		for i := range fn.Signature.Results().Len() {
			n := g.results[result{fn, i}]
			if n == nil {
				continue
			}
			for _, o := range n.objs {
				if o.kind != followedObject || o.Origin == Parameter || o.Origin == Foreign {
					continue
				}
				if s := summary(fn); s != nil {
					s.Results = append(s.Results, ResultSummary{Index: i, Type: o.Type, Name: o.Name, Created: g.created(o), Effects: g.effects(o)})
				}
			}
		}
	}
	for _, obj := range order {
		fact := g.cfg.Fact()
		*fact.Get() = *summaries[obj]
		g.pass.ExportObjectFact(obj, fact)
	}
}

func (n *node) has(o *Object) bool {
	_, ok := n.from[o]
	return ok
}

func (g *Graph) created(o *Object) wire.Pos {
	if o.Created.Foreign != nil {
		return *o.Created.Foreign
	}
	return g.pass.WirePos(at(o.Pos))
}

// effects tells the events of an object. That it is returned is no escape for those who call the function.
func (g *Graph) effects(o *Object) Effects {
	var e Effects
	for _, w := range o.Writes() {
		if s := (WriteSummary{Field: w.Field, Zero: w.Zero, Text: w.Text}); !slices.Contains(e.Writes, s) {
			e.Writes = append(e.Writes, s)
		}
	}
	for _, c := range o.Calls() {
		s := CallSummary{Name: c.Name, Arg: c.Arg, Nested: c.Nested, Note: c.Note}
		if slices.ContainsFunc(e.Calls, func(other CallSummary) bool { other.Pos = wire.Pos{}; return other == s }) {
			continue // one of each kind is enough to tell
		}
		if c.Inside != nil {
			s.Pos = *c.Inside.Foreign
		} else {
			s.Pos = g.pass.WirePos(at(c.Pos))
		}
		e.Calls = append(e.Calls, s)
	}
	for _, esc := range o.Escaping() {
		e.Escapes = e.Escapes || esc.Kind != Returned
	}
	if len(e.Writes)+len(e.Calls) > maxEvents {
		e = Effects{Escapes: true}
	}
	return e
}

// summaryOf returns what is known about a function outside.
func (g *Graph) summaryOf(fn *types.Func) *Summary {
	if g.cfg.Fact == nil || fn.Pkg() == nil || fn.Pkg() == g.pass.Pkg {
		return nil
	}
	fact := g.cfg.Fact()
	if !g.pass.ImportObjectFact(fn.Origin(), fact) {
		return nil
	}
	return fact.Get()
}

// applyParam adds what a fact tells about argument i of a call to the object. It reports whether one does.
func (g *Graph) applyParam(instr ssa.Instruction, fn *types.Func, i int, n *node, o *Object) bool {
	s := g.summaryOf(fn)
	if s == nil {
		return false
	}
	for _, p := range s.Params {
		if p.Index != i || p.Type != o.Type {
			continue
		}
		g.apply(instr, fn, n, o, p.Effects)
		if call, ok := instr.(*ssa.Call); ok {
			for _, r := range p.Results {
				g.add(g.partOf(call, r, tupleLen(call)), o, n, instr)
			}
		}
		return true
	}
	return false
}

func (g *Graph) apply(instr ssa.Instruction, fn *types.Func, n *node, o *Object, e Effects) {
	here := place(instr.Pos())
	for _, w := range e.Writes {
		o.addWrite(instr, Write{Field: w.Field, Zero: w.Zero, Text: w.Text, Place: here})
	}
	for _, c := range e.Calls {
		inside := pass.Place{Foreign: &c.Pos}
		o.addCall(instr, Call{
			Name: c.Name, Arg: c.Arg, Nested: c.Nested, Note: c.Note, Place: here, In: instr.Parent(),
			Inside: &inside, Function: fn.Name(), node: n,
		})
	}
	if e.Escapes {
		g.escape(instr, n, o, Escape{Kind: ByFact})
	}
}

// applyResult starts the objects that a fact says result i of a call is. It reports whether one does.
func (g *Graph) applyResult(call *ssa.Call, fn *types.Func, i, count int) bool {
	s := g.summaryOf(fn)
	if s == nil {
		return false
	}
	found := false
	for _, p := range s.Params {
		found = found || slices.Contains(p.Results, i)
	}
	for _, r := range s.Results {
		if r.Index != i {
			continue
		}
		found = true
		created := r.Created
		o := &Object{
			graph: g, Type: r.Type, Origin: Made, Value: call, Pos: call.Pos(), Func: fn, Name: r.Name,
			Created: pass.Place{Foreign: &created},
		}
		g.objects = append(g.objects, o)
		n := g.partOf(call, i, count)
		g.add(n, o, nil, nil)
		g.apply(call, fn, n, o, r.Effects)
	}
	return found
}

// at is a place as a node, for it has none of its own.
type at token.Pos

func (a at) Pos() token.Pos { return token.Pos(a) }
func (a at) End() token.Pos { return token.NoPos }
