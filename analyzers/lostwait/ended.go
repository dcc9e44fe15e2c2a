package lostwait

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/outbound"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// afterEnd reports a call that is given a context where that has ended: it fails before it does anything. It says whether
// it has reported.
func (c *checker) afterEnd(call ssa.CallInstruction) bool {
	i, what := contextOf(call)
	if i < 0 {
		return false
	}
	callee := skeleton.CalleeOf(call.Common())
	v := callee.Args[i]
	end := c.endOf(call, v, 0)
	if end == nil {
		return false
	}
	arg := c.source.Argument(call, i)
	if arg == nil {
		return false
	}
	text, name := source.Text(arg), c.source.Callee(call)
	if text == "" {
		text = "the context"
	}
	d := pass.Diagnostic{Rule: ended, Pos: arg.Pos(), End: arg.End(), Op: "ended", Object: callee.Name()}
	d.Message = fmt.Sprintf("%s has ended here: %s; give it one that has not, context.WithoutCancel(%[1]s) with a timeout of its own", text, fmt.Sprintf(what, name))
	d.Steps = []pass.Step{
		{Place: pass.Place{Pos: end.Pos()}, Message: "what follows runs when " + text + " has ended", Op: "end", Object: text},
		{Place: c.source.Place(call), Message: name + " gets " + text, Op: "call", Object: name},
	}
	if row := models.ContextFunction(callee.Name()); row.Effect == models.Bound {
		d.Fix = c.detach(arg)
	}
	c.found = append(c.found, d)
	return true
}

// contextOf returns the position of the context that a call cannot do without, and what happens where it has ended; -1 if
// there is none.
func contextOf(call ssa.CallInstruction) (i int, what string) {
	callee := skeleton.CalleeOf(call.Common())
	if row := models.ContextFunction(callee.Name()); row.Effect == models.Bound && row.Parent < len(callee.Args) {
		return row.Parent, "the context of %s has ended from the start, and whatever is done with it fails at once"
	}
	if row := models.ShutdownFunction(callee.Name()); row != nil && row.Context > 0 && row.Context <= len(callee.Args) {
		return row.Context - 1, "%s returns at once and does not wait for the requests in flight"
	}
	if out, ok := outbound.Of(call.Common()); ok && out.Context != nil && !out.Carrier {
		if i := slices.Index(callee.Args, out.Context); i >= 0 {
			return i, "%s fails before it does anything"
		}
	}
	return -1, ""
}

// detach wraps a context in context.WithoutCancel, if the language has it and package context is at hand.
func (c *checker) detach(arg ast.Expr) *pass.Fix {
	name := c.source.PackageName("context", arg.Pos())
	if name == "" || !c.since(arg.Pos(), "go1.21") {
		return nil
	}
	return &pass.Fix{Message: "Detach the context from the one that has ended", Edits: []analysis.TextEdit{
		{Pos: arg.Pos(), End: arg.Pos(), NewText: []byte(name + ".WithoutCancel(")},
		{Pos: arg.End(), End: arg.End(), NewText: []byte(")")},
	}}
}

// maxTimeouts bounds how many timeouts within each other are looked at.
const maxTimeouts = 3

// endOf returns the instruction that shows that a context, or one that it is derived from, has ended wherever the call is
// reached, or nil.
func (c *checker) endOf(call ssa.Instruction, v ssa.Value, depth int) ssa.Instruction {
	if depth > maxTimeouts {
		return nil
	}
	var chain []identity
	for range 8 {
		id, ok := c.identify(v)
		if ok {
			chain = append(chain, id)
		}
		if id.value != nil {
			v = id.value
		}
		made, parent := parentOf(v)
		if parent == nil {
			break
		}
		if made.Block() != nil && models.ContextFunction(ctxflow.Callee(made.Common())).Effect == models.Bound && c.endOf(made, parent, depth+1) != nil {
			return nil // the finding is there
		}
		v = parent
	}
	if len(chain) == 0 {
		return nil
	}
	is := func(v ssa.Value) bool {
		id, ok := c.identify(v)
		return ok && slices.Contains(chain, id)
	}
	b := call.Block()
	done := func(ch ssa.Value) bool {
		ctx := doneOf(ch)
		return ctx != nil && is(ctx)
	}
	if at := irutil.Awaits(b, call, done); at != nil {
		return at
	}
	for d := b; d.Idom() != nil; d = d.Idom() {
		up := d.Idom()
		if at := irutil.Awaits(up, nil, done); at != nil {
			return at
		}
		branch, ok := up.Instrs[len(up.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		for i, succ := range up.Succs {
			if len(succ.Preds) == 1 && succ.Dominates(b) && tellsEnd(branch.Cond, i == 0, is) {
				return branch.Cond.(ssa.Instruction)
			}
		}
	}
	return nil
}

// An identity tells two mentions of a context to be the same: one value, or reads of a variable or field that is written
// once, or never where it can be seen.
type identity struct {
	value ssa.Value // or what the variable holds
	base  ssa.Value // of a field
	field types.Object
}

// identify returns the identity of a context. It returns false where it may be another each time.
func (c *checker) identify(v ssa.Value) (identity, bool) {
	if conv, ok := v.(*ssa.ChangeInterface); ok {
		v = conv.X
	}
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return identity{value: v}, v.Parent() != nil
	}
	if cell := cellOf(v); cell != nil {
		stored, all := c.contexts.Stored(cell)
		if !all || len(stored) != 1 {
			return identity{}, false
		}
		return identity{value: stored[0]}, true
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return identity{}, false
	}
	field := irutil.FieldOf(addr.X.Type(), addr.Field)
	base := addr.X
	if cell := cellOf(base); cell != nil {
		stored, all := c.contexts.Stored(cell)
		if !all || len(stored) != 1 {
			return identity{}, false
		}
		base = stored[0]
	}
	if field == nil || c.writes(load.Parent(), field) {
		return identity{}, false
	}
	return identity{base: base, field: field}, true
}

// writes reports whether a function writes a field.
func (c *checker) writes(fn *ssa.Function, field types.Object) bool {
	return has(irutil.Outermost(fn), func(instr ssa.Instruction) bool {
		store, ok := instr.(*ssa.Store)
		if !ok {
			return false
		}
		addr, ok := store.Addr.(*ssa.FieldAddr)
		return ok && irutil.FieldOf(addr.X.Type(), addr.Field) == field
	})
}

// cellOf returns the variable that a value is read from: a local one, or one that a literal captures.
func cellOf(v ssa.Value) ssa.Value {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return nil
	}
	switch cell := load.X.(type) {
	case *ssa.Alloc:
		return cell
	case *ssa.FreeVar:
		return cell
	}
	return nil
}

// parentOf returns the call that derives a context from another with which it ends, and that other, or nil.
func parentOf(v ssa.Value) (made *ssa.Call, parent ssa.Value) {
	if e, ok := v.(*ssa.Extract); ok {
		v = e.Tuple
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return nil, nil
	}
	callee := skeleton.CalleeOf(call.Common())
	row := models.ContextFunction(ctxflow.Callee(call.Common()))
	switch row.Effect {
	case models.Derive, models.DeriveCancel, models.DeriveElsewise, models.Bound:
		if row.Parent < len(callee.Args) && irutil.IsContext(callee.Args[row.Parent].Type()) {
			return call, callee.Args[row.Parent]
		}
	}
	return nil, nil
}

// tellsEnd reports whether a condition that had the value shows that the context has ended: the case of a select, or that
// its error is not nil.
func tellsEnd(cond ssa.Value, value bool, is func(ssa.Value) bool) bool {
	if chosen := irutil.SelectCase(cond); chosen != nil {
		ctx := doneOf(chosen.Chan)
		return value && ctx != nil && is(ctx)
	}
	err, isNil, ok := irutil.NilTest(cond, value)
	call, called := err.(*ssa.Call)
	if !ok || isNil || !called {
		return false
	}
	callee := skeleton.CalleeOf(call.Common())
	return skeleton.KindOf(callee.Object) == skeleton.ContextErr && len(callee.Args) == 1 && is(callee.Args[0])
}

// doneOf returns the context whose channel Done it is, or nil.
func doneOf(ch ssa.Value) ssa.Value {
	if conv, ok := ch.(*ssa.ChangeType); ok {
		ch = conv.X
	}
	call, ok := ch.(*ssa.Call)
	if !ok {
		return nil
	}
	callee := skeleton.CalleeOf(call.Common())
	if skeleton.KindOf(callee.Object) == skeleton.ContextDone && len(callee.Args) == 1 {
		return callee.Args[0]
	}
	return nil
}
