package contextdrop

import (
	"fmt"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/skeleton"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A Loss is a call to the outside that a function makes by a context of its own, because it gets none. It is what a fact
// tells of the function.
type Loss struct {
	Func string   // the full name
	By   string   // the function that makes the context, as its package writes it: "(*Client).fetch"
	In   string   // the name of its package
	Does string   // "passes context.Background() to c.db.ExecContext"
	Pos  wire.Pos // where the context is made
	Deep int      // how many functions lie between that and the function
}

// lossOf returns what a function of the package loses, by itself or by what it calls, or nil. Functions that get a context
// and ignore it say that they do; those that end their object, or call the outside with a bound, lose nothing.
func (c *checker) lossOf(fn *ssa.Function) *Loss {
	if known, ok := c.losses[fn]; ok {
		return known
	}
	c.losses[fn] = nil // a recursive call adds nothing
	if !c.getsNone(fn) || fn.Name() == "init" || c.skips(fn.Pos()) {
		return nil
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !c.exits.Reachable(call) {
				continue
			}
			if loss := c.loses(call); loss != nil {
				c.losses[fn] = loss
				return loss
			}
		}
	}
	return nil
}

// getsNone reports whether a function has no parameter that is or carries a context, and its receiver is none.
func (c *checker) getsNone(fn *ssa.Function) bool {
	return fn.Parent() == nil && fn.Signature.TypeParams().Len() == 0 && !slices.ContainsFunc(fn.Params, func(p *ssa.Parameter) bool {
		return carriesContext(p)
	})
}

// loses returns what one call loses.
func (c *checker) loses(call *ssa.Call) *Loss {
	callee := skeleton.CalleeOf(call.Common())
	if c.isRoot(call) || callee.Name() == "net/http.NewRequest" {
		if c.scope.Detached(call) != scope.NoReason || c.isTold(call) {
			return nil
		}
		does := c.made(call)
		at, ok := c.WirePlace(c.source.Place(call))
		if does == "" || !ok {
			return nil
		}
		return &Loss{By: source.FuncName(call.Parent()), In: c.Pkg.Name(), Does: does, Pos: at}
	}
	loss := c.lossBy(callee)
	if loss == nil || loss.Deep == maxChain || c.scope.Detached(call) != scope.NoReason {
		return nil
	}
	deeper := *loss
	deeper.Deep++
	return &deeper
}

// made says what is done with a context, or request, that a call makes, if that is a call to the outside which nothing
// else bounds.
func (c *checker) made(call *ssa.Call) string {
	if !c.isRoot(call) {
		if c.dropsElsewhere(call) || leaves(requestOf(call), make(map[ssa.Value]bool)) {
			return ""
		}
		return "makes a request with " + c.source.Callee(call)
	}
	u := c.follow(call)
	if u.kept {
		return ""
	}
	for _, s := range u.sinks {
		if out, ok := c.outbound.Of(s.call.Common()); ok && (out.SelfBounded || out.Stream || out.Row.Usually != "") {
			continue
		}
		if c.asksOutside(s.call) {
			return fmt.Sprintf("passes %s to %s", c.text(call), c.source.Callee(s.call))
		}
	}
	return ""
}

// lossBy returns what a call of a function loses: one of the package, or one of another package that a fact
// tells of, which is one of the user's own: there are no others.
func (c *checker) lossBy(callee skeleton.Callee) *Loss {
	obj := callee.Object
	if obj == nil || obj.Pkg() == nil || c.ends(obj) {
		return nil
	}
	if fn := callee.Func; fn != nil && c.scope.Local(fn) {
		return c.lossOf(fn)
	}
	if callee.Invoke || obj.Pkg() == c.Pkg {
		return nil
	}
	f := new(fact)
	if !c.ImportPackageFact(obj.Pkg(), f) {
		return nil
	}
	name := obj.Origin().FullName()
	at := slices.IndexFunc(f.Losses, func(l Loss) bool { return l.Func == name })
	if at < 0 {
		return nil
	}
	return &f.Losses[at]
}

// lost reports a call of an exported function that loses the context at hand. Those of unexported ones are judged by all of
// their callers.
func (c *checker) lost(call *ssa.Call) {
	callee := skeleton.CalleeOf(call.Common())
	obj := callee.Object
	if obj == nil || !obj.Exported() || c.toldAt(call) || c.named(obj).instead != "" || constructs(obj.Signature()) {
		return
	}
	at := c.atHand(call)
	if len(at) == 0 || c.scope.Detached(call) != scope.NoReason || c.once.OneShot(call) {
		return
	}
	loss := c.lossBy(callee)
	if loss == nil || c.lostAt[loss.Pos] || c.ToldAt(pass.Place{Foreign: &loss.Pos}) {
		return
	}
	c.lostAt[loss.Pos] = true
	place := c.source.Place(call)
	name := c.source.Callee(call)
	by := loss.By
	if obj.Pkg() != c.Pkg {
		by = loss.In + "." + by
	}
	c.Report(pass.Diagnostic{
		Rule: lostInCallee, Pos: place.Pos, End: place.End, Op: "drop", Object: loss.By,
		Message: fmt.Sprintf("%s gets no context although %s is at hand, and %s %s: when the caller gives up or its time is over, the call goes on; give %[1]s a context",
			name, at[0].Text, by, loss.Does),
		Cause: fmt.Sprint(loss.Pos), Origin: pass.Place{Foreign: &loss.Pos},
		Steps: []pass.Step{
			{Place: c.source.Place(call), Op: "call", Object: name, Message: fmt.Sprintf("%s calls %s and has %s", source.FuncName(call.Parent()), name, at[0].Text)},
			{Place: pass.Place{Foreign: &loss.Pos}, Op: "context", Object: by, Message: fmt.Sprintf("%s %s", by, loss.Does)},
		},
	})
}

// exportLosses lists what the exported functions lose.
func (c *checker) exportLosses() []Loss {
	if c.Pkg.Name() == "main" {
		return nil
	}
	var list []Loss
	for _, fn := range c.scope.Functions() {
		obj, ok := fn.Object().(*types.Func)
		if !ok || !obj.Exported() || c.ends(obj) {
			continue
		}
		if loss := c.lossOf(fn); loss != nil {
			told := *loss
			told.Func = obj.Origin().FullName()
			list = append(list, told)
		}
	}
	return list
}
