// Package serverdeadline finds servers that wait for their clients without bound: a client that is slow, silent or
// hostile then keeps a connection, a goroutine and a file descriptor for as long as it likes, and enough of them make
// the service refuse everybody.
//
// A server is followed from the place that makes it to the call that serves it (package flow); it is reported where it
// is made. Only what every client can do counts: a server on a unix socket or on the loopback interface is left alone.
package serverdeadline

import (
	"go/ast"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/exits"
	"github.com/cloudlint/cloudlint/analyzers/internal/flow"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
)

// Name is the analyzer's name.
const Name = "serverdeadline"

// Analyzer finds servers that wait for their clients without bound.
var Analyzer = New()

// New returns a fresh Analyzer, whose options are its own.
func New() *analysis.Analyzer {
	return pass.New(pass.Spec{
		Name: Name,
		Doc: "find servers that wait for their clients without bound\n\n" +
			"A server without a read-header timeout or an idle timeout lets slow, silent or hostile clients hold its\n" +
			"connections and goroutines for ever.",
		Rules:     Rules(),
		Requires:  []*analysis.Analyzer{buildssa.Analyzer},
		FactTypes: []analysis.Fact{new(Effects)},
		Run:       run,
	})
}

// Effects is the fact about a function: what it does with servers that it gets, or returns.
type Effects struct{ flow.Summary }

// AFact marks Effects as a fact.
func (*Effects) AFact() {}

// A checker is the work on one package.
type checker struct {
	pass  *pass.Pass
	ssa   *buildssa.SSA
	graph *flow.Graph
	exits *exits.Info
	tests bool // report in test files, and only there
}

func run(p *pass.Pass) error {
	cfg := flow.Config{
		Types: []string{models.HTTPServer().Type, models.FastHTTPServer().Type, grpcServer},
		Fact:  func() flow.Fact { return new(Effects) },
		Note:  note,
	}
	for _, app := range models.FiberApps() {
		cfg.Types = append(cfg.Types, app.Type, app.Config)
	}
	in := p.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
	dead := exits.New(p.Options.Exits)
	c := &checker{pass: p, ssa: in, exits: dead, graph: flow.New(p, cfg)}
	c.check()
	if p.Options.Tests && slices.ContainsFunc(p.Files, func(f *ast.File) bool { return p.IsTest(f.Package) }) {
		cfg.Tests = true
		c = &checker{pass: p, ssa: in, exits: dead, graph: flow.New(p, cfg), tests: true}
		c.check()
	}
	return nil
}

func (c *checker) check() {
	for _, o := range c.graph.Objects() {
		switch {
		case o.Type == models.HTTPServer().Type:
			c.checkServer(o, models.HTTPServer(), httpRules)
		case o.Type == models.FastHTTPServer().Type:
			c.checkServer(o, models.FastHTTPServer(), fastHTTPRules)
		case o.Type == grpcServer:
			c.checkGRPC(o)
		default:
			c.checkApp(o)
		}
	}
	c.checkServeFuncs()
}

// concerns reports whether findings at n are to be reported: whether it lies in a file for tests or not, as is asked for.
func (c *checker) concerns(n ast.Node) bool { return c.pass.IsTest(n.Pos()) == c.tests }

// localNote is the note of a call that lets only peers on the same machine connect.
const localNote = "local"

// note says of a call that gets a server whether only peers on the same machine can connect.
func note(g *flow.Graph, call flow.Call) string {
	c := checker{graph: g}
	for _, t := range []models.ServerType{models.HTTPServer(), models.FastHTTPServer()} {
		if s, ok := serverCall(t, call); ok && c.local(s.Address, s.Listener, s.Local, call.Args()) {
			return localNote
		}
	}
	return ""
}

// local reports whether the address or the listener, at these positions among the arguments, is local.
func (c *checker) local(address, listener int, known bool, args []ssa.Value) bool {
	return known ||
		address > 0 && address <= len(args) && c.localAddress(args[address-1]) ||
		listener > 0 && listener <= len(args) && c.localListener(args[listener-1])
}

// serverCall returns the row of the table for a call with a server.
func serverCall(t models.ServerType, call flow.Call) (models.ServerCall, bool) {
	for _, s := range t.Calls {
		if s.Func == call.Name && s.Server == call.Arg+1 && !call.Nested {
			return s, true
		}
	}
	return models.ServerCall{}, false
}

// harmlessPackage reports whether functions of a package of the standard library print or compare what they get, and
// nothing else.
func harmlessPackage(path string) bool {
	return slices.Contains([]string{"fmt", "log", "log/slog", "reflect", "errors"}, path)
}

// harmless reports whether a call cannot change a server.
func harmless(call flow.Call) bool {
	return call.Func != nil && call.Func.Pkg() != nil && harmlessPackage(call.Func.Pkg().Path())
}

// callExpr returns the call expression of an instruction, or nil.
func (c *checker) callExpr(call ssa.CallInstruction) *ast.CallExpr {
	pos := call.Common().Pos()
	for _, f := range c.pass.Files {
		if f.FileStart > pos || pos > f.FileEnd {
			continue
		}
		path, _ := astutil.PathEnclosingInterval(f, pos, pos+1)
		for _, n := range path {
			if e, ok := n.(*ast.CallExpr); ok && e.Lparen == pos {
				return e
			}
		}
	}
	return nil
}

// calleeName returns the full name of the function or method that a call names, in its generic form, else "".
func calleeName(call *ssa.CallCommon) string {
	fn := callee(call)
	if fn == nil {
		return ""
	}
	return fn.Origin().FullName()
}
