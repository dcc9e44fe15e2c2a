package detachedgoroutine

import (
	"fmt"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A found is a use in a goroutine that a handler does not wait for.
type found struct {
	late
	param *ssa.Parameter // the handler's, from which the value comes
}

// spoken identifies what is reported once, whichever handlers lead to it.
type spoken struct {
	pos  token.Pos
	code string
}

// at is a place as a node, for it has none of its own.
type at token.Pos

func (a at) Pos() token.Pos { return token.Pos(a) }
func (a at) End() token.Pos { return token.NoPos }

func (c *checker) report(fn *ssa.Function, h handlers.Handler, f found) {
	r := ruleOf(f.kind)
	if r == recycledContext && keepsContext(fn, make(map[*ssa.Function]bool)) {
		return
	}
	// The goroutine's own use is what must change; where the goroutine is another package's, the call that leads there.
	anchor := f.hops[0]
	if anchor.at != nil {
		if len(f.calls) == 0 {
			return
		}
		anchor = f.calls[0]
		for _, call := range f.calls {
			if call.at == nil {
				anchor = call
			}
		}
	}
	place, value := c.argument(anchor)
	if !place.Pos.IsValid() || c.spoken[spoken{place.Pos, r.Code}] {
		return
	}
	c.spoken[spoken{place.Pos, r.Code}] = true
	who := handlerName(fn)
	d := pass.Diagnostic{
		Rule: r, Pos: place.Pos, End: place.End, Op: r.Name, Object: objectOf(f),
		Message: message(f, h, who, value),
		Steps:   c.steps(f, who),
		Fix:     c.fix(f),
	}
	if f.start.at != nil {
		d.Origin = pass.Place{Foreign: f.start.at}
	} else {
		at := c.hopFact(f.start).Pos
		d.Origin = pass.Place{Foreign: &at}
	}
	d.Cause = causeOf(*d.Origin.Foreign)
	c.Report(d)
}

func causeOf(at wire.Pos) string {
	return fmt.Sprintf("%s/%s:%d:%d", at.Package, at.File, at.Line, at.Column)
}

func ruleOf(k kind) *rule.Rule {
	switch k {
	case works:
		return cancelledContext
	case writes:
		return lateWrite
	case reads:
		return lateBody
	case touches:
		return recycledContext
	}
	return lateStream
}

// objectOf is what the fingerprint knows of a use: what is called.
func objectOf(f found) string { return f.hops[len(f.hops)-1].text }

// handlerName names a handler for a message.
func handlerName(fn *ssa.Function) string {
	if fn.Parent() == nil {
		return fn.Name()
	}
	return "the handler"
}

// argument returns the place of the value at a hop, and its text in the source.
func (c *checker) argument(h hop) (pass.Place, string) {
	call := c.source.CallAt(h.pos)
	if call == nil {
		return pass.Place{Pos: h.pos}, ""
	}
	if h.arg >= 0 {
		if e := c.source.ArgumentOf(call, h.arg); e != nil {
			return pass.At(e), source.Text(e)
		}
	}
	return pass.Place{Pos: call.Pos(), End: call.Fun.End()}, ""
}

func message(f found, h handlers.Handler, who, value string) string {
	what := f.hops[0].text
	switch f.kind {
	case works:
		if value == "" {
			value = "ctx"
		}
		return fmt.Sprintf("%s is called in a goroutine that %s does not wait for, with the request's context, which is cancelled when %s returns: the work is cut off at random; "+
			"give it context.WithoutCancel(%s), with a timeout of its own, or wait for the goroutine", what, who, who, value)
	case writes:
		return fmt.Sprintf("%s uses the response in a goroutine that can outlive %s: when the handler has returned, the server has sent the response, and the write is lost or is a data race with the server; "+
			"write before %s returns, or wait for the goroutine", what, who, who)
	case reads:
		return fmt.Sprintf("%s reads the request's body in a goroutine that can outlive %s: the server closes the body when the handler returns, so the rest is lost; "+
			"read it before the goroutine starts, or wait for the goroutine", what, who)
	case touches:
		if value == "" {
			value = f.param.Name()
		}
		return fmt.Sprintf("%s uses %s in a goroutine that can outlive %s: %s gives it to another request as soon as the handler returns, so the goroutine sees that request's data, in a data race; %s",
			what, value, who, frameworkOf(f, h), adviceFor(h.Kind, value))
	case receives:
		return fmt.Sprintf("%s receives from the stream in a goroutine that %s does not wait for: the stream ends when %s returns, so what the client sends is lost; wait for the goroutine before returning", what, who, who)
	}
	return fmt.Sprintf("%s sends on the stream in a goroutine that %s does not wait for: the stream ends when %s returns, so what is sent after that is lost; wait for the goroutine before returning", what, who, who)
}

func frameworkOf(f found, h handlers.Handler) string {
	switch classOf(f.param.Type()) {
	case ginContext:
		return "gin"
	case echoContext:
		return "echo"
	case fiberCtx:
		return "fiber"
	case fastCtx:
		return "fasthttp"
	}
	return string(h.Kind)
}

func adviceFor(k handlers.Kind, value string) string {
	if k == handlers.Gin {
		return fmt.Sprintf("give it %s.Copy(), made before the goroutine starts", value)
	}
	return "take what it needs from it before the goroutine starts"
}

// steps tell how it happens.
func (c *checker) steps(f found, who string) []pass.Step {
	begin := f.param.Parent()
	steps := []pass.Step{{Place: pass.Place{Pos: begin.Pos()}, Op: "request", Object: who, Goroutine: 1, Message: "a request begins here: " + who + " handles it"}}
	for _, h := range f.calls {
		steps = append(steps, pass.Step{Place: c.place(h), Op: "call", Object: h.text, Goroutine: 1, Message: "calls " + h.text})
	}
	returns := who + " returns here without waiting for goroutine 2"
	if len(f.calls) > 0 {
		returns = who + " returns here; nothing has waited for goroutine 2"
	}
	steps = append(steps,
		pass.Step{Place: c.place(f.start), Op: "go", Goroutine: 1, Message: "goroutine 2 is started here"},
		pass.Step{Place: c.place(f.ret), Op: "return", Object: who, Goroutine: 1, Message: returns + effect(f.kind)})
	for i, h := range f.hops {
		if i < len(f.hops)-1 {
			steps = append(steps, pass.Step{Place: c.place(h), Op: "call", Object: h.text, Goroutine: 2, Message: "calls " + h.text})
			continue
		}
		steps = append(steps, pass.Step{Place: c.place(h), Op: "use", Object: h.text, Goroutine: 2, Message: last(f.kind, h.text)})
	}
	return steps
}

func effect(k kind) string {
	switch k {
	case works:
		return ", and the request's context is cancelled"
	case writes:
		return ", and the response is sent"
	case reads:
		return ", and the body is closed"
	case touches:
		return ", and its context goes back to the pool"
	}
	return ", and the stream ends"
}

func last(k kind, text string) string {
	switch k {
	case works:
		return "uses the request's context here: " + text
	case writes:
		return "uses the response here: " + text
	case reads:
		return "reads the body here: " + text
	case touches:
		return "uses the recycled context here: " + text
	}
	return "uses the stream here: " + text
}

func (c *checker) place(h hop) pass.Place {
	if h.at != nil {
		return pass.Place{Foreign: h.at}
	}
	if n := c.source.At(h.pos); n != nil {
		if call, ok := n.(*ast.CallExpr); ok {
			return pass.Place{Pos: call.Pos(), End: call.End()}
		}
	}
	return pass.Place{Pos: h.pos}
}

// returnPos is the place of a return statement, or of the closing brace where there is none.
func (c *checker) returnPos(ret *ssa.Return) token.Pos {
	if ret.Pos().IsValid() {
		return ret.Pos()
	}
	switch fn := ret.Parent().Syntax().(type) {
	case *ast.FuncDecl:
		if fn.Body != nil {
			return fn.Body.Rbrace
		}
	case *ast.FuncLit:
		return fn.Body.Rbrace
	}
	return ret.Parent().Pos()
}
