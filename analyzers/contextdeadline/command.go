package contextdeadline

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/outbound"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// command returns what a call brings that waits for the output of a command which nothing bounds: made by exec.Command, and
// used for nothing else. Whose output is wanted is meant to end; what is run without that may be a child that is to live as
// long as the process. Where a context is at hand, that it is not used is contextdrop's matter.
func (c *checker) command(call ssa.CallInstruction, out outbound.Call) []duty {
	if name := out.Row.Func; name != "(*os/exec.Cmd).Output" && name != "(*os/exec.Cmd).CombinedOutput" {
		return nil
	}
	made, ok := out.Context.(*ssa.Call)
	if !ok || skeleton.CalleeOf(made.Common()).Name() != "os/exec.Command" || !onlyRun(made) || hasContext(call.Parent()) {
		return nil
	}
	return []duty{{
		call: c.source.Callee(call), waits: out.What, place: c.source.Place(call),
		root: &root{
			place: c.source.Place(made), text: c.rootText(made), entry: c.source.Place(call), fn: source.FuncName(made.Parent()), command: true,
		},
	}}
}

// onlyRun reports whether a command is run where it is made, and neither started, nor given to others, nor given a way to be
// ended.
func onlyRun(made *ssa.Call) bool {
	return !slices.ContainsFunc(*made.Referrers(), func(use ssa.Instruction) bool {
		switch use := use.(type) {
		case *ssa.DebugRef:
			return false
		case *ssa.FieldAddr:
			switch irutil.FieldOf(use.X.Type(), use.Field).Name() {
			case "Path", "Args", "Env", "Dir", "Stdin", "Stderr", "SysProcAttr":
				return false
			}
		case *ssa.Call:
			return use.Call.StaticCallee() == nil || use.Call.StaticCallee().Object() == nil || use.Call.StaticCallee().Object().Pkg().Path() != "os/exec"
		}
		return true
	})
}

// hasContext reports whether a function, or one that it is a literal of, has a parameter that is or carries a context.
func hasContext(fn *ssa.Function) bool {
	for ; fn != nil; fn = fn.Parent() {
		if len(scope.Of(fn)) > 0 {
			return true
		}
	}
	return false
}

// endless reports whether a loop around a call that waits for a command works for ever, and the program with it: what goes
// round until the command says that something is so is soon over, or waits on purpose.
func (c *checker) endless(call ssa.CallInstruction, loop []*ssa.BasicBlock) bool {
	plain, ok := call.(*ssa.Call)
	return ok && !c.leavesAfter(plain, call.Block(), loop) && !c.program.OneShot(call)
}
