package exits_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/cloudlint/cloudlint/analyzers/internal/exits"
)

// deadCalls returns, for each function of the test package that calls dead(), whether that call can be reached. The
// package is built without x/tools' ctrlflow facts of the standard library, as in our drivers.
func deadCalls(t *testing.T, extra ...string) map[string]bool {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "testdata/src/shop/shop.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(&types.Config{Importer: importer.ForCompiler(fset, "source", nil)}, fset,
		types.NewPackage("shop", "shop"), []*ast.File{file}, ssa.InstantiateGenerics)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]bool)
	var fns []*ssa.Function
	for fn := range ssautil.AllFunctions(pkg.Prog) {
		if fn.Pkg == pkg && fn.Synthetic == "" {
			fns = append(fns, fn)
		}
	}
	in := exits.New(extra).Among(fns)
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(*ssa.Call); ok && call.Call.StaticCallee() != nil && call.Call.StaticCallee().Name() == "dead" {
					got[fn.Name()] = in.Reachable(instr)
				}
			}
		}
	}
	return got
}

func TestReachable(t *testing.T) {
	want := map[string]bool{
		"afterExit":            false,
		"afterFatal":           false,
		"afterLoggerFatal":     false,
		"afterOwnFatal":        false,
		"afterOwnFatalNested":  false,
		"afterGeneric":         false,
		"onOtherBranch":        true,
		"afterConditional":     true,
		"afterDeferredExit":    true,
		"afterGoExit":          true,
		"afterEndlessLoopCall": true,
		"afterConstantLoop":    false,
		"afterRecursion":       true,
		"afterRecovering":      true,
		"afterConfigured":      true,
		"afterFieldFatal":      false,
		"afterFieldReturns":    true,
		"afterExportedField":   true,
	}
	if diff := cmp.Diff(want, deadCalls(t)); diff != "" {
		t.Error(diff)
	}
}

func TestConfiguredExits(t *testing.T) {
	got := deadCalls(t, "(shop.logger).Die")
	if got["afterConfigured"] {
		t.Error("the call after a method that the configuration says never returns is still reachable")
	}
}
