package unit

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// A runner runs analyzers on one package, each once, what they require first. It runs one at a time: the go command
// and the source driver already keep all cores busy with other packages.
type runner struct {
	pkg   *Package
	facts *factSet
	asked []*analysis.Analyzer
	done  map[*analysis.Analyzer]*action
}

// An action is one analyzer's work on the package.
type action struct {
	result      any
	diagnostics []analysis.Diagnostic
	err         error
	panicked    bool
}

// run runs an analyzer, after those that it requires. One that finds something is required to know what it tells already
// (pass.Precede).
func (r *runner) run(a *analysis.Analyzer) *action {
	findings := reflect.TypeFor[*wire.Result]()
	if act, ok := r.done[a]; ok {
		return act
	}
	act := new(action)
	r.done[a] = act
	inputs := make(map[*analysis.Analyzer]any, len(a.Requires))
	for _, req := range a.Requires {
		if req.ResultType == findings && !slices.Contains(r.asked, req) {
			inputs[req] = new(wire.Result) // nobody is shown what it finds, so it tells nothing
			continue
		}
		in := r.run(req)
		if req.ResultType == findings && in.err != nil {
			inputs[req] = new(wire.Result) // its failure is reported, and is not this one's
			continue
		}
		if in.err != nil {
			act.err = fmt.Errorf("needs %s, which failed: %w", req.Name, in.err)
			act.panicked = in.panicked
			return act
		}
		inputs[req] = in.result
	}
	pass := r.pass(a, act, inputs)
	act.result, act.err = protect(pass)
	if pan := new(panicError); errors.As(act.err, &pan) {
		act.panicked = true
	}
	if act.err == nil && a.ResultType != nil && reflect.TypeOf(act.result) != a.ResultType {
		act.err = fmt.Errorf("returned a %T instead of a %v", act.result, a.ResultType)
	}
	if act.err != nil {
		act.result, act.diagnostics = nil, nil
	}
	// What still holds the pass must not change facts that are being encoded.
	pass.ExportObjectFact, pass.ExportPackageFact = nil, nil
	return act
}

func (r *runner) pass(a *analysis.Analyzer, act *action, inputs map[*analysis.Analyzer]any) *analysis.Pass {
	p := r.pkg
	own := make(map[reflect.Type]bool, len(a.FactTypes))
	for _, f := range a.FactTypes {
		own[reflect.TypeOf(f)] = true
	}
	pass := &analysis.Pass{
		Analyzer:     a,
		Fset:         p.Fset,
		Files:        p.Files,
		OtherFiles:   p.OtherFiles,
		IgnoredFiles: p.IgnoredFiles,
		Pkg:          p.Types,
		TypesInfo:    p.Info,
		TypesSizes:   p.Sizes,
		Module:       p.Module,
		ResultOf:     inputs,
		Report: func(d analysis.Diagnostic) {
			d.SuggestedFixes = r.wholeFixes(d.SuggestedFixes)
			act.diagnostics = append(act.diagnostics, d)
		},
		ImportObjectFact:  r.facts.importObject,
		ExportObjectFact:  r.facts.exportObject,
		AllObjectFacts:    func() []analysis.ObjectFact { return r.facts.allObjects(own) },
		ImportPackageFact: r.facts.importPackage,
		ExportPackageFact: r.facts.exportPackage,
		AllPackageFacts:   func() []analysis.PackageFact { return r.facts.allPackages(own) },
	}
	if pass.Module == nil {
		pass.Module = new(analysis.Module) // as x/tools' drivers do
	}
	pass.ReadFile = func(name string) ([]byte, error) {
		known := slices.Contains(p.OtherFiles, name) || slices.Contains(p.IgnoredFiles, name) ||
			slices.ContainsFunc(p.Files, func(f *ast.File) bool { return p.Fset.File(f.FileStart).Name() == name })
		if !known {
			return nil, fmt.Errorf("%s is no file of the package", name)
		}
		if p.ReadFile != nil {
			return p.ReadFile(name)
		}
		return os.ReadFile(name)
	}
	return pass
}

// wholeFixes leaves out fixes with an edit that is not within one file, and fills in the ends of edits.
func (r *runner) wholeFixes(fixes []analysis.SuggestedFix) []analysis.SuggestedFix {
	return slices.DeleteFunc(slices.Clone(fixes), func(fix analysis.SuggestedFix) bool {
		last := token.NoPos
		for i := range fix.TextEdits {
			e := &fix.TextEdits[i]
			if !e.End.IsValid() {
				e.End = e.Pos
			}
			tf := r.pkg.Fset.File(e.Pos)
			if tf == nil || e.End < e.Pos || int(e.End) > tf.Base()+tf.Size() {
				return true
			}
			last = max(last, e.End)
		}
		return !last.IsValid()
	})
}

// A panicError is a panic of an analyzer. Its text is the same in every run: it has no addresses and no goroutines.
type panicError struct {
	value any
	where string // file:line, relative to its package
	stack []byte
}

func (e *panicError) Error() string {
	return fmt.Sprintf("internal error: panic: %v (%s)", e.value, e.where)
}

// Stack returns the stack of the panic that made err, if one did.
func Stack(err error) []byte {
	if pan := new(panicError); errors.As(err, &pan) {
		return pan.stack
	}
	return nil
}

// protect runs the analyzer and turns a panic into an error.
func protect(pass *analysis.Pass) (result any, err error) {
	defer func() {
		if v := recover(); v != nil {
			buf := make([]byte, 16<<10)
			err = &panicError{value: v, where: panicSite(), stack: buf[:runtime.Stack(buf, false)]}
		}
	}()
	return pass.Analyzer.Run(pass)
}

// panicSite returns the function and line that panicked. It must be called by the deferred function that recovered.
func panicSite() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		f, more := frames.Next()
		// First come the functions of package runtime that raise the panic.
		if !strings.HasPrefix(f.Function, "runtime.") && f.Function != "" {
			return fmt.Sprintf("%s, %s:%d", f.Function, filepath.Base(f.File), f.Line)
		}
		if !more {
			return "unknown place"
		}
	}
}
