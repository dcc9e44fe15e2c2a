// Package clientdeadline finds outbound calls that nothing bounds: HTTP clients without a timeout whose requests carry
// no deadline, dials and handshakes that wait for as long as the peer likes, and clients of well-known libraries whose
// default is to wait for ever.
package clientdeadline

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/exits"
	"github.com/cloudlint/cloudlint/analyzers/internal/flow"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/program"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/rule"
)

const name = "clientdeadline"

const doc = `find outbound calls that nothing bounds

A call to a peer that accepts the connection and then stays silent waits for ever, and with it its goroutine, its
connection and whoever waits for them. The analyzer follows HTTP clients, dialers and the configurations of client
libraries through variables, fields, constructors, options and packages, and the contexts of the calls made with them.
It reports those that have neither a timeout of their own nor a deadline in the context.`

// Rules are all that the analyzer can report.
func Rules() []*rule.Rule {
	return []*rule.Rule{httpClient, defaultClient, dial, handshake, sshClient, library}
}

// Analyzer is the analyzer with its default options.
var Analyzer = New()

// New returns a fresh analyzer.
func New() *analysis.Analyzer {
	return pass.New(pass.Spec{
		Name:      name,
		Doc:       doc,
		Rules:     Rules(),
		Requires:  []*analysis.Analyzer{buildssa.Analyzer},
		FactTypes: []analysis.Fact{new(fact)},
		Run:       run,
	})
}

// A fact tells the importers of a package what its functions do with clients and dialers.
type fact struct{ flow.Summary }

func (*fact) AFact() {}

// A checker checks one package.
type checker struct {
	*pass.Pass
	tests    bool
	fns      []*ssa.Function
	contexts *ctxflow.Flow
	exits    *exits.Info
	graph    *flow.Graph
	source   sources
	use      *program.Program
	calls    []namedCall
	spoken   map[ssa.CallInstruction]bool // requests that a finding about their client tells of
}

func run(p *pass.Pass) error {
	p.InParts(func(tests bool) { check(p, tests) })
	return nil
}

// check looks at the package without its tests, or with them for what is wrong in the tests.
func check(p *pass.Pass, tests bool) {
	in := p.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
	c := &checker{
		Pass:   p,
		tests:  tests,
		source: sources{Index: source.New(p), pass: p},
		exits:  exits.New(p.Options.Exits),
		spoken: make(map[ssa.CallInstruction]bool),
	}
	c.fns = slices.DeleteFunc(irutil.Functions(in), func(fn *ssa.Function) bool { return c.skips(fn.Pos()) })
	c.contexts = ctxflow.New(in, c.skips)
	c.contexts.Declared = &p.Options.Models
	c.use = program.New(p.Pkg, c.fns)
	c.graph = flow.New(p, flow.Config{
		Types: followed(),
		Fact:  func() flow.Fact { return new(fact) },
		Note:  c.note,
		Tests: tests,
	})
	c.findCalls()
	c.httpClients()
	c.defaultClients()
	c.dials()
	c.dialers(models.StdDialers(), dial)
	c.handshakes()
	c.ssh()
	c.libraries()
}

// skips reports whether what stands at pos is left out because it is of a test.
func (c *checker) skips(pos token.Pos) bool { return !c.tests && c.IsTest(pos) }

// Report reports what is wrong in the part of the package that is being checked.
func (c *checker) Report(d pass.Diagnostic) {
	if c.tests == c.IsTest(d.Pos) {
		d.Subject = c.Call(pass.Place{Pos: d.Pos})
		c.Pass.Report(d)
	}
}

// followed lists the types of the objects that are followed.
func followed() []string {
	names := []string{clientType, transportType, models.SSHClient().Type}
	for _, t := range models.StdDialers() {
		names = append(names, t.Type)
	}
	for _, t := range models.LibraryClients() {
		names = append(names, t.Type)
	}
	return names
}

// A namedCall is a call of a function of a package that the tables name.
type namedCall struct {
	*ssa.Call
	name string
}

// findCalls lists the calls of the functions that this analyzer knows. Most packages import none of their packages.
func (c *checker) findCalls() {
	known := knownPackages()
	concerned := make(map[*types.Package]bool)
	for _, imported := range c.Pkg.Imports() {
		if known[imported.Path()] {
			concerned[imported] = true
		}
	}
	if len(concerned) == 0 {
		return
	}
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(*ssa.Call)
				if !ok || call.Call.IsInvoke() {
					continue
				}
				callee := call.Call.StaticCallee()
				if callee == nil || callee.Object() == nil || !concerned[callee.Object().Pkg()] {
					continue
				}
				c.calls = append(c.calls, namedCall{call, ctxflow.Callee(call.Common())})
			}
		}
	}
}

// knownPackages are those of the functions that are looked for by name.
func knownPackages() map[string]bool {
	known := map[string]bool{"net/http": true, "crypto/tls": true, "golang.org/x/crypto/ssh": true}
	for _, row := range append(models.StdDials(), models.LibraryDials()...) {
		known[row.Func[:strings.LastIndexByte(row.Func, '.')]] = true
	}
	return known
}
