package serverdeadline

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/flow"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// checkServeFuncs reports calls of functions that make a server without bounds, and serve.
func (c *checker) checkServeFuncs() {
	type row struct {
		models.ServeFunc
		rule *rule.Rule
	}
	rows := make(map[string]row)
	for _, t := range []struct {
		rule  *rule.Rule
		funcs []models.ServeFunc
	}{
		{serveHelper, models.NetHTTPServe()},
		{framework, models.FrameworkServe()},
		{fastHTTP, models.FastHTTPServe()},
	} {
		for _, f := range t.funcs {
			rows[f.Func] = row{f, t.rule}
		}
	}
	for _, fn := range c.graph.Functions() {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(ssa.CallInstruction)
				if !ok {
					continue
				}
				if r, ok := rows[calleeName(call.Common())]; ok && c.exits.Reachable(call) {
					c.checkServeFunc(call, r.ServeFunc, r.rule)
				}
			}
		}
	}
}

func (c *checker) checkServeFunc(call ssa.CallInstruction, f models.ServeFunc, r *rule.Rule) {
	args := call.Common().Args
	if c.local(f.Address, f.Listener, false, args) || f.Listener > 0 && c.deadlineListener(args[f.Listener-1]) {
		return
	}
	if len(f.Bound) > 0 && !c.unboundReceiver(args[0], f) {
		return
	}
	e := c.callExpr(call)
	if e == nil || !c.concerns(e) {
		return
	}
	name := types.ExprString(e.Fun)
	d := pass.Diagnostic{Rule: r, Pos: e.Pos(), End: e.End(), Op: "serve", Object: shortName(f.Func)}
	const harm = "a client that sends its request header slowly, or stays silent, holds a connection and a goroutine for ever, because "
	switch {
	case len(f.Bound) > 0:
		server := receiver(name) + "." + f.Bound[0]
		d.Message = harm + name + " serves " + server + ", which has no timeouts: set " + server + ".ReadHeaderTimeout and " + server + ".IdleTimeout before"
	case r == fastHTTP:
		d.Message = harm + name + " serves without timeouts: use a fasthttp.Server with ReadTimeout and IdleTimeout"
	case r == framework && isMethod(f.Func):
		d.Message = harm + name + " serves without timeouts: use an http.Server with Handler: " + receiver(name) + ", ReadHeaderTimeout and IdleTimeout"
	default:
		d.Message = harm + name + " serves without timeouts: use an http.Server with ReadHeaderTimeout and IdleTimeout"
	}
	d.Fix = c.serveFix(e, f, r)
	c.pass.Report(d)
}

func isMethod(fullName string) bool { return strings.HasPrefix(fullName, "(") }

// receiver returns the text before the last dot.
func receiver(expr string) string {
	if i := strings.LastIndexByte(expr, '.'); i >= 0 {
		return expr[:i]
	}
	return expr
}

// unboundReceiver reports whether the servers in fields of a framework's object are known to have no bounds: the object
// is made in this package, and nobody in it sets one.
func (c *checker) unboundReceiver(v ssa.Value, f models.ServeFunc) bool {
	made := c.all(v, func(v ssa.Value) bool {
		call := callOf(v)
		return call != nil && slices.Contains(f.Constructors, calleeName(call))
	})
	if !made {
		return false
	}
	for _, name := range f.Bound {
		obj, _, _ := types.LookupFieldOrMethod(v.Type(), true, c.pass.Pkg, name)
		field, ok := obj.(*types.Var)
		if !ok {
			return false
		}
		for _, o := range c.graph.Slot(field) {
			if c.mayHaveBounds(o) {
				return false
			}
		}
	}
	return true
}

// mayHaveBounds reports whether anything sets bounds for a server that a framework serves, or could.
func (c *checker) mayHaveBounds(o *flow.Object) bool {
	t := models.HTTPServer()
	for _, w := range o.Writes() {
		if slices.Contains(t.Read, w.Field) && !w.Zero {
			return true
		}
	}
	if c.hooked(o, t) {
		return true
	}
	for _, call := range o.Calls() {
		if _, known := serverCall(t, call); !known && !harmless(call) {
			return true
		}
	}
	return slices.ContainsFunc(o.Escaping(), func(e flow.Escape) bool { return e.Kind != flow.InField })
}

// checkApp reports a framework's server that is configured, if at all, by the argument of its constructor.
func (c *checker) checkApp(o *flow.Object) {
	for _, app := range models.FiberApps() {
		if o.Type != app.Type || o.Func == nil || !slices.Contains(app.Constructors, o.Func.FullName()) {
			continue
		}
		call, ok := o.Value.(*ssa.Call)
		if !ok || !c.unboundConfig(call, app) {
			return
		}
		served, ok := c.servedApp(o, app)
		e := c.callExpr(call)
		if !ok || e == nil || !c.concerns(e) {
			return
		}
		name := c.nameOf(e, "this fiber.App")
		c.pass.Report(pass.Diagnostic{
			Rule: fastHTTP, Pos: e.Pos(), End: e.End(), Op: "serve", Object: name,
			Message: "a client of " + name + " that sends its request slowly, or stays silent, holds a connection and a goroutine for ever, because " +
				types.ExprString(e.Fun) + " gets no ReadTimeout: set ReadTimeout and IdleTimeout in its Config",
			Steps: append(append([]pass.Step{{Place: pass.At(e), Op: "create", Object: name, Message: "created here without ReadTimeout"}},
				o.Path(served)...),
				pass.Step{Place: served.Place, Op: "serve", Object: shortName(served.Name), Message: "served here by " + shortName(served.Name)}),
		})
	}
}

// unboundConfig reports whether the configuration that a constructor gets is known to have no bound.
func (c *checker) unboundConfig(call *ssa.Call, app models.ServerApp) bool {
	elems, ok := variadic(call.Call.Args[0])
	if !ok {
		return false
	}
	if len(elems) == 0 {
		return true
	}
	configs := c.graph.Holding(elems[0])
	if len(configs) == 0 {
		return false
	}
	for _, o := range configs {
		if o.Type != app.Config || o.Origin == flow.Foreign || slices.ContainsFunc(app.Read, func(f string) bool { return o.Field(f) == flow.Set }) {
			return false
		}
		for _, e := range o.Escaping() {
			if e.Kind != flow.Returned {
				return false
			}
		}
		for _, other := range o.Calls() {
			if other.Instr != ssa.Instruction(call) && !slices.Contains(app.Constructors, other.Name) && !harmless(other) {
				return false
			}
		}
	}
	return true
}

// servedApp returns the call that serves the app, if nobody can have got at the server behind it.
func (c *checker) servedApp(o *flow.Object, app models.ServerApp) (served flow.Call, ok bool) {
	for _, call := range o.Calls() {
		method := strings.HasPrefix(call.Name, "(*"+app.Type+").")
		if slices.Contains(app.Opens, call.Name) || !method && !harmless(call) {
			return served, false
		}
		for _, s := range app.Calls {
			if s.Func == call.Name && !ok && !c.local(s.Address, s.Listener, s.Local, call.Args()) {
				served, ok = call, true
			}
		}
	}
	for _, e := range o.Escaping() {
		if ok && (e.Kind != flow.Returned || stored(o.PathTo(e)) || stored(o.Path(served))) {
			return served, false
		}
	}
	return served, ok
}

// nameOf returns the variable that a call's result is assigned to, else a default.
func (c *checker) nameOf(e *ast.CallExpr, otherwise string) string {
	file := c.pass.File(e.Pos())
	name := otherwise
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || n.Pos() > e.Pos() || n.End() < e.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.AssignStmt:
			if len(n.Rhs) == 1 && ast.Unparen(n.Rhs[0]) == e && len(n.Lhs) > 0 {
				name = types.ExprString(n.Lhs[0])
			}
		case *ast.ValueSpec:
			if len(n.Values) == 1 && ast.Unparen(n.Values[0]) == e {
				name = n.Names[0].Name
			}
		}
		return true
	})
	return name
}
