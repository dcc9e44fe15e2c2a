package clientdeadline

import (
	"cmp"
	"fmt"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/flow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// defaultSends reports whether a function sends a request with http.DefaultClient. The URL is its first argument.
func defaultSends(function string) bool {
	switch function {
	case "net/http.Get", "net/http.Head", "net/http.Post", "net/http.PostForm":
		return true
	}
	return false
}

// A defaultUse is a request without a deadline that http.DefaultClient sends.
type defaultUse struct {
	instr ssa.CallInstruction
	call  flow.Call // where the client is a value
	steps []pass.Step
}

// defaultClients checks the requests sent with http.DefaultClient.
func (c *checker) defaultClients() {
	if c.replacesDefault() {
		return
	}
	var uses []defaultUse
	for _, call := range c.calls {
		if defaultSends(call.name) && c.exits.Reachable(call.Call) && c.judge(call.Call, call.Call.Call.Args[0]) == unbounded {
			uses = append(uses, defaultUse{instr: call.Call})
		}
	}
	for _, o := range c.graph.Objects() {
		if !isDefaultClient(o) {
			continue
		}
		for _, w := range o.Writes() {
			if w.Field == "Timeout" && !w.Zero || w.Field == "Transport" {
				return
			}
		}
		for _, s := range c.sent(o) {
			instr := instruction(s)
			if s.verdict == unbounded && (instr != nil && !c.spoken[instr] || s.Inside != nil) {
				uses = append(uses, defaultUse{instr: instr, call: s.Call, steps: append(o.Path(s.Call), c.sendSteps(s)...)})
			}
		}
	}
	c.reportDefaults(uses)
}

func isDefaultClient(o *flow.Object) bool {
	return o.Type == clientType && o.Origin == flow.Foreign && o.Var != nil && o.Var.Name() == "DefaultClient" && o.Var.Pkg().Path() == "net/http"
}

// replacesDefault reports whether the package puts something else into http.DefaultClient or http.DefaultTransport.
func (c *checker) replacesDefault() bool {
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if store, ok := instr.(*ssa.Store); ok {
					if v, ok := store.Addr.(*ssa.Global); ok && v.Pkg != nil && v.Pkg.Pkg.Path() == "net/http" && !c.skips(store.Pos()) {
						return true
					}
				}
			}
		}
	}
	return false
}

// reportDefaults reports one finding for each function declaration.
func (c *checker) reportDefaults(uses []defaultUse) {
	var order []*ssa.Function
	byFunc := make(map[*ssa.Function][]defaultUse)
	for _, u := range uses {
		at := u.pos()
		if c.skips(at.Pos) {
			continue
		}
		fn := u.call.In
		if u.instr != nil {
			fn = u.instr.Parent()
		}
		if fn != nil {
			fn = irutil.Outermost(fn)
		}
		if byFunc[fn] == nil {
			order = append(order, fn)
		}
		byFunc[fn] = append(byFunc[fn], u)
	}
	for _, fn := range order {
		c.reportFunction(byFunc[fn])
	}
}

func (u defaultUse) pos() pass.Place {
	if u.instr != nil {
		return pass.Place{Pos: u.instr.Pos()}
	}
	return u.call.Place
}

// reportFunction reports the requests of one function as one finding, without those that comments silence: a comment speaks
// for the request that it stands at.
func (c *checker) reportFunction(uses []defaultUse) {
	var loud []defaultUse
	for _, u := range uses {
		if pos, _ := c.source.Span(u.pos().Pos).Range(); c.Heard(pass.Diagnostic{Rule: defaultClient, Pos: pos}) {
			loud = append(loud, u)
		} else {
			c.reportDefault([]defaultUse{u})
		}
	}
	if len(loud) > 0 {
		c.reportDefault(loud)
	}
}

func (c *checker) reportDefault(uses []defaultUse) {
	first := uses[0]
	d := pass.Diagnostic{Rule: defaultClient, Op: "request", Object: "http.DefaultClient", Steps: first.steps}
	d.Pos, d.End = c.source.Span(first.pos().Pos).Range()
	d.Severity = c.severity(first.instr)
	what := cmp.Or(c.source.text(first.pos().Pos), "this request")
	using := "uses http.DefaultClient, which has no Timeout"
	if first.call.Name != "" {
		using = "sends a request without a deadline through http.DefaultClient, which has no Timeout"
	}
	advice := "use an http.Client with Timeout, or a request with a context that has a deadline"
	if first.instr != nil && c.readsOn(first.instr) == download {
		advice = "use a request with a context that has a deadline, or a Transport with ResponseHeaderTimeout; a client's Timeout would also limit the download"
	}
	d.Message = fmt.Sprintf("%s %s: when the server accepts the connection and does not answer, the caller waits for ever; %s", what, using, advice)
	for _, u := range uses[1:] {
		d.Related = append(d.Related, pass.Related{Place: u.pos(), Message: "so does this request"})
	}
	c.Report(d)
}
