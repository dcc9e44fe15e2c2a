package goroutineleak

import (
	"fmt"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/explore"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// hangs says that a client's call of the method that ends the work never returns.
func (w *world) hangs(c *client, s explore.Stuck) finding {
	pos, end, object := w.operation(s.Pos)
	stop := funcName(c.stop)
	d := pass.Diagnostic{Rule: stopHangs, Pos: pos, End: end, Op: opName(s.Kind), Object: object, Schedule: w.schedule(s)}
	why, advice := w.whyInClient(c, s, object)
	if stopFrame(c, s) {
		d.Message = fmt.Sprintf("%s can wait for ever: %s is never over: %s; %s", stop, describeOp(s.Kind, object), why, advice)
	} else {
		waits := s.With[slices.IndexFunc(s.With, func(st explore.Stuck) bool { return stopFrame(c, st) })]
		at, _, _ := w.operation(waits.Pos)
		d.Message = fmt.Sprintf("%s blocks for ever once the work is stopped: %s; and %s, which waits for it at line %d, never returns; %s",
			describeOp(s.Kind, object), why, stop, w.Fset.Position(at).Line, advice)
	}
	d.Steps = w.clientSteps(c, s, object)
	for _, other := range s.With {
		p, e, o := w.operation(other.Pos)
		if p.IsValid() {
			d.Related = append(d.Related, pass.Related{Place: pass.Place{Pos: p, End: e}, Message: describeOp(other.Kind, o) + " blocks too"})
		}
	}
	return finding{Diagnostic: d, blocked: pos, rank: inClient}
}

// leaves says that a goroutine stays when the work of an object has been ended.
func (w *world) leaves(c *client, s explore.Stuck) finding {
	pos, end, object := w.operation(s.Pos)
	stop := funcName(c.stop)
	d := pass.Diagnostic{Rule: stopHangs, Pos: pos, End: end, Op: opName(s.Kind), Object: object, Schedule: w.schedule(s)}
	why, advice := w.whyInClient(c, s, object)
	who := fmt.Sprintf("leaves the goroutine that %s starts at line %d behind", funcName(irutil.Outermost(w.starterOf(c, s))), w.Fset.Position(s.Started).Line)
	if c.other != nil && s.Started == c.other.Pos() {
		who = fmt.Sprintf("leaves a call of %s that is under way behind", funcName(c.other))
	}
	d.Message = fmt.Sprintf("%s %s: %s blocks for ever: %s; %s", stop, who, describeOp(s.Kind, object), why, advice)
	d.Steps = w.clientSteps(c, s, object)
	f := finding{Diagnostic: d, blocked: pos, rank: inClient}
	if c.other != nil && s.Started == c.other.Pos() && alone(s) {
		f.at = s.At
	}
	return f
}

// starterOf returns the function that starts the goroutine which is stuck.
func (w *world) starterOf(c *client, s explore.Stuck) *ssa.Function {
	for _, st := range s.Steps {
		if st.What == "start" && st.Other == s.Goroutine && st.Func != c.graph {
			return st.Func.SSA
		}
	}
	return c.fn
}

// whyInClient says why nobody releases the goroutine, and what to write instead.
func (w *world) whyInClient(c *client, s explore.Stuck, object string) (why, advice string) {
	who := w.leaver(s)
	switch s.Kind {
	case skeleton.Send:
		why = "nobody receives from " + object + " any more"
		if who != "" {
			why = who + ", which receives from " + object + ", has ended by then"
		}
		advice = "send in a select with a channel that is closed at the end"
		if stopFrame(c, s) {
			advice = "close the channel instead of sending on it"
		}
	case skeleton.Recv:
		why = "nobody is left to send on " + object + " or to close it"
		if who != "" {
			why = who + " can end without sending on " + object + " or closing it"
		}
		advice = "close it with defer where the goroutine begins"
		if !stopFrame(c, s) {
			advice = fmt.Sprintf("let %s close a channel that it waits for, too", c.stop.Name())
		}
	case skeleton.Select:
		why = "none of its cases can become ready any more"
		advice = fmt.Sprintf("add a case for a channel that %s closes", c.stop.Name())
	default:
		why = "its counter does not come back to zero on this path"
		advice = "call Done by defer where the goroutine begins"
	}
	return why, advice
}

// leaver names the function of the goroutine that serves what the stuck one waits for, and has ended.
func (w *world) leaver(s explore.Stuck) string {
	for _, st := range slices.Backward(s.Steps) {
		if st.What != "return" || st.Goroutine == s.Goroutine || st.Goroutine == 0 {
			continue
		}
		run := w.runBy(st.Func.SSA)
		for _, op := range w.ops[s.At] {
			for _, other := range op.class.Ops {
				if other.Instr != s.At && other.Kind != op.Kind && run[other.Fn] {
					return funcName(st.Func.SSA)
				}
			}
		}
	}
	return ""
}

// clientSteps tells how it comes to that: the calls of the client, where the goroutine was started, where those who could
// release it left, and where it waits.
func (w *world) clientSteps(c *client, s explore.Stuck, object string) []pass.Step {
	var out []pass.Step
	add := func(g int, pos token.Pos, op, message string) {
		if pos.IsValid() {
			p, e, _ := w.operation(pos)
			out = append(out, pass.Step{Place: pass.Place{Pos: p, End: e}, Goroutine: g + 1, Op: op, Object: object, Message: message})
		}
	}
	out = append(out, pass.Step{Place: named(c.fn), Goroutine: 1, Op: "call", Object: object, Message: "a user makes a " + c.typ.Name()})
	for i, st := range s.Steps {
		switch {
		case st.What == "start" && st.Func == c.graph:
			out = append(out, pass.Step{Place: pass.Place{Pos: st.Pos}, Goroutine: st.Goroutine + 1, Op: "call", Object: object, Message: "calls this method in a goroutine"})
		case st.What == "start":
			out = append(out, pass.Step{Place: pass.Place{Pos: st.Pos}, Goroutine: st.Goroutine + 1, Op: "go", Object: object, Message: "a goroutine is started here"})
		case st.What == "return" && st.Goroutine != s.Goroutine && st.Goroutine != 0 && !slices.ContainsFunc(s.Steps[i+1:], func(later explore.Step) bool {
			return later.Goroutine == st.Goroutine
		}):
			out = append(out, pass.Step{Place: pass.Place{Pos: st.Pos}, Goroutine: st.Goroutine + 1, Op: "return", Object: object, Message: "this goroutine ends here"})
		}
	}
	if len(out) > maxClientSteps {
		out = slices.Delete(out, 1, len(out)-maxClientSteps)
	}
	out = append(out, pass.Step{Place: named(c.stop), Goroutine: 1, Op: "call", Object: object, Message: "the user calls " + c.stop.Name()})
	out = slices.DeleteFunc(out, func(st pass.Step) bool { return !st.Pos.IsValid() })
	add(s.Goroutine, s.Pos, opName(s.Kind), "waits here for ever")
	return out
}

// maxClientSteps bounds what is told of the way.
const maxClientSteps = 8

// named is where the name of a function is declared.
func named(fn *ssa.Function) pass.Place {
	return pass.Place{Pos: fn.Pos(), End: fn.Pos() + token.Pos(len(fn.Name()))}
}
