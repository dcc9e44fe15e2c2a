// Package unittest has the analyzers that the drivers are tested with. They stand for the two kinds that there are: one
// that reads syntax and types, and one with SSA and with facts about functions, methods and packages.
package unittest

import (
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/directive"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// Analyzers returns fresh analyzers.
func Analyzers() []*analysis.Analyzer { return []*analysis.Analyzer{newSleepy(), newForever()} }

// A reporter collects findings in both forms that analyzers report in.
type reporter struct {
	*analysis.Pass
	at     *wire.Locator
	result *wire.Result
}

func newReporter(p *analysis.Pass) *reporter {
	return &reporter{Pass: p, at: wire.NewLocator(p.Fset, p.Files, p.Pkg), result: new(wire.Result)}
}

func (r *reporter) report(code string, n ast.Node, f wire.Finding, d analysis.Diagnostic) {
	f.Code, f.Analyzer, f.Pos = code, r.Analyzer.Name, r.at.Pos(n.Pos(), n.End())
	index := r.ResultOf[directive.Analyzer].(*directive.Index)
	if by := index.Suppressing(r.Fset, n.Pos(), code, r.Analyzer.Name, r.Analyzer.Name, "tool"); by != nil {
		at := r.at.Pos(by.Pos, by.End)
		f.SuppressedBy = &at
	}
	r.result.Findings = append(r.result.Findings, f)
	if f.SuppressedBy == nil {
		d.Pos, d.End, d.Category, d.Message = n.Pos(), n.End(), code, code+": "+f.Message
		r.Report(d)
	}
}

// newSleepy returns an analyzer that finds calls of time.Sleep. Its flags make it misbehave.
func newSleepy() *analysis.Analyzer {
	a := &analysis.Analyzer{
		Name:       "sleepy",
		Doc:        "find calls of time.Sleep",
		Requires:   []*analysis.Analyzer{directive.Analyzer},
		ResultType: reflect.TypeFor[*wire.Result](),
	}
	var panics, prints, tests bool
	var verb string
	a.Flags.BoolVar(&panics, "panic", false, "panic")
	a.Flags.BoolVar(&prints, "print", false, "write to the standard output")
	a.Flags.StringVar(&verb, "verb", "sleeps", "what the messages say")
	a.Flags.BoolVar(&tests, "tests", false, "also report in test files")
	common(&a.Flags)
	a.Run = func(p *analysis.Pass) (any, error) {
		r := newReporter(p)
		if prints {
			fmt.Println("a stray line")
		}
		for _, file := range p.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
					if fn, ok := p.TypesInfo.Uses[sel.Sel].(*types.Func); ok && fn.FullName() == "time.Sleep" {
						if panics {
							panic("sleepy panics as it was told")
						}
						arg := call.Args[0]
						r.report("CL9001", call, wire.Finding{Message: verb, Op: "call", Object: "time.Sleep"}, analysis.Diagnostic{
							Related: []analysis.RelatedInformation{{Pos: arg.Pos(), End: arg.End(), Message: "for so long"}},
							SuggestedFixes: []analysis.SuggestedFix{{
								Message:   "sleep no longer",
								TextEdits: []analysis.TextEdit{{Pos: arg.Pos(), End: arg.End(), NewText: []byte("0")}},
							}},
						})
					}
				}
				return true
			})
		}
		return r.result, nil
	}
	return a
}

// common declares the flags that every analyzer of cloudlint has, which do nothing here.
func common(fs *flag.FlagSet) {
	if fs.Lookup("tests") == nil {
		fs.Bool("tests", false, "")
	}
	fs.Bool("preview", false, "")
	fs.Bool("unsafe-fixes", false, "")
	fs.String("exits", "", "")
	fs.String("models", "", "")
	fs.String("inside", "", "")
}

// Forever is the fact that a function or method never returns to its caller.
type Forever struct{ At wire.Pos }

// AFact marks a fact.
func (*Forever) AFact() {}

// Count is the fact how many functions of a package never return.
type Count struct{ N int }

// AFact marks a fact.
func (*Count) AFact() {}

// newForever returns an analyzer that finds calls of functions that never return, also in other packages.
func newForever() *analysis.Analyzer {
	a := &analysis.Analyzer{
		Name:       "forever",
		Doc:        "find calls that never return",
		Requires:   []*analysis.Analyzer{directive.Analyzer, buildssa.Analyzer},
		FactTypes:  []analysis.Fact{new(Forever), new(Count)},
		ResultType: reflect.TypeFor[*wire.Result](),
	}
	common(&a.Flags)
	a.Run = func(p *analysis.Pass) (any, error) {
		r := newReporter(p)
		funcs := p.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs
		n := 0
		for _, f := range funcs {
			if decl, ok := f.Syntax().(*ast.FuncDecl); ok && f.Object() != nil && !returns(f) {
				p.ExportObjectFact(f.Object(), &Forever{At: r.at.Pos(decl.Name.Pos(), decl.Name.End())})
				n++
			}
		}
		if n > 0 {
			p.ExportPackageFact(&Count{N: n})
		}
		for _, f := range funcs {
			for _, b := range f.Blocks {
				for _, instr := range b.Instrs {
					r.checkCall(instr)
				}
			}
		}
		return r.result, nil
	}
	return a
}

func (r *reporter) checkCall(instr ssa.Instruction) {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return
	}
	callee := call.Call.StaticCallee()
	if callee == nil || callee.Object() == nil {
		return
	}
	fact, count := new(Forever), new(Count)
	if !r.ImportObjectFact(callee.Object(), fact) || !r.ImportPackageFact(callee.Object().Pkg(), count) && callee.Object().Pkg() == r.Pkg {
		return
	}
	r.report("CL9002", at{call}, wire.Finding{
		Message: fmt.Sprintf("%s never returns", callee.Object().Name()),
		Object:  callee.Object().Name(),
		Steps:   []wire.Step{{Message: "it blocks here", Pos: fact.At}},
	}, analysis.Diagnostic{})
}

// at is the place of a call.
type at struct{ *ssa.Call }

// End is unknown: SSA has no ends.
func (at) End() token.Pos { return token.NoPos }

// returns reports whether a return is reachable.
func returns(f *ssa.Function) bool {
	if f.Blocks == nil {
		return true
	}
	for _, b := range f.Blocks {
		if len(b.Instrs) == 0 {
			continue
		}
		if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok {
			return true
		}
	}
	return false
}
