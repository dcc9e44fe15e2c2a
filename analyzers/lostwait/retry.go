package lostwait

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/repeat"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// Bounds of what is worth a finding: a wait of less than shortest hardly delays the end, and a few short rounds end by
// themselves.
const (
	shortest = 100 * time.Millisecond
	enough   = 3 * time.Second
)

// A pause is a wait for time to pass.
type pause struct {
	text    string // "time.Sleep(backoff)"
	value   ssa.Value
	instead string    // what is to be done where that is no select
	root    *ssa.Call // makes the context that a library's object knows, which never ends
}

// retries reports a wait between the rounds of a loop that never notices the end of the context at hand.
func (c *checker) retries(instr ssa.Instruction) {
	p, ok := c.pauseOf(instr)
	if !ok {
		c.recursivePause(instr)
		return
	}
	longest, known := longest(p.value, 0)
	if known && longest < shortest {
		return
	}
	loops := c.around(instr.Block())
	if len(loops) == 0 {
		c.recursivePause(instr)
		return
	}
	ctx, ok := c.atHand(instr)
	if !ok {
		return
	}
	l := loops[0]
	conds := c.exitsOf(l)
	fn := instr.Parent()
	switch {
	case len(conds) == 0 && c.startedOnly(fn):
		return // a goroutine without an end is endlessgoroutine's matter
	case c.consults(l) || len(loops) > 1 && c.endsSoon(l, longest, known) && slices.ContainsFunc(loops[1:], c.consults):
		return
	}
	if n := c.rounds(l); n > 0 && known && time.Duration(n)*longest < enough {
		return
	}
	at := c.placeOf(instr)
	if !at.Pos.IsValid() {
		return
	}
	who := source.FuncName(irutil.Outermost(fn))
	mend := fmt.Sprintf("wait for %s.Done() too, in a select, and return", ctx.Text)
	if p.instead != "" {
		mend = fmt.Sprintf(p.instead, ctx.Text)
	}
	d := pass.Diagnostic{Rule: retry, Pos: at.Pos, End: at.End, Op: "pause", Object: p.text}
	d.Message = fmt.Sprintf("%s delays each round of a loop that does not notice the end of %s: when that has ended, %s still waits and tries on, and so does its caller; %[4]s",
		p.text, ctx.Text, who, mend)
	if len(conds) > 0 && c.rounds(l) == 0 && !c.counts(l) {
		d.Steps = append(d.Steps, pass.Step{Place: at, Message: "the loop has no limit and waits here before the next round", Op: "wait", Object: p.text})
	} else {
		d.Steps = append(d.Steps, pass.Step{Place: at, Message: "the loop waits here before the next round", Op: "wait", Object: p.text})
	}
	if p.root != nil {
		made := c.source.Callee(p.root)
		d.Steps = slices.Insert(d.Steps, 0, pass.Step{Place: c.source.Place(p.root), Message: made + "() never ends", Op: "context", Object: made})
	}
	d.Fix = c.selectFix(instr, ctx)
	c.found = append(c.found, d)
	c.slept[l] = true
}

// endsSoon reports whether a loop comes to its end by itself, and soon.
func (c *checker) endsSoon(l *irutil.Loop, longest time.Duration, known bool) bool {
	n := c.rounds(l)
	return n > 0 && (!known || time.Duration(n)*longest < 10*enough) || n == 0 && c.counts(l)
}

// counts reports whether a count or a collection bounds a loop.
func (c *checker) counts(l *irutil.Loop) bool {
	conds := c.exitsOf(l)
	return slices.ContainsFunc(conds, func(cond ssa.Value) bool { return c.counted(cond, l) })
}

// startedOnly reports whether a function, or one that it is a literal of, runs in a goroutine of its own only.
func (c *checker) startedOnly(fn *ssa.Function) bool { return c.scope.Runs(fn) == scope.Started }

// atHand returns the context that an instruction should heed. A context that has ended, and one that is not this
// function's to heed, is none.
func (c *checker) atHand(instr ssa.Instruction) (scope.Context, bool) {
	at := c.scope.At(instr)
	if len(at) == 0 {
		return scope.Context{}, false
	}
	switch c.scope.Detached(instr) {
	case scope.AfterEnd, scope.InDefer:
		return scope.Context{}, false
	}
	return at[0], true
}

// pauseOf says whether an instruction does nothing but wait for time to pass.
func (c *checker) pauseOf(instr ssa.Instruction) (pause, bool) {
	switch op := skeleton.OpOf(instr); op.Kind {
	case skeleton.None:
		return c.rootedWait(instr)
	case skeleton.Sleep:
		call, ok := instr.(*ssa.Call)
		if !ok || len(op.Callee.Args) != 1 {
			return pause{}, false
		}
		text := "time.Sleep"
		if e := c.source.Call(call); e != nil && source.Text(e) != "" {
			text = source.Text(e)
		}
		return pause{text: text, value: op.Callee.Args[0]}, true
	case skeleton.Recv:
		if isTime(op.Object) {
			return pause{text: "the wait for " + timerText(op.Object), value: durationOf(op.Object)}, true
		}
	case skeleton.Select:
		if op.Default || len(op.Cases) != 1 {
			return pause{}, false
		}
		if s := op.Cases[0]; s.Dir == types.RecvOnly && isTime(s.Chan) {
			return pause{text: "the wait for " + timerText(s.Chan), value: durationOf(s.Chan)}, true
		}
	}
	return pause{}, false
}

// isTime reports whether a channel is one on which package time sends.
func isTime(ch ssa.Value) bool {
	t, ok := ch.Type().Underlying().(*types.Chan)
	if !ok || types.TypeString(t.Elem(), nil) != "time.Time" {
		return false
	}
	if call, ok := ch.(*ssa.Call); ok {
		kind := skeleton.OpOf(call).Kind
		return kind == skeleton.TimeAfter || kind == skeleton.TimeTick
	}
	return repeat.TimerOf(ch) != nil
}

// timerText names what is waited for.
func timerText(ch ssa.Value) string {
	if call, ok := ch.(*ssa.Call); ok {
		if skeleton.OpOf(call).Kind == skeleton.TimeTick {
			return "time.Tick"
		}
		return "time.After"
	}
	if timer := repeat.TimerOf(ch); timer != nil && irutil.IsNamed(irutil.Deref(timer.Type()), "time", "Ticker") {
		return "the ticker"
	}
	return "the timer"
}

// durationOf returns the duration after which a channel of package time sends, or nil.
func durationOf(ch ssa.Value) ssa.Value {
	if timer := repeat.TimerOf(ch); timer != nil {
		ch = timer
	}
	call, ok := ch.(*ssa.Call)
	if !ok {
		return nil
	}
	switch op := skeleton.OpOf(call); op.Kind {
	case skeleton.TimeAfter, skeleton.TimeTick, skeleton.NewTimer, skeleton.NewTicker:
		return op.Callee.Args[0]
	}
	return nil
}

// longest returns the longest that a duration can be seen to be. known is false where it is computed from what is not
// seen here.
func longest(v ssa.Value, depth int) (d time.Duration, known bool) {
	if v == nil || depth > maxDepth {
		return 0, false
	}
	switch v := v.(type) {
	case *ssa.Const:
		n, ok := integer(v)
		return time.Duration(n), ok
	case *ssa.Convert:
		return longest(v.X, depth+1)
	case *ssa.ChangeType:
		return longest(v.X, depth+1)
	case *ssa.BinOp:
		if v.Op != token.SUB && v.Op != token.ADD {
			return 0, false
		}
		x, okX := longest(v.X, depth+1)
		y, okY := longest(v.Y, depth+1)
		if v.Op == token.ADD {
			x += y
		}
		return x, okX && okY
	case *ssa.Phi:
		for _, e := range v.Edges {
			x, ok := longest(e, depth+1)
			if !ok {
				return 0, false
			}
			d = max(d, x)
		}
		return d, true
	}
	return 0, false
}

// placeOf is the place of an instruction in the source.
func (c *checker) placeOf(instr ssa.Instruction) pass.Place {
	if call, ok := instr.(ssa.CallInstruction); ok {
		return c.source.Place(call)
	}
	return pass.Place{Pos: instr.Pos()}
}
