package contextdeadline

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// timeouts reports constant timeouts that cannot be meant: those of no time at all, and numbers without a unit.
func (c *checker) timeouts(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			callee := skeleton.CalleeOf(call.Common())
			switch callee.Name() {
			case "context.WithTimeout", "context.WithTimeoutCause":
			default:
				continue
			}
			if len(callee.Args) < 2 {
				continue
			}
			arg := c.source.Argument(call, 1)
			k, ok := callee.Args[1].(*ssa.Const)
			if !ok || arg == nil || k.Value == nil || k.Value.Kind() != constant.Int {
				continue
			}
			d, exact := constant.Int64Val(k.Value)
			if exact {
				c.timeout(call, arg, time.Duration(d))
			}
		}
	}
}

// maxUnitless is the longest time that a number without a unit can stand for by mistake, in nanoseconds: nobody means to
// wait for less than a microsecond, and a number of minutes or milliseconds can be large.
const maxUnitless = 1_000_000

func (c *checker) timeout(call *ssa.Call, arg ast.Expr, d time.Duration) {
	name := c.source.Callee(call)
	diag := pass.Diagnostic{Rule: badTimeout, Pos: arg.Pos(), End: arg.End(), Op: "timeout", Object: name}
	switch {
	case d <= 1 && c.IsTest(call.Pos()):
		return // a test wants a context that has ended: one nanosecond is as good as none
	case d <= 0:
		diag.Message = fmt.Sprintf("the context has ended before anybody can use it: a timeout of %s is no time; leave the timeout out, or give one", source.Text(arg))
	case d <= maxUnitless && c.unitless(arg):
		diag.Message = fmt.Sprintf("the context ends at once: %s has no unit, and a Duration is in nanoseconds; write %[1]s * time.Second, if seconds are meant", source.Text(arg))
		diag.Fix = c.seconds(arg)
	default:
		return
	}
	c.found = append(c.found, diag)
}

// unitless reports whether an expression has no part that is a Duration by its own type: a literal, or an untyped
// constant.
func (c *checker) unitless(e ast.Expr) bool {
	unit := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		switch obj := c.TypesInfo.Uses[id].(type) {
		case *types.Const:
			if basic, ok := obj.Type().(*types.Basic); !ok || basic.Info()&types.IsUntyped == 0 {
				unit = true
			}
		case *types.TypeName, *types.PkgName:
			// time.Duration(5) converts, it adds no unit.
		default:
			unit = true
		}
		return true
	})
	return !unit
}

// seconds multiplies by time.Second, where package time has a name that the place can use.
func (c *checker) seconds(arg ast.Expr) *pass.Fix {
	name, edits := c.source.Import("time", arg.Pos())
	if name == "" {
		return nil
	}
	text := " * " + name + ".Second"
	if _, simple := ast.Unparen(arg).(*ast.BinaryExpr); simple {
		edits = append(edits, analysis.TextEdit{Pos: arg.Pos(), End: arg.Pos(), NewText: []byte("(")})
		text = ")" + text
	}
	edits = append(edits, analysis.TextEdit{Pos: arg.End(), End: arg.End(), NewText: []byte(text)})
	return &pass.Fix{Message: "Give the number the unit of a second", Edits: edits}
}
