// Package program says what part of a program a function belongs to: what the process runs once and then ends, such as the
// body of a command, or what it runs again and again. What the first leaves behind is small, and ends with the process.
package program

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/handlers"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A Program is a package as a part of a program.
type Program struct {
	pkg *types.Package
	fns []*ssa.Function

	asked, serves bool

	indexed bool
	uses    map[*ssa.Function][]use
	exposed map[types.Object]bool // methods that a value of an interface type has
	invoked map[string]bool       // methods that are called by way of an interface
}

// New returns what is known of a package. The functions are all that count of it, closures included.
func New(pkg *types.Package, fns []*ssa.Function) *Program { return &Program{pkg: pkg, fns: fns} }

// OneShot reports whether an instruction is one of a command that does one thing and ends: of a main package that serves
// nobody, outside of loops.
func (p *Program) OneShot(at ssa.Instruction) bool {
	return p.pkg.Name() == "main" && at != nil && !p.Serves() && !irutil.InCycle(at.Block())
}

// Serves reports whether the package itself serves, or works for ever.
func (p *Program) Serves() bool {
	if !p.asked {
		p.asked = true
		serving := servingFuncs()
		p.serves = slices.ContainsFunc(p.fns, func(fn *ssa.Function) bool { return serves(fn, serving) })
	}
	return p.serves
}

// serves reports whether a function handles requests, listens, serves or works at an interval.
func serves(fn *ssa.Function, serving map[string]bool) bool {
	if handlers.Of(fn).Kind != handlers.None || slices.ContainsFunc(fn.Params, func(p *ssa.Parameter) bool { return handlers.RoleOf(p.Type()) == handlers.Writer }) {
		return true
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(ssa.CallInstruction); ok && serving[ctxflow.Callee(call.Common())] {
				return true
			}
		}
	}
	return false
}

// servingFuncs are the functions that make a program one that goes on, by their full names.
func servingFuncs() map[string]bool {
	set := map[string]bool{
		"net.ListenPacket": true, "time.NewTicker": true, "time.Tick": true,
		// https://pkg.go.dev/google.golang.org/grpc#Server
		"(*google.golang.org/grpc.Server).Serve": true, "(*google.golang.org/grpc.Server).ServeHTTP": true,
	}
	calls := func(list []models.ServerCall) {
		for _, c := range list {
			if !c.Harmless {
				set[c.Func] = true
			}
		}
	}
	calls(models.HTTPServer().Calls)
	calls(models.FastHTTPServer().Calls)
	for _, app := range models.FiberApps() {
		calls(app.Calls)
	}
	for _, list := range [][]models.ServeFunc{models.NetHTTPServe(), models.FrameworkServe(), models.FastHTTPServe()} {
		for _, f := range list {
			set[f.Func] = true
		}
	}
	for _, f := range models.ListenerFuncs() {
		set[f.Func] = true
	}
	return set
}
