package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// belongs says which findings tell of a mistake of a kind. Everything else that is new is counted as "elsewhere".
var belongs = map[string][]string{
	// Who receives, or waits in a select or a loop, waits for ever; and so does who waits for the end of those.
	kindClose: slices.Concat(blocked, endless, []string{"CL1004", "CL1011"}),
	// The lock is not given back, or is asked for again, or is held by somebody who waits.
	kindUnlock: {"CL1005", "CL1006", "CL1007", "CL1008", "CL1009", "CL1010", "CL1011"},
	// The Wait does not end, and what comes after it does not happen.
	kindDone: slices.Concat(blocked, []string{"CL1004", "CL1011"}),
	// Nobody ends what waits for the context.
	kindCancel: slices.Concat(blocked, endless, []string{"CL1004", "CL1011", "CL2025"}),
	// Who sends waits for ever, or is not waited for any more.
	kindReceive: slices.Concat(blocked, endless, []string{"CL1004", "CL1008", "CL1011"}),
	// Who waits for something else does not hear that all is over.
	kindDoneCase: slices.Concat(blocked, endless, []string{"CL1004", "CL1008", "CL1011", "CL2025"}),
	// Who sends needs a receiver now.
	kindCapacity: slices.Concat(blocked, []string{"CL1004", "CL1008", "CL1011"}),
}

var (
	// blocked are the findings about a sender, a receiver and a select that are left alone.
	blocked = []string{"CL1001", "CL1002", "CL1003"}
	// endless are the findings about loops without an end.
	endless = []string{"CL1021", "CL1022", "CL1023", "CL1024", "CL1025", "CL1026", "CL1027", "CL1028", "CL1029"}
)

// How a finding touches a mutation.
const (
	atOperation = "operation" // a place of the finding is an operation on the mutated object
	atFunction  = "function"  // a place of the finding is in the mutated function
)

// judge looks for a finding that is not there without the mutation, belongs to its kind and touches its place.
func (w *world) judge(m *Mutant) {
	old := make(map[string]int)
	for _, f := range w.findings[m.Package] {
		old[identity(f)]++
	}
	for _, f := range m.all {
		if id := identity(f); old[id] > 0 {
			old[id]--
			continue
		}
		if f.SuppressedBy != nil {
			continue
		}
		how := ""
		if slices.Contains(belongs[m.Kind], f.Code) {
			how = m.touches(f)
		}
		text := fmt.Sprintf("%s %s:%d %s", f.Code, f.Pos.File, f.Pos.Line, f.Message)
		switch {
		case how != "" && (!m.Found || m.How == atFunction && how == atOperation):
			m.Found, m.How, m.Finding, m.Code, m.At = true, how, text, f.Code, fmt.Sprintf("%s:%d", f.Pos.File, f.Pos.Line)
		case how == "" && m.Other == "":
			m.Other = text
		}
	}
}

// identity is the same for a finding before and after a change elsewhere in its file.
func identity(f wire.Finding) string {
	return fmt.Sprint(f.Code, " ", f.Pos.Package, " ", f.Pos.File, ":", f.Pos.Line, " ", f.Function, " ", f.Object)
}

// touches says whether the finding, one of its steps or a related place stands on a line that uses the mutated variable or
// field, or in the mutated function, or does neither.
func (m *Mutant) touches(f wire.Finding) string {
	places := []wire.Pos{f.Pos}
	for _, s := range f.Steps {
		places = append(places, s.Pos)
	}
	for _, r := range f.Related {
		places = append(places, r.Pos)
	}
	lines := m.site.lines()
	how := ""
	for _, at := range places {
		switch {
		case at.Package != m.Package:
		case slices.Contains(lines, fmt.Sprintf("%s:%d", at.File, at.Line)):
			return atOperation
		case m.inFunction(at):
			how = atFunction
		}
	}
	return how
}

// inFunction reports whether a place is in the mutated function.
func (m *Mutant) inFunction(at wire.Pos) bool {
	if at.File != filepath.Base(m.File) {
		return false
	}
	p := m.site.pkg
	fn := function(p, p.Files[m.site.file], m.Line)
	return fn != nil && fn == function(p, p.Files[m.site.file], at.Line)
}

// lines lists where the package uses the variable or field of a site, under this or another name, and where the site is.
func (s site) lines() []string {
	p := s.pkg
	objects := s.aliases()
	var list []string
	for i, file := range p.Files {
		name := filepath.Base(p.Fset.PositionFor(file.FileStart, false).Filename)
		if i == s.file {
			list = append(list, fmt.Sprintf("%s:%d", name, s.line))
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && (objects[p.Info.Uses[id]] || objects[p.Info.Defs[id]]) {
				list = append(list, fmt.Sprintf("%s:%d", name, p.Fset.PositionFor(id.Pos(), false).Line))
			}
			return true
		})
	}
	return list
}

// aliases returns the variable or field of a site, and those that it is assigned to or from, or handed over as: a channel
// that is kept in a field is the field's too. A context goes everywhere, so that its other names say nothing.
func (s site) aliases() map[types.Object]bool {
	objects := map[types.Object]bool{}
	if s.object == nil {
		return objects
	}
	objects[s.object] = true
	if s.kind == kindDoneCase || s.kind == kindUnlock {
		return objects
	}
	c := collector{p: s.pkg}
	for grown := true; grown; {
		grown = false
		same := func(a, b types.Object) {
			if a != nil && b != nil && objects[a] != objects[b] {
				objects[a], objects[b], grown = true, true, true
			}
		}
		plain := func(x ast.Expr) types.Object {
			x = ast.Unparen(x)
			if addr, ok := x.(*ast.UnaryExpr); ok && addr.Op == token.AND {
				x = ast.Unparen(addr.X)
			}
			switch x.(type) {
			case *ast.Ident, *ast.SelectorExpr:
				if v, ok := c.object(x).(*types.Var); ok {
					return v
				}
			}
			return nil
		}
		for _, file := range s.pkg.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.AssignStmt:
					for i := range n.Lhs {
						if len(n.Lhs) == len(n.Rhs) {
							same(plain(n.Lhs[i]), plain(n.Rhs[i]))
						}
					}
				case *ast.KeyValueExpr:
					same(plain(n.Key), plain(n.Value))
				case *ast.CallExpr:
					fn, ok := c.object(n.Fun).(*types.Func)
					if !ok || fn.Pkg() == nil || fn.Pkg().Path() != s.pkg.Types.Path() {
						return true
					}
					params := fn.Origin().Signature().Params()
					for i, arg := range n.Args {
						if i < params.Len() {
							same(params.At(i), plain(arg))
						}
					}
				}
				return true
			})
		}
	}
	return objects
}
