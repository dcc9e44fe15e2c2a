package flow

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// The kinds of steps of a path.
const (
	Store  = "store" // into a field, a package-level variable, a map
	Send   = "send"
	Pass   = "pass" // to a function
	Return = "return"
	Copy   = "copy"
)

// Path tells how the object travels from where it is made to a call that gets it: the fields and variables that it is
// kept in, the functions that it is passed to and returned from. Neither its making nor the call is told.
func (o *Object) Path(c Call) []pass.Step { return o.path(c.node, c.holder(o)) }

// PathTo tells how the object travels to where it escapes.
func (o *Object) PathTo(e Escape) []pass.Step {
	for _, life := range o.lives() {
		if slices.ContainsFunc(life.escapes, func(other Escape) bool { return other.node == e.node && other.Kind == e.Kind }) {
			return o.path(e.node, life)
		}
	}
	return nil
}

// holder returns the copy of o, or o itself, that the call gets.
func (c Call) holder(o *Object) *Object {
	for _, life := range o.lives() {
		for _, other := range life.calls {
			if other.Instr == c.Instr && other.Place == c.Place && other.Name == c.Name && other.Arg == c.Arg {
				return life
			}
		}
	}
	return o
}

func (o *Object) path(end *node, life *Object) []pass.Step {
	var steps []pass.Step
	for _, copied := range o.copiedThrough(life) {
		steps = append(steps, pass.Step{Place: place(copied.at), Op: Copy, Object: copied.to.Name, Message: "copied to " + copied.to.describe()})
	}
	var back []pass.Step
	for n := end; n != nil; {
		h, ok := n.from[life]
		if !ok {
			break
		}
		if step, ok := h.step(n); ok {
			back = append(back, step)
		}
		n = h.node
	}
	slices.Reverse(back)
	return append(steps, back...)
}

type copyStep struct {
	to *Object
	at token.Pos
}

// copiedThrough returns the copies that lead from o to one of its lives.
func (o *Object) copiedThrough(life *Object) []copyStep {
	type arrival struct {
		from *Object
		at   token.Pos
	}
	came := map[*Object]arrival{o: {}}
	for _, from := range o.lives() {
		for i, to := range from.copies {
			if _, seen := came[to]; !seen {
				came[to] = arrival{from, from.copiedAt[i]}
			}
		}
	}
	var steps []copyStep
	for to := life; to != o && to != nil; to = came[to].from {
		steps = append(steps, copyStep{to, came[to].at})
	}
	slices.Reverse(steps)
	return steps
}

// describe names the place that an object lives in.
func (o *Object) describe() string {
	switch {
	case o.slot != nil:
		return "field " + o.slot.Name()
	case o.Origin == Field && o.Var != nil:
		return "field " + o.Var.Name()
	case o.Name != "":
		return o.Name
	}
	return "a variable"
}

// step tells of one hop that has arrived at node n, if it is worth telling.
func (h hop) step(n *node) (pass.Step, bool) {
	if h.via == nil {
		return pass.Step{}, false
	}
	step := pass.Step{Place: place(h.via.Pos())}
	switch via := h.via.(type) {
	case *ssa.Store:
		name, what := target(via.Addr)
		if name == "" {
			return step, false
		}
		step.Op, step.Object, step.Message = Store, name, "kept in "+what
	case *ssa.MapUpdate:
		step.Op, step.Message = Store, "kept in a map"
	case *ssa.Send:
		step.Op, step.Message = Send, "sent over a channel"
	case *ssa.Return:
		name := source(via.Parent())
		step.Op, step.Object, step.Message = Return, name, "returned by "+name
	case ssa.CallInstruction:
		p, ok := n.value.(*ssa.Parameter)
		if !ok {
			return step, false
		}
		if strings.HasPrefix(p.Parent().Synthetic, "range-over-func") {
			step.Op, step.Message = Pass, "passed to the body of the loop in "+source(p.Parent().Parent())
			return step, step.Pos.IsValid()
		}
		name := source(p.Parent())
		step.Op, step.Object = Pass, name
		step.Message = fmt.Sprintf("passed to %s as %s", name, p.Name())
		if p.Name() == "" || p.Name() == "_" {
			step.Message = "passed to " + name
		}
	default:
		return step, false
	}
	return step, step.Pos.IsValid()
}

// target names the field or package-level variable that an address stands for. Local variables are not worth a step.
func target(addr ssa.Value) (name, what string) {
	switch addr := addr.(type) {
	case *ssa.FieldAddr:
		if f := irutil.FieldOf(addr.X.Type(), addr.Field); f != nil {
			name := f.Name()
			if named, ok := types.Unalias(irutil.Deref(addr.X.Type())).(*types.Named); ok {
				name = named.Obj().Name() + "." + name
			}
			return name, "field " + name
		}
	case *ssa.Global:
		return addr.Name(), "variable " + addr.Name()
	}
	return "", ""
}

// source names a function as the source does: a closure by the function around it.
func source(fn *ssa.Function) string {
	if fn.Parent() != nil {
		return "a function literal in " + source(irutil.Outermost(fn))
	}
	if recv := fn.Signature.Recv(); recv != nil {
		if named := irutil.PointerTo(recv.Type()); named != nil {
			return "(*" + named.Obj().Name() + ")." + fn.Name()
		} else if named := irutil.NamedOf(recv.Type()); named != nil {
			return named.Obj().Name() + "." + fn.Name()
		}
	}
	if fn.Name() == "init" && fn.Synthetic != "" {
		return "package initialisation"
	}
	return fn.Name()
}
