package clientdeadline

import (
	"fmt"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/flow"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// dials checks the functions that connect without any bound of their own.
func (c *checker) dials() {
	std := rows(models.StdDials())
	libs := rows(models.LibraryDials())
	for _, call := range c.calls {
		row, ok := std[call.name]
		r := dial
		if !ok {
			row, ok = libs[call.name]
			r = library
		}
		if ok && c.waits(row, call.Call) {
			c.reportWait(r, row, call.Call, nil, "")
		}
	}
}

func rows(list []models.Wait) map[string]models.Wait {
	m := make(map[string]models.Wait, len(list))
	for _, row := range list {
		m[row.Func] = row
	}
	return m
}

// dialers checks the dialers and configurations of the types, and the calls that get them.
func (c *checker) dialers(table []models.ConfigType, r *rule.Rule) {
	for _, row := range table {
		waits := rows(row.Waits)
		for _, o := range c.graph.Objects() {
			if o.Type != row.Type || c.bounded(o, row) {
				continue
			}
			for _, call := range o.Calls() {
				wait, ok := waits[call.Name]
				instr, direct := call.Instr.(*ssa.Call)
				if ok && direct && !c.skips(call.Pos) && c.waits(wait, instr) {
					c.reportWait(r, wait, instr, o, row.Field)
					break
				}
			}
			c.kept(o, row, r)
		}
	}
}

// bounded reports whether something bounds what is done with an object, or may.
func (c *checker) bounded(o *flow.Object, row models.ConfigType) bool {
	if o.Origin == flow.Foreign || c.outOfSight(o) {
		return true
	}
	if instr, ok := o.Value.(ssa.Instruction); ok && choseNone(instr) {
		return true
	}
	for _, field := range row.Bounds {
		if o.Field(field) == flow.Set {
			return true
		}
	}
	needed := len(row.Needs) == 0
	for _, field := range row.Needs {
		needed = needed || o.Field(field) == flow.Set
	}
	if !needed {
		return true
	}
	if row.Nested == "" {
		return false
	}
	for _, w := range o.Writes() {
		if w.Field != row.Nested || w.Zero {
			continue
		}
		if w.Value == nil {
			return true
		}
		held := c.graph.Holding(w.Value)
		for _, inner := range held {
			for _, t := range models.StdDialers() {
				if t.Type == inner.Type && c.bounded(inner, t) {
					return true
				}
			}
		}
		if len(held) == 0 {
			return true
		}
	}
	return false
}

// waits reports whether a call of the row's function has no bound: it can be reached, nobody chose to have none, its context is
// known to have no deadline, and its peer is another machine.
func (c *checker) waits(row models.Wait, call *ssa.Call) bool {
	args := call.Call.Args
	arg := func(i int) ssa.Value {
		if i == 0 || i > len(args) {
			return nil
		}
		return args[i-1]
	}
	if !c.exits.Reachable(call) || choseNone(call) || c.skips(call.Pos()) {
		return false
	}
	if ctx := arg(row.Context); ctx != nil && c.contexts.State(ctx) != ctxflow.None {
		return false
	}
	if network := arg(row.Network); network != nil && !isTCP(network) {
		return false
	}
	if address := arg(row.Address); address != nil && isLocal(address) {
		return false
	}
	if row.Option != "" && !givenOption(call, row.Option) {
		return false
	}
	for _, option := range row.BoundBy {
		if givenOption(call, option) {
			return false
		}
	}
	return !watched(call)
}

// givenOption reports whether one of the variadic arguments of a call is known to be the result of a function.
func givenOption(call *ssa.Call, option string) bool {
	if len(call.Call.Args) == 0 {
		return false
	}
	seen := make(map[ssa.Value]bool)
	var has func(v ssa.Value) bool
	has = func(v ssa.Value) bool {
		if v == nil || seen[v] {
			return false
		}
		seen[v] = true
		switch v := v.(type) {
		case *ssa.Slice:
			return has(v.X)
		case *ssa.Phi:
			for _, e := range v.Edges {
				if has(e) {
					return true
				}
			}
		case *ssa.Alloc:
			for _, use := range *v.Referrers() {
				elem, ok := use.(*ssa.IndexAddr)
				if !ok {
					continue
				}
				for _, use := range *elem.Referrers() {
					if store, ok := use.(*ssa.Store); ok && has(store.Val) {
						return true
					}
				}
			}
		case *ssa.MakeInterface:
			return has(v.X)
		case *ssa.Call:
			if ctxflow.Callee(v.Common()) == option {
				return true
			}
			if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" {
				for _, a := range v.Call.Args {
					if has(a) {
						return true
					}
				}
			}
		}
		return false
	}
	return has(call.Call.Args[len(call.Call.Args)-1])
}

// reportWait reports a call that waits without a bound, of a configured object o where the bound is missing in one.
func (c *checker) reportWait(r *rule.Rule, row models.Wait, call *ssa.Call, o *flow.Object, field string) {
	text := c.source.text(call.Pos())
	d := pass.Diagnostic{Rule: r, Op: "dial", Object: text, Severity: c.severity(call)}
	d.Pos, d.End = c.source.Span(call.Pos()).Range()
	if row.OS {
		d.Message = fmt.Sprintf("%s %s without a bound of its own: a peer that does not answer holds the caller for as long as the operating system tries, about two minutes on Linux", text, row.What)
	} else {
		d.Message = fmt.Sprintf("%s %s without a bound: a peer that accepts the connection and stays silent holds the caller for ever", text, row.What)
	}
	instead := row.Instead
	if o != nil {
		instead = "set " + field
		if name := shortType(o.Type); name != "" {
			instead += " in the " + name
		}
		if row.Context != 0 {
			instead += ", or use a context with a deadline"
		}
		if row.Func == "golang.org/x/crypto/ssh.Dial" {
			instead += "; it bounds the TCP connection only, so dial with net.DialTimeout, SetDeadline on the connection and use ssh.NewClientConn to bound the handshake too"
		}
		d.Cause, d.Origin, d.Object = c.cause(o), madeAt(o), shortType(o.Type)
		d.Steps = append(d.Steps, c.madeSteps(o, fmt.Sprintf("%s without %s", shortType(o.Type), field))...)
		for _, oc := range o.Calls() {
			if oc.Instr == ssa.Instruction(call) {
				d.Steps = append(d.Steps, o.Path(oc)...)
				break
			}
		}
		if o.Literal != nil && r != dial {
			d.Pos, d.End = o.Literal.Pos(), o.Literal.End()
		}
		if o.Literal != nil && isDuration(field) && !c.source.contextInScope(o.Literal.Pos()) {
			d.Fix = c.source.addField(o.Literal, field, 10)
		}
	}
	d.Message += "; " + verb(instead)
	if row.Func == "net.Dial" && !c.source.contextInScope(call.Pos()) {
		d.Fix = c.source.dialTimeout(call.Pos())
	}
	if row.Context != 0 {
		for _, ctx := range c.unboundedCases(call.Call.Args[row.Context-1]) {
			if ctx.Root != nil {
				d.Steps = append(d.Steps, pass.Step{Place: c.source.Span(ctx.Root.Pos()), Op: "context", Message: "this context has no deadline"})
				break
			}
		}
	}
	d.Steps = append(d.Steps, pass.Step{Place: c.source.Span(call.Pos()), Op: "dial", Object: text, Message: "the caller waits here"})
	c.Report(d)
}

// isDuration reports whether a field that bounds is a duration; the other one is a dialer.
func isDuration(field string) bool { return field != "NetDialer" }

// kept reports an object that is stored where a library's background connections take it from.
func (c *checker) kept(o *flow.Object, row models.ConfigType, r *rule.Rule) {
	for _, e := range o.Escaping() {
		if e.Kind != flow.InField || e.Field == nil || e.Field.Pkg() == nil || c.skips(e.Pos) {
			continue
		}
		pkg, _ := splitType(row.Type)
		for _, name := range row.Kept {
			if e.Field.Name() == name && e.Field.Pkg().Path() == pkg {
				c.reportKept(o, row, r, e)
				return
			}
		}
	}
}

func (c *checker) reportKept(o *flow.Object, row models.ConfigType, r *rule.Rule, e flow.Escape) {
	d := pass.Diagnostic{Rule: r, Op: "dial", Object: shortType(o.Type), Cause: c.cause(o), Origin: madeAt(o), Pos: e.Pos}
	if o.Literal != nil {
		d.Pos, d.End = o.Literal.Pos(), o.Literal.End()
		if !c.source.contextInScope(d.Pos) {
			d.Fix = c.source.addField(o.Literal, row.Field, 10)
		}
	}
	d.Message = fmt.Sprintf("%s has no %s: the background connections that it makes %s without a bound, so a broker that accepts the connection and stays silent stops them for ever; set %s",
		shortType(o.Type), row.Field, "wait for the TLS handshake and the SASL exchange", row.Field)
	d.Steps = append(d.Steps, c.madeSteps(o, fmt.Sprintf("%s without %s", shortType(o.Type), row.Field))...)
	d.Steps = append(d.Steps, o.PathTo(e)...)
	c.Report(d)
}
