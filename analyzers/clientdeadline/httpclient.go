package clientdeadline

import (
	"fmt"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/flow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
)

const (
	clientType    = "net/http.Client"
	transportType = "net/http.Transport"
)

const doMethod = "(*net/http.Client).Do"

// sends reports whether a method sends a request. Apart from Do they make it themselves, and it has no context then.
func sends(method string) bool {
	switch method {
	case doMethod, "(*net/http.Client).Get", "(*net/http.Client).Head", "(*net/http.Client).Post", "(*net/http.Client).PostForm":
		return true
	}
	return false
}

// What the package of a call of one of these methods knows of the request. It travels in facts as the call's note.
const (
	unbounded = "unbounded" // no deadline, and nobody cancels it
	partly    = "partly"    // unbounded for some of the callers
	streaming = "streaming" // the response is read for as long as it comes
	local     = "local"     // the server is on this machine
	bounded   = ""          // it has a deadline, or may have one
)

// note says what is known of the request of a call.
func (c *checker) note(_ *flow.Graph, call flow.Call) string {
	instr, ok := call.Instr.(ssa.CallInstruction)
	if !sends(call.Name) || !ok || call.Arg != 0 || !c.exits.Reachable(instr) {
		return bounded
	}
	args := call.Args()
	if len(args) < 2 {
		return bounded
	}
	if call.Name != doMethod {
		return c.judge(instr, args[1])
	}
	return c.judgeDo(instr, args[1])
}

// judge judges a request to a URL that can have no deadline.
func (c *checker) judge(instr ssa.CallInstruction, url ssa.Value) string {
	switch {
	case url != nil && isLocal(url):
		return local
	case c.readsOn(instr) == stream:
		return streaming
	}
	return unbounded
}

// judgeDo judges the request given to Do.
func (c *checker) judgeDo(instr ssa.CallInstruction, req ssa.Value) string {
	without := c.unboundedCases(req)
	if len(without) == 0 {
		return bounded
	}
	if asksForStream(req) {
		return streaming
	}
	if verdict := c.judge(instr, requestURL(req)); verdict != unbounded {
		return verdict
	}
	if len(without) < len(c.contexts.Cases(req)) {
		return partly
	}
	return unbounded
}

// A send is a call that sends a request.
type send struct {
	flow.Call
	verdict string
}

// sent lists the requests that a client sends outside tests.
func (c *checker) sent(o *flow.Object) []send {
	var all []send
	for _, call := range o.Calls() {
		if !sends(call.Name) || call.Nested || call.Arg != 0 || c.skips(call.Pos) {
			continue
		}
		if call.Inside == nil && call.Instr != nil && call.Args() == nil {
			continue // a method value: whoever calls it has the request
		}
		all = append(all, send{call, call.Note})
	}
	return all
}

// httpClients checks the clients that the package makes.
func (c *checker) httpClients() {
	for _, o := range c.graph.Objects() {
		if o.Type != clientType || o.Origin == flow.Foreign || o.Field("Timeout") == flow.Set || c.outOfSight(o) || !o.Pos.IsValid() {
			continue
		}
		if o.Value != nil {
			if instr, ok := o.Value.(ssa.Instruction); ok && choseNone(instr) {
				continue
			}
		}
		if how := c.transport(o); how != plain {
			continue
		}
		var without, other []send
		for _, s := range c.sent(o) {
			switch s.verdict {
			case unbounded:
				without = append(without, s)
			case partly:
				without, other = append(without, s), append(other, s)
			case local:
			default:
				other = append(other, s)
			}
		}
		for _, s := range without {
			c.spoken[instruction(s)] = true
		}
		switch {
		case len(without) == 0:
		case len(other) == 0:
			c.reportClient(o, without)
		default:
			c.reportRequest(o, without)
		}
	}
}

// outOfSight reports whether code that is not seen may give the object other fields.
func (c *checker) outOfSight(o *flow.Object) bool {
	if (o.Origin == flow.Field || o.Origin == flow.Global) && o.Var != nil && o.Var.Exported() && c.Pkg.Name() != "main" {
		return true
	}
	for _, e := range o.Escaping() {
		switch e.Kind {
		case flow.Dynamic, flow.Reflection, flow.ByFact, flow.Copied, flow.Container:
			return true
		}
	}
	return false
}

// reportClient reports a client none of whose requests has a deadline.
func (c *checker) reportClient(o *flow.Object, without []send) {
	first := without[0]
	d := pass.Diagnostic{
		Rule:   httpClient,
		Op:     "request",
		Object: clientName(o),
		Cause:  c.cause(o),
		Origin: madeAt(o),
		Steps:  c.madeSteps(o, "http.Client without Timeout"),
	}
	c.place(&d, o, first.Call)
	d.Severity = c.severity(instruction(first))
	advice := "set Timeout, or send the requests with a context that has a deadline"
	if c.downloads(without) {
		advice = "send the requests with a context that has a deadline, or set ResponseHeaderTimeout on the Transport; Timeout would also limit the download"
	} else if o.Literal != nil && !c.source.contextInScope(o.Literal.Pos()) {
		d.Fix = c.source.addField(o.Literal, "Timeout", 30)
	}
	d.Message = fmt.Sprintf("%s has no Timeout and %s no deadline: when a server accepts the connection and does not answer, the caller waits for ever; %s",
		article(d.Object, "this http.Client"), requestsOf(without), advice)
	d.Steps = append(d.Steps, o.Path(first.Call)...)
	for i, s := range without {
		if i == 0 {
			d.Steps = append(d.Steps, c.sendSteps(s)...)
			continue
		}
		d.Related = append(d.Related, pass.Related{Place: s.Place, Message: "so does this request"})
	}
	c.Report(d)
}

// reportRequest reports the requests without a deadline of a client whose other requests have one, or stream.
func (c *checker) reportRequest(o *flow.Object, without []send) {
	first := without[0]
	made := pass.Step{}
	d := pass.Diagnostic{Rule: httpClient, Op: "request", Object: clientName(o), Cause: c.cause(o), Origin: madeAt(o)}
	d.Pos, d.End = c.source.Span(first.Pos).Range()
	if first.verdict == partly {
		args := first.Args()
		if len(args) < 2 {
			return // a fact tells of the call, and not for which callers of that package the request has no deadline
		}
		cases := c.unboundedCases(args[1])
		if len(cases) == 0 || cases[0].Root == nil {
			return
		}
		d.Pos, d.End = c.source.Span(cases[0].Root.Pos()).Range()
		made = pass.Step{Place: pass.Place{Pos: d.Pos, End: d.End}, Op: "request", Message: "request without a deadline"}
	}
	d.Severity = c.severity(instruction(first))
	d.Message = fmt.Sprintf("this request has no deadline and %s no Timeout: when the server accepts the connection and does not answer, the caller waits for ever; use http.NewRequestWithContext with a context that has a deadline",
		article(d.Object, "its http.Client"))
	d.Steps = append(d.Steps, c.madeSteps(o, "http.Client without Timeout")...)
	d.Steps = append(d.Steps, o.Path(first.Call)...)
	if made.Message != "" {
		d.Steps = append(d.Steps, made)
	}
	d.Steps = append(d.Steps, c.sendSteps(first)...)
	for _, s := range without[1:] {
		d.Related = append(d.Related, pass.Related{Place: s.Place, Message: "this request has no deadline either"})
	}
	c.Report(d)
}

// place puts a finding about an object on the object if this package makes it, else on the call that gets it.
func (c *checker) place(d *pass.Diagnostic, o *flow.Object, call flow.Call) {
	if o.Literal != nil {
		d.Pos, d.End = o.Literal.Pos(), o.Literal.End()
		return
	}
	d.Pos, d.End = c.source.Span(call.Pos).Range()
}

// madeSteps tells where an object is made, and which function of another package returns it.
func (c *checker) madeSteps(o *flow.Object, what string) []pass.Step {
	step := pass.Step{Place: pass.Place{Pos: o.Pos}, Op: "make", Object: clientName(o), Message: what}
	if o.Literal != nil {
		step.Place = pass.At(o.Literal)
	}
	if o.Created.Foreign != nil {
		step.Place = o.Created
	}
	steps := []pass.Step{step}
	if o.Origin == flow.Made && o.Func != nil {
		name := o.Func.Name()
		if pkg := o.Func.Pkg(); pkg != nil && o.Func.Signature().Recv() == nil {
			name = pkg.Name() + "." + name
		}
		steps = append(steps, pass.Step{Place: c.source.Span(o.Pos), Op: "return", Object: name, Message: "returned by " + name})
	}
	return steps
}

// sendSteps tells how a request without a deadline is sent.
func (c *checker) sendSteps(s send) []pass.Step {
	var steps []pass.Step
	if s.Inside != nil {
		steps = append(steps, pass.Step{Place: s.Place, Op: "pass", Object: s.Function, Message: "passed to " + s.Function})
		return append(steps, pass.Step{Place: *s.Inside, Op: "request", Message: "a request without a deadline waits here"})
	}
	if args := s.Args(); s.Name == doMethod && len(args) > 1 {
		for _, ctx := range c.unboundedCases(args[1]) {
			if ctx.Root != nil {
				steps = append(steps, pass.Step{Place: c.source.Span(ctx.Root.Pos()), Op: "context", Message: "the request's context has no deadline"})
				break
			}
		}
	}
	return append(steps, pass.Step{Place: c.source.Span(s.Pos), Op: "request", Object: c.source.text(s.Pos), Message: "the request waits here"})
}

// cause identifies an object among those of all packages: who reports it first speaks for the others.
func (c *checker) cause(o *flow.Object) string {
	at := c.WirePos(pos(o.Pos))
	if o.Created.Foreign != nil {
		at = *o.Created.Foreign
	}
	return fmt.Sprintf("%s/%s:%d:%d", at.Package, at.File, at.Line, at.Column)
}

// madeAt is where an object is made, in whatever package.
func madeAt(o *flow.Object) pass.Place {
	if o.Created.Foreign != nil {
		return o.Created
	}
	return pass.Place{Pos: o.Pos}
}

func clientName(o *flow.Object) string {
	switch {
	case o.Name != "":
		return o.Name
	case o.Var != nil:
		return o.Var.Name()
	}
	return ""
}

// article is the subject of a sentence: a name, or what to say where there is none.
func article(name, none string) string {
	if name == "" {
		return none
	}
	return "http.Client " + name
}

func requestsOf(list []send) string {
	if len(list) == 1 {
		return "its request"
	}
	return "its requests"
}

func instruction(s send) ssa.CallInstruction {
	instr, _ := s.Instr.(ssa.CallInstruction)
	return instr
}

// pos is a position as a node, for it has none of its own.
type pos token.Pos

func (p pos) Pos() token.Pos { return token.Pos(p) }
func (p pos) End() token.Pos { return token.NoPos }
