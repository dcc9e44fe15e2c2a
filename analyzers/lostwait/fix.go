package lostwait

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// selectFix puts a select in the place of time.Sleep which the end of the context ends too, or returns nil where it cannot
// be written.
func (c *checker) selectFix(instr ssa.Instruction, ctx scope.Context) *pass.Fix {
	call, ok := instr.(*ssa.Call)
	if !ok || skeleton.OpOf(instr).Kind != skeleton.Sleep || ctx.Param.Parent() != instr.Parent() {
		return nil
	}
	e := c.source.Call(call)
	if e == nil || len(e.Args) != 1 {
		return nil
	}
	file := c.File(e.Pos())
	path, _ := astutil.PathEnclosingInterval(file, e.Pos(), e.End())
	if len(path) < 2 || path[0] != ast.Node(e) {
		return nil
	}
	if stmt, isStmt := path[1].(*ast.ExprStmt); !isStmt || stmt.X != ast.Expr(e) {
		return nil
	}
	name := c.source.PackageName("time", e.Pos())
	name2, _, _ := strings.Cut(ctx.Text, ".")
	inner := c.Pkg.Scope().Innermost(e.Pos())
	arg := source.Text(e.Args[0])
	if name == "" || arg == "" || inner == nil {
		return nil
	}
	if _, obj := inner.LookupParent(name2, e.Pos()); obj == nil || obj != ctx.Param.Object() {
		return nil
	}
	result, ok := returned(instr.Parent().Signature.Results(), ctx.Text, c.Pkg)
	if !ok {
		return nil
	}
	indent := strings.Repeat("\t", max(c.Fset.Position(e.Pos()).Column-1, 0))
	text := "select {\n" + indent + "case <-" + ctx.Text + ".Done():\n" + indent + "\treturn" + result + "\n" +
		indent + "case <-" + name + ".After(" + arg + "):\n" + indent + "}"
	return &pass.Fix{
		Message: "Wait for the end of " + ctx.Text + " too",
		Edits:   []analysis.TextEdit{{Pos: e.Pos(), End: e.End(), NewText: []byte(text)}},
	}
}

// returned writes what a function returns when its context has ended. It returns false for results that cannot be written
// without more imports.
func returned(results *types.Tuple, ctx string, pkg *types.Package) (string, bool) {
	var parts []string
	for v := range results.Variables() {
		if _, param := types.Unalias(v.Type()).(*types.TypeParam); param {
			return "", false
		}
		switch u := v.Type().Underlying().(type) {
		case *types.Interface:
			if irutil.IsError(v.Type()) {
				parts = append(parts, ctx+".Err()")
			} else {
				parts = append(parts, "nil")
			}
		case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature:
			parts = append(parts, "nil")
		case *types.Basic:
			switch info := u.Info(); {
			case info&types.IsBoolean != 0:
				parts = append(parts, "false")
			case info&types.IsNumeric != 0:
				parts = append(parts, "0")
			case info&types.IsString != 0:
				parts = append(parts, `""`)
			default:
				return "", false
			}
		case *types.Struct:
			named, ok := types.Unalias(v.Type()).(*types.Named)
			if !ok || named.Obj().Pkg() != pkg || named.TypeArgs().Len() > 0 || named.Obj().Parent() != pkg.Scope() {
				return "", false
			}
			parts = append(parts, named.Obj().Name()+"{}")
		default:
			return "", false
		}
	}
	if len(parts) == 0 {
		return "", true
	}
	return " " + strings.Join(parts, ", "), true
}

// since reports whether the file at a place is written in a version of the language that has reached the one given.
func (c *checker) since(pos token.Pos, goVersion string) bool {
	file := c.File(pos)
	if file == nil {
		return false
	}
	v := c.TypesInfo.FileVersions[file]
	return v == "" || version.Compare(v, goVersion) >= 0
}
