// Package witness makes goroutines of tests take turns as the path of a finding says, so that a bug which needs a rare order
// of events shows in every run. Calls before and after the statements of the path, in copies of the user's files that
// are laid over them, wait for their turn; who waits in vain lets everything run, so that nothing hangs on our account.
package witness

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/paths"
)

// A Plan is a witness that can be forced.
type Plan struct {
	Replace map[string]string // for the overlay
	Order   string            // the value of hooks.Witness
	Steps   []finding.Step    // those that take turns
}

// ErrNoSteps is the error for a finding without two steps whose order could be forced.
var ErrNoSteps = errors.New("its path has no two steps whose order could be forced")

// ops are the operations in which goroutines meet. The others of a path tell how things came about.
var ops = []string{"send", "receive", "select", "lock", "rlock", "unlock", "runlock", "wait", "done", "add", "signal", "broadcast", "close", "return"}

// A site is a statement that has steps.
type site struct {
	id         int
	start, end int // offsets
	simple     bool
}

// Prepare plans to force a finding's path. root is the report's; actual is what the user's overlay replaces; modCache is where
// nothing can be replaced; the copies are written to the folder tmp.
func Prepare(f *finding.Finding, root string, actual map[string]string, modCache, tmp string) (*Plan, error) {
	p := &Plan{Replace: make(map[string]string)}
	var order []string
	sites := make(map[string]map[int]*site) // by file, and offset
	arrivals := make(map[*site]int)
	for _, step := range f.Path {
		if !slices.Contains(ops, step.Op) {
			continue
		}
		file := finding.Abs(root, step.File)
		if _, foreign := paths.Below(modCache, file); foreign && modCache != "" {
			return nil, fmt.Errorf("a step lies in %s, where the go command replaces nothing", step.File)
		}
		s, err := find(file, cmp.Or(actual[file], file), step)
		if err != nil {
			return nil, err
		}
		if s == nil {
			continue // in a declaration, or a deferred call
		}
		if sites[file] == nil {
			sites[file] = make(map[int]*site)
		}
		if old := sites[file][s.start]; old != nil {
			s = old
		} else {
			s.id = len(arrivals) + 1
			sites[file][s.start] = s
		}
		arrivals[s]++
		order = append(order, fmt.Sprintf("%d.%d", s.id, arrivals[s]))
		p.Steps = append(p.Steps, step)
	}
	if len(p.Steps) < 2 {
		return nil, ErrNoSteps
	}
	p.Order = strings.Join(order, " ")
	for file, list := range sites {
		text, err := insert(file, cmp.Or(actual[file], file), list)
		if err != nil {
			return nil, err
		}
		copied := filepath.Join(tmp, fmt.Sprint(len(p.Replace)), filepath.Base(file))
		if err := errors.Join(os.MkdirAll(filepath.Dir(copied), 0o777), os.WriteFile(copied, text, 0o666)); err != nil {
			return nil, err
		}
		p.Replace[file] = copied
	}
	return p, nil
}

// find returns the innermost statement of a list in which a step lies, or nothing where calls cannot be put around it.
func find(name, actual string, step finding.Step) (*site, error) {
	src, err := os.ReadFile(actual)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	tf := fset.File(file.FileStart)
	if step.Line < 1 || step.Line > tf.LineCount() {
		return nil, fmt.Errorf("%s has no line %d any more", step.File, step.Line)
	}
	pos := tf.LineStart(step.Line) + token.Pos(max(step.Column, 1)-1)
	var found ast.Stmt
	list := func(stmts []ast.Stmt) {
		for _, s := range stmts {
			switch s.(type) {
			case *ast.CaseClause, *ast.CommClause:
			default:
				if s.Pos() <= pos && pos < s.End() {
					found = s // the inner ones come later
				}
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || n.Pos() > pos || n.End() <= pos {
			return false
		}
		switch n := n.(type) {
		case *ast.BlockStmt:
			list(n.List)
		case *ast.CaseClause:
			list(n.Body)
		case *ast.CommClause:
			list(n.Body)
		}
		return true
	})
	if _, deferred := found.(*ast.DeferStmt); found == nil || deferred {
		return nil, nil
	}
	return &site{start: tf.Offset(found.Pos()), end: tf.Offset(found.End()), simple: simple(found)}, nil
}

// simple reports whether another statement can stand behind a statement: it neither ends the function nor holds a block.
func simple(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.AssignStmt, *ast.SendStmt, *ast.IncDecStmt, *ast.GoStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return true
		}
		name, ok := call.Fun.(*ast.Ident)
		return !ok || name.Name != "panic"
	}
	return false
}

// insert puts the calls around the statements of a file, each on the line where that is.
func insert(name, actual string, sites map[int]*site) ([]byte, error) {
	src, err := os.ReadFile(actual)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.PackageClauseOnly)
	if err != nil {
		return nil, err
	}
	type insertion struct {
		offset int
		text   string
	}
	list := []insertion{{fset.File(file.FileStart).Offset(file.Name.End()), `; import cloudlintTesting "testing"`}}
	for _, s := range sites {
		if !s.simple {
			list = append(list, insertion{s.start, fmt.Sprintf("cloudlintTesting.CloudlintStep(%d); ", s.id)})
			continue
		}
		list = append(list,
			insertion{s.start, fmt.Sprintf("cloudlintStep%d := cloudlintTesting.CloudlintStep(%[1]d); ", s.id)},
			insertion{s.end, fmt.Sprintf("; cloudlintTesting.CloudlintDone(cloudlintStep%d)", s.id)})
	}
	slices.SortStableFunc(list, func(a, b insertion) int { return cmp.Compare(a.offset, b.offset) })
	var out bytes.Buffer
	end := 0
	for _, in := range list {
		out.Write(src[end:in.offset])
		out.WriteString(in.text)
		end = in.offset
	}
	out.Write(src[end:])
	return out.Bytes(), nil
}
