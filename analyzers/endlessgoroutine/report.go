package endlessgoroutine

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// reportRepeated reports the call that proves that a goroutine without end is started again and again.
func (c *checker) reportRepeated(call ssa.CallInstruction, d duty, often string) {
	place := c.source.Head(call)
	steps := slices.Clone(d.calls)
	if len(steps) > 0 {
		steps[0].Message += ", " + often
	}
	startStep := pass.Step{Place: d.place, Message: "starts " + d.goes, Op: "go", Object: d.goes}
	if len(steps) == 0 {
		startStep.Message += ", " + often
	}
	steps = append(steps, startStep, loopStep(d.loop))
	message := fmt.Sprintf("a goroutine is started %s and never ends: %s; let the loop also wait for something that ends it, a context or a channel, and return",
		often, endless(d.loop))
	if len(d.calls) > 0 {
		message = fmt.Sprintf("%s starts a goroutine that never ends, and is called %s: %s; make it possible to end the loop, and end it",
			d.calls[0].Object, often, endless(d.loop))
	}
	c.add(repeated, 1, d.start, pass.Diagnostic{
		Pos: place.Pos, End: place.End, Message: message, Op: "go", Object: d.goes, Steps: steps,
		Cause: fmt.Sprint(c.wirePlace(d.place)), Origin: d.place, Subject: c.Goroutine(d.loop.place),
	})
}

func loopStep(loop *trap) pass.Step {
	return pass.Step{Place: loop.place, Message: "loops here for ever", Op: "loop", Object: loop.text, Goroutine: 2}
}

// endless says what is wrong with the loop.
func endless(loop *trap) string { return quoted(loop) + " in " + loop.in + " " + loop.why }

func quoted(loop *trap) string { return "`" + loop.text + "`" }

// reportTicker reports a goroutine that waits for a ticker which is stopped.
func (c *checker) reportTicker(s start, stop ssa.CallInstruction) {
	place := c.source.Head(s.call)
	at := c.source.Head(stop)
	by := funcText(irutil.Outermost(stop.Parent()))
	c.add(tickerStopped, 0, s.call, pass.Diagnostic{
		Pos: place.Pos, End: place.End,
		Message: fmt.Sprintf("the goroutine never ends: %s stops the ticker, but Stop does not close its channel, so %s waits for ever; let the loop also wait for a channel that is closed there, and return",
			by, quoted(s.loop)),
		Op: "go", Object: goes(s.target), Subject: c.Goroutine(s.loop.place),
		Steps: []pass.Step{
			{Place: place, Message: "starts " + goes(s.target), Op: "go", Object: goes(s.target)},
			{Place: at, Message: "stops the ticker", Op: "stop"},
			{Place: s.loop.place, Message: "waits here for ever", Op: "recv", Object: s.loop.text, Goroutine: 2},
		},
	})
}

// reportHandedOut reports a goroutine that waits for a ticker which the caller gets, to stop it.
func (c *checker) reportHandedOut(s start, ret *ssa.Return) {
	place := c.source.Head(s.call)
	c.add(tickerStopped, 0, s.call, pass.Diagnostic{
		Pos: place.Pos, End: place.End,
		Message: fmt.Sprintf("the goroutine never ends: %s returns the ticker for its caller to stop, but Stop does not close its channel, so %s waits for ever; return a function that stops the ticker and ends the loop",
			funcText(irutil.Outermost(s.fn)), quoted(s.loop)),
		Op: "go", Object: goes(s.target), Subject: c.Goroutine(s.loop.place),
		Steps: []pass.Step{
			{Place: place, Message: "starts " + goes(s.target), Op: "go", Object: goes(s.target)},
			{Place: pass.Place{Pos: ret.Pos()}, Message: "hands out the ticker", Op: "return"},
			{Place: s.loop.place, Message: "waits here for ever", Op: "recv", Object: s.loop.text, Goroutine: 2},
		},
	})
}

// reportContext reports a goroutine that does not notice that its context is cancelled.
func (c *checker) reportContext(s start, ctx *ssa.Parameter) {
	place := c.source.Head(s.call)
	c.add(ignoresContext, 3, s.call, pass.Diagnostic{
		Pos: place.Pos, End: place.End,
		Message: fmt.Sprintf("the goroutine goes on for ever after %s is cancelled: %s; let it also wait for %s.Done(), and return",
			ctx.Name(), endless(s.loop), ctx.Name()),
		Op: "go", Object: goes(s.target), Subject: c.Goroutine(s.loop.place),
		Steps: []pass.Step{
			{Place: place, Message: "starts " + goes(s.target) + " with " + ctx.Name(), Op: "go", Object: goes(s.target)},
			loopStep(s.loop),
		},
	})
}

// reportBlocking reports a function that does not return when its context is cancelled.
func (c *checker) reportBlocking(fn *ssa.Function, loop *trap, ctx *ssa.Parameter) {
	c.add(ignoresContext, 3, nil, pass.Diagnostic{
		Pos: loop.place.Pos, End: loop.place.End,
		Message: fmt.Sprintf("%s never returns, not even when %s is cancelled: %s; let it also wait for %s.Done(), and return",
			funcText(fn), ctx.Name(), endless(loop), ctx.Name()),
		Op: "loop", Object: funcText(fn), Subject: c.Goroutine(loop.place),
	})
}

// reportIgnored reports a goroutine that the method does not end which is there to end an object's work.
func (c *checker) reportIgnored(s start, o owner, stop *types.Func) {
	place := c.source.Head(s.call)
	name := source.MethodName(stop)
	c.add(ignoresStop, 2, s.call, pass.Diagnostic{
		Pos: place.Pos, End: place.End,
		Message: fmt.Sprintf("%s does not end this goroutine: %s, so it goes on with the %s for ever; let the loop also wait for a channel that %s closes, and return",
			name, endless(s.loop), o.named.Obj().Name(), stop.Name()),
		Op: "go", Object: goes(s.target), Subject: c.Goroutine(s.loop.place),
		Steps: []pass.Step{
			{Place: place, Message: "starts " + goes(s.target), Op: "go", Object: goes(s.target)},
			{Place: pass.Place{Pos: stop.Pos(), End: stop.Pos() + token.Pos(len(stop.Name()))}, Message: stop.Name() + " does not reach the loop", Op: "stop", Object: name},
			loopStep(s.loop),
		},
	})
}

// reportUnstoppable reports a goroutine that keeps an object of a library for ever.
func (c *checker) reportUnstoppable(s start, o owner) {
	place := c.source.Head(s.call)
	t := o.named.Obj().Name()
	c.add(unstoppable, 4, s.call, pass.Diagnostic{
		Pos: place.Pos, End: place.End,
		Message: fmt.Sprintf("each %s starts a goroutine that nothing can end: %s, and keeps the %s for ever; give %s a Close method that ends the loop",
			t, endless(s.loop), t, t),
		Op: "go", Object: goes(s.target), Subject: c.Goroutine(s.loop.place),
		Steps: []pass.Step{
			{Place: place, Message: "starts " + goes(s.target), Op: "go", Object: goes(s.target)},
			loopStep(s.loop),
		},
	})
}

func (c *checker) add(r *rule.Rule, rank int, start ssa.Instruction, d pass.Diagnostic) {
	d.Rule = r
	c.found = append(c.found, finding{Diagnostic: d, start: start, rank: rank})
}

// goes names what a goroutine runs, in the user's words.
func goes(target skeleton.Callee) string { return calleeText(target) }

// calleeText names a callee in the user's words.
func calleeText(callee skeleton.Callee) string {
	switch {
	case callee.Object != nil:
		return source.MethodName(callee.Object)
	case callee.Func != nil:
		return funcText(callee.Func)
	}
	return "a function value"
}

func funcText(fn *ssa.Function) string {
	if fn.Parent() != nil {
		return "the function literal"
	}
	return source.FuncName(fn)
}
