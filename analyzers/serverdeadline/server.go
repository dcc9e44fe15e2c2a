package serverdeadline

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/flow"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// serverRules are the rules for one type of server.
type serverRules struct {
	read *rule.Rule // no bound on reading a request
	idle *rule.Rule // a bound on reading, none on idling; nil: there is no such state
	// advice are the fields to set, with their values, for the fix.
	advice []field
}

type field struct{ name, value string }

var (
	httpRules = serverRules{
		read:   readHeader,
		idle:   idle,
		advice: []field{{"ReadHeaderTimeout", "10 * time.Second"}, {"IdleTimeout", "2 * time.Minute"}},
	}
	fastHTTPRules = serverRules{
		read:   fastHTTP,
		advice: []field{{"ReadTimeout", "30 * time.Second"}, {"IdleTimeout", "2 * time.Minute"}},
	}
)

// A serving is a place where a server is served.
type serving struct {
	pass.Place
	name   string    // of the function that serves: "ListenAndServe"
	call   flow.Call // zero where a field of a library serves
	escape flow.Escape
}

// checkServer reports a server that is served without bounds.
func (c *checker) checkServer(o *flow.Object, t models.ServerType, rules serverRules) {
	if o.Origin == flow.Foreign {
		return
	}
	isSet := func(name string) bool { return o.Field(name) == flow.Set }
	readBound, idleBound := slices.ContainsFunc(t.Read, isSet), slices.ContainsFunc(t.Idle, isSet)
	if readBound && (idleBound || rules.idle == nil) || c.hooked(o, t) {
		return
	}
	served := c.served(o, t)
	if len(served) == 0 {
		return
	}
	first := served[0]
	if !c.onlyOurs(o, t, first) {
		return
	}
	at := c.anchor(o, first)
	if at == nil || !c.concerns(at) {
		return
	}
	d := pass.Diagnostic{
		Pos: at.Pos(), End: at.End(),
		Op: "serve", Object: objectName(o),
		Steps: c.steps(o, t, first),
		Cause: cause(o),
	}
	if d.Cause != "" {
		d.Origin = o.Created
	}
	name := serverName(o, t)
	switch {
	case !readBound:
		d.Rule = rules.read
		d.Message = readMessage(name, rules, idleBound)
	case c.idlesWithoutBound() && !c.keepAlivesDisabled(o) && c.idleBoundForgotten(o):
		d.Rule = rules.idle
		d.Message = "each idle keep-alive connection to " + name + " stays open until its client closes it, because neither " +
			"IdleTimeout nor ReadTimeout is set (since Go 1.20 ReadHeaderTimeout starts only with the next request): set IdleTimeout"
	default:
		return
	}
	d.Fix = c.literalFix(o, rules.missing(readBound, idleBound))
	c.pass.Report(d)
}

// readMessage says what happens without a bound on reading.
func readMessage(name string, rules serverRules, idleBound bool) string {
	missing, advice := "neither ReadHeaderTimeout nor ReadTimeout is set", "set ReadHeaderTimeout"
	if rules.read == fastHTTP {
		missing, advice = "ReadTimeout is not set", "set ReadTimeout"
	}
	if idleBound {
		return "a client of " + name + " that sends its request header slowly, or never, holds a connection and a goroutine for ever, because " +
			missing + ": " + advice
	}
	return "a client of " + name + " that sends its request header slowly, or stays silent, holds a connection and a goroutine for ever, because " +
		missing + ", nor IdleTimeout: " + advice + " and IdleTimeout"
}

// missing returns the fields of the advice that bound what is not bound.
func (r serverRules) missing(readBound, idleBound bool) []field {
	return slices.DeleteFunc(slices.Clone(r.advice), func(f field) bool {
		if f.name == "IdleTimeout" {
			return idleBound
		}
		return readBound
	})
}

// served returns the places where others than peers on the same machine meet the server.
func (c *checker) served(o *flow.Object, t models.ServerType) []serving {
	var found []serving
	for _, call := range o.Calls() {
		s, ok := serverCall(t, call)
		if !ok || s.Harmless || call.Note == localNote || call.Instr != nil && !c.exits.Reachable(call.Instr) {
			continue
		}
		if s.Address == 0 && s.Listener == 0 && c.listensLocally(o, t) {
			continue
		}
		if args := call.Args(); s.Listener > 0 && s.Listener <= len(args) && c.deadlineListener(args[s.Listener-1]) {
			continue
		}
		found = append(found, serving{Place: call.Place, name: shortName(call.Name), call: call})
	}
	for _, e := range o.Escaping() {
		if servingField(e) && !c.listensLocally(o, t) {
			found = append(found, serving{Place: e.Place, name: e.Field.Pkg().Name() + "." + e.Field.Name(), escape: e})
		}
	}
	return found
}

// servingField reports whether an escape is into a field of a library whose server is served as it is.
func servingField(e flow.Escape) bool {
	return e.Kind == flow.InField && e.Field != nil && e.Field.Pkg() != nil &&
		slices.Contains(models.ServingFields(), e.Field.Pkg().Path()+"."+e.Field.Name())
}

// listensLocally reports whether the server's own address is on the loopback interface.
func (c *checker) listensLocally(o *flow.Object, t models.ServerType) bool {
	found := false
	for _, w := range o.Writes() {
		if t.Address == "" || w.Field != t.Address {
			continue
		}
		if !loopback(w.Text) && (w.Value == nil || !c.localAddress(w.Value)) {
			return false
		}
		found = true
	}
	return found
}

// hooked reports whether the server has a function of the user's that may set deadlines on each connection.
func (c *checker) hooked(o *flow.Object, t models.ServerType) bool {
	return slices.ContainsFunc(o.Writes(), func(w flow.Write) bool {
		return slices.Contains(t.Hooks, w.Field) && !w.Zero && c.mayBound(w.Value)
	})
}

// onlyOurs reports whether nobody else can have set bounds before the server is served.
func (c *checker) onlyOurs(o *flow.Object, t models.ServerType, s serving) bool {
	for _, call := range o.Calls() {
		if _, known := serverCall(t, call); !known && !harmless(call) {
			return false
		}
	}
	for _, e := range o.Escaping() {
		switch {
		case servingField(e):
		case e.Kind == flow.Returned && !c.shared(o, s) && !stored(o.PathTo(e)):
			// Whoever gets this very server gets it after it is served, or gets another one.
		default:
			return false
		}
	}
	return true
}

// shared reports whether the server is kept somewhere on its way to where it is served.
func (c *checker) shared(o *flow.Object, s serving) bool {
	return s.call.Name != "" && stored(o.Path(s.call))
}

func stored(steps []pass.Step) bool {
	return slices.ContainsFunc(steps, func(s pass.Step) bool {
		return s.Op == flow.Store || s.Op == flow.Copy && strings.HasPrefix(s.Message, "copied to field")
	})
}

// keepAlivesDisabled reports whether the server is told to close each connection after its request.
func (c *checker) keepAlivesDisabled(o *flow.Object) bool {
	return slices.ContainsFunc(o.Calls(), func(call flow.Call) bool {
		if call.Name != "(*net/http.Server).SetKeepAlivesEnabled" {
			return false
		}
		args := call.Args()
		if len(args) != 2 {
			return true
		}
		k, ok := args[1].(*ssa.Const)
		return !ok || k.Value == nil || k.Value.String() != "true"
	})
}

// idleBoundForgotten reports whether the missing bound looks like an oversight: another server of the package has an
// IdleTimeout, and this one does not even mention the field. Whoever sets ReadHeaderTimeout has thought about slow
// clients, and many leave it at that on purpose, for a monitoring port or behind a proxy that bounds idle connections.
func (c *checker) idleBoundForgotten(o *flow.Object) bool {
	const field = "IdleTimeout"
	return o.Field(field) == flow.Unset && slices.ContainsFunc(c.graph.Objects(), func(other *flow.Object) bool {
		return other != o && other.Type == o.Type && other.Origin != flow.Foreign && other.Field(field) == flow.Set
	})
}

// idlesWithoutBound reports whether the net/http that the package is built with lets a connection idle for ever when
// only ReadHeaderTimeout is set. Up to Go 1.19 the deadline for the next header began at once, so that it also bounded
// the wait for it; since Go 1.20 the server first waits under idleTimeout(), which is zero then, for the first bytes
// (net/http/server.go, (*conn).serve). An older go directive can be built with a newer Go, but need not be.
func (c *checker) idlesWithoutBound() bool {
	v := c.pass.Pkg.GoVersion()
	if v == "" && c.pass.Module != nil && c.pass.Module.GoVersion != "" {
		v = "go" + c.pass.Module.GoVersion
	}
	return !version.IsValid(v) || version.Compare(v, "go1.20") >= 0
}

// anchor returns what to report: the literal that makes the server, else its declaration, else where it is served.
func (c *checker) anchor(o *flow.Object, s serving) ast.Node {
	switch {
	case o.Origin == flow.Literal && o.Literal.Type != nil:
		return o.Literal.Type
	case o.Origin == flow.Literal:
		return o.Literal
	case o.Origin == flow.Zero, o.Origin == flow.Global:
		return span{o.Pos, token.NoPos}
	}
	if call, ok := s.call.Instr.(ssa.CallInstruction); ok {
		if e := c.callExpr(call); e != nil {
			return e
		}
	}
	if s.Pos.IsValid() {
		return span{s.Pos, token.NoPos}
	}
	return nil
}

// A span is a place without a node of its own.
type span struct{ pos, end token.Pos }

func (s span) Pos() token.Pos { return s.pos }
func (s span) End() token.Pos { return s.end }

// cause makes one finding of those that importers of one constructor report.
func cause(o *flow.Object) string {
	if o.Origin != flow.Made || o.Created.Foreign == nil {
		return ""
	}
	return o.Func.FullName() + " " + o.Created.Foreign.Package + "/" + o.Created.Foreign.File
}

// callee returns the function or method that a call names.
func callee(call *ssa.CallCommon) *types.Func {
	if call.IsInvoke() {
		return call.Method
	}
	fn := call.StaticCallee()
	if fn == nil {
		return nil
	}
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	obj, _ := fn.Object().(*types.Func)
	return obj
}
