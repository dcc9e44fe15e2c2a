package lostwait

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/outbound"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// endlessRetry reports an outbound call that is repeated when it fails, at once and without a limit. It says whether it
// has reported.
func (c *checker) endlessRetry(instr ssa.CallInstruction) bool {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return false
	}
	loops := c.around(call.Block())
	if len(loops) == 0 {
		return false
	}
	out, ok := outbound.Of(call.Common())
	if !ok || out.Stream {
		return false
	}
	of := failures(call)
	if of == nil || !c.repeatsAtOnce(call, loops[len(loops)-1], of) {
		return false
	}
	name := c.source.Callee(call)
	at := c.source.Place(call)
	d := pass.Diagnostic{Rule: endless, Pos: at.Pos, End: at.End, Op: "retry", Object: name}
	d.Message = fmt.Sprintf("%s is repeated at once whenever it fails, without a limit and without a pause: while the peer is down, %s burns a core and floods the peer; wait between the tries, longer each time, and stop when the context has ended",
		name, source.FuncName(irutil.Outermost(call.Parent())))
	d.Steps = []pass.Step{{Place: at, Message: name + " fails, and the loop comes here again without waiting", Op: "retry", Object: name}}
	c.found = append(c.found, d)
	return true
}

// repeatsAtOnce follows the ways from a call that has failed. It reports whether they come back to it, whatever the
// error is, and nothing on them waits, counts, or leaves the loop.
func (c *checker) repeatsAtOnce(call *ssa.Call, l *irutil.Loop, of func(ssa.Value) bool) bool {
	back, goes := false, true
	stop := func() repeat.Turn {
		goes = false
		return repeat.Stop
	}
	waits := func(instr ssa.Instruction) bool { return !c.goesOn(instr, 0) }
	repeat.Follow(call, c.exits.Succs, func(run []ssa.Instruction) repeat.Turn {
		if slices.ContainsFunc(run, waits) || len(c.exits.Succs(run[0].Block())) == 0 {
			return stop()
		}
		return repeat.On
	}, func(way repeat.Way) repeat.Turn {
		v := c.taken(way, l, of, true)
		switch {
		case v == no:
			return repeat.Back
		case v == byCount || !l.Has[way.To]:
			return stop()
		case way.To == call.Block():
			if slices.ContainsFunc(way.To.Instrs[:slices.Index(way.To.Instrs, ssa.Instruction(call))], waits) {
				return stop()
			}
			back = true
			return repeat.Back
		}
		return repeat.On
	})
	return back && goes
}

// ofKind returns the value that a condition has for an error of a kind that is looked for: errors.Is(err, target),
// isTemporary(err), err == io.EOF.
func ofKind(cond ssa.Value, of func(ssa.Value) bool) (value, known bool) {
	switch cond := cond.(type) {
	case *ssa.UnOp:
		v, ok := ofKind(cond.X, of)
		return !v, ok
	case *ssa.Call:
		return true, slices.ContainsFunc(skeleton.CalleeOf(cond.Common()).Args, of)
	case *ssa.BinOp:
		if of(cond.X) != of(cond.Y) && !irutil.IsNil(cond.X) && !irutil.IsNil(cond.Y) {
			return cond.Op.String() == "==", true
		}
	case *ssa.Extract:
		switch asked := cond.Tuple.(type) {
		case *ssa.TypeAssert:
			return true, of(asked.X)
		case *ssa.Call: // status, ok := FromError(err)
			return true, slices.ContainsFunc(skeleton.CalleeOf(asked.Common()).Args, of)
		}
	}
	return false, false
}

// swift are packages whose functions do not wait: a loop that calls nothing else goes round at once. A name that ends in
// a slash stands for all packages below it.
var swift = []string{
	"fmt", "log", "log/slog", "errors", "strings", "strconv", "bytes", "sync/atomic", "math", "math/rand", "sort", "slices", "maps", "unicode",
	"github.com/sirupsen/logrus", "go.uber.org/zap", "github.com/rs/zerolog", "github.com/rs/zerolog/log", "k8s.io/klog", "k8s.io/klog/v2",
	"github.com/go-logr/logr", "github.com/golang/glog", "github.com/go-kit/log", "github.com/go-kit/log/level", "github.com/hashicorp/go-hclog",
	"github.com/pkg/errors", "github.com/prometheus/client_golang/prometheus", "github.com/charmbracelet/log",
}

// goesOn reports whether an instruction is known not to wait, and not to stop anything.
func (c *checker) goesOn(instr ssa.Instruction, depth int) bool {
	switch op := skeleton.OpOf(instr); {
	case op.Kind.Blocks() && op.Kind != skeleton.Lock && op.Kind != skeleton.RLock, op.Kind == skeleton.Sleep:
		return false
	case op.Kind == skeleton.ContextErr || op.Kind == skeleton.ContextDone || op.Kind == skeleton.Goexit:
		return false
	case op.Kind != skeleton.None:
		return true
	}
	call, ok := instr.(*ssa.Call)
	if !ok {
		switch instr.(type) {
		case *ssa.Panic, *ssa.Return, *ssa.Send:
			return false
		}
		return true
	}
	if _, builtin := call.Call.Value.(*ssa.Builtin); builtin {
		return true
	}
	callee := skeleton.CalleeOf(call.Common())
	if callee.Object != nil && callee.Object.Pkg() != nil && slices.Contains(swift, callee.Object.Pkg().Path()) {
		return true
	}
	if callee.Object != nil && callee.Object.Pkg() != nil && callee.Object.Pkg().Path() == "time" {
		return !strings.Contains(callee.Object.FullName(), "Sleep")
	}
	if callee.Object != nil && callee.Object.FullName() == "(error).Error" {
		return true
	}
	if depth > 3 || callee.Func == nil || len(callee.Func.Blocks) == 0 {
		return false
	}
	for _, b := range callee.Func.Blocks {
		for _, i := range b.Instrs {
			if _, ret := i.(*ssa.Return); !ret && !c.goesOn(i, depth+1) {
				return false
			}
		}
	}
	return true
}

// recursion reports a function that calls itself to try again, with the number of tries that are left as it was.
func (c *checker) recursion(instr ssa.CallInstruction) {
	call, ok := instr.(*ssa.Call)
	if !ok || call.Call.StaticCallee() != call.Parent() || !irutil.AfterFailure(call.Block()) {
		return
	}
	fn := call.Parent()
	if len(call.Call.Args) != len(fn.Params) {
		return
	}
	var left *ssa.Parameter
	for i, arg := range call.Call.Args {
		if _, fixed := arg.(*ssa.Const); fixed {
			continue
		}
		if arg != ssa.Value(fn.Params[i]) {
			return // it does not do the same again
		}
		if isCount(arg.Type()) && counter(fn.Params[i]) {
			left = fn.Params[i]
		}
	}
	if left == nil {
		return
	}
	name, at := source.FuncName(fn), c.source.Place(call)
	n := left.Name()
	d := pass.Diagnostic{Rule: endless, Pos: at.Pos, End: at.End, Op: "recursion", Object: name}
	d.Message = fmt.Sprintf("%s calls itself after a failure and passes %s as it is: the limit is never reached, and while the failure lasts it tries for ever; pass the number of tries that are left", name, n)
	d.Steps = []pass.Step{{Place: at, Message: name + " starts again with the same " + n, Op: "retry", Object: name}}
	c.found = append(c.found, d)
}

// counter reports whether a parameter counts tries: it is compared with a constant, or handed on one less or one more.
func counter(p *ssa.Parameter) bool {
	for _, use := range *p.Referrers() {
		op, ok := use.(*ssa.BinOp)
		if !ok {
			continue
		}
		k, isConst := integer(op.Y)
		if !isConst || op.X != ssa.Value(p) {
			continue
		}
		switch op.Op.String() {
		case "+", "-":
			if k == 1 && slices.ContainsFunc(*op.Referrers(), func(u ssa.Instruction) bool { _, passed := u.(*ssa.Call); return passed }) {
				return true
			}
		case "<", "<=", ">", ">=", "==", "!=":
			return true
		}
	}
	return false
}
