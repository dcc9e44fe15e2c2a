package witness

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/verify/splice"
)

// A file is one in which steps lie.
type file struct {
	name   string
	src    []byte
	syntax *ast.File
	tf     *token.File
	sites  []*site
}

// A site is a statement that has steps, or the beginning of a function. What is inserted stands at offsets.
type site struct {
	id         int
	start, end int
	enters     bool  // the beginning of a function
	deferred   bool  // a defer statement, whose call has the step
	after      bool  // calls can stand behind it
	alone      bool  // it is over when its operation is
	begin      int   // of a statement that starts a goroutine: where its function begins, if that is to be seen
	again      []int // of a loop: where its head comes next
	ended      []int // in it: where what it waits for is over
}

func parse(name, actual string) (*file, error) {
	src, err := os.ReadFile(actual)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	f := &file{name: name, src: src}
	if f.syntax, err = parser.ParseFile(fset, name, src, parser.SkipObjectResolution); err != nil {
		return nil, err
	}
	f.tf = fset.File(f.syntax.FileStart)
	return f, nil
}

// keep leaves the sites that are used.
func (f *file) keep(used map[*site]bool) {
	f.sites = slices.DeleteFunc(f.sites, func(s *site) bool { return !used[s] })
}

// pos is where a step lies.
func (f *file) pos(step finding.Step) (token.Pos, error) {
	if step.Line < 1 || step.Line > f.tf.LineCount() {
		return token.NoPos, fmt.Errorf("%s has no line %d any more", step.File, step.Line)
	}
	return f.tf.LineStart(step.Line) + token.Pos(max(step.Column, 1)-1), nil
}

// entry returns the beginning of the function that a step names, or nothing.
func (f *file) entry(step finding.Step) *site {
	pos, err := f.pos(step)
	if err != nil {
		return nil
	}
	var body *ast.BlockStmt
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Pos() == pos {
				body = n.Body
			}
		case *ast.FuncLit:
			if n.Pos() == pos {
				body = n.Body
			}
		}
		return body == nil
	})
	if body == nil {
		return nil
	}
	at := f.tf.Offset(body.Lbrace) + 1
	return &site{start: at, end: at, enters: true}
}

// find returns the innermost statement of a list in which a step lies, or nothing where calls cannot be put around it.
func (f *file) find(step finding.Step) (*site, error) {
	pos, err := f.pos(step)
	if err != nil {
		return nil, err
	}
	var found ast.Stmt
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if n == nil || n.Pos() > pos || n.End() <= pos {
			return false
		}
		for _, s := range splice.Statements(n) {
			switch s.(type) {
			case *ast.CaseClause, *ast.CommClause:
			default:
				if s.Pos() <= pos && pos < s.End() {
					found = s // the inner ones come later
				}
			}
		}
		return true
	})
	if found == nil {
		return nil, nil
	}
	s := &site{start: f.tf.Offset(found.Pos()), end: f.tf.Offset(found.End()), after: simple(found), alone: alone(found)}
	inner := found
	for {
		label, ok := inner.(*ast.LabeledStmt)
		if !ok {
			break
		}
		inner = label.Stmt
	}
	switch inner := inner.(type) {
	case *ast.DeferStmt:
		s.deferred = true
	case *ast.SelectStmt:
		s.alone = true
		for _, c := range inner.Body.List {
			s.ended = append(s.ended, f.tf.Offset(c.(*ast.CommClause).Colon)+1)
		}
	case *ast.RangeStmt:
		s.ended = append(s.ended, f.tf.Offset(inner.Body.Lbrace)+1)
		s.again = f.rounds(found, inner.Body)
	}
	if step.Starts > 0 && s.after {
		if lit := started(found); lit != nil {
			s.begin = f.tf.Offset(lit.Body.Lbrace) + 1
		}
	}
	return s, nil
}

// simple reports whether another statement can stand behind a statement: it neither ends the function nor holds a block.
func simple(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.AssignStmt, *ast.SendStmt, *ast.IncDecStmt, *ast.GoStmt, *ast.DeclStmt:
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

// alone reports whether a statement is one operation, and calls nothing else.
func alone(s ast.Stmt) bool {
	var value ast.Expr
	switch s := s.(type) {
	case *ast.GoStmt:
		return true
	case *ast.SendStmt:
		return !calls(s.Value) && !calls(s.Chan)
	case *ast.ExprStmt:
		value = s.X
	case *ast.AssignStmt:
		if len(s.Rhs) != 1 {
			return false
		}
		value = s.Rhs[0]
	}
	switch value := ast.Unparen(value).(type) {
	case *ast.UnaryExpr:
		return !calls(value.X)
	case *ast.CallExpr:
		return !calls(value.Fun) && !slices.ContainsFunc(value.Args, calls)
	}
	return false
}

// calls reports whether an expression calls something, or receives.
func calls(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

// started returns the function that a statement starts as a goroutine, as far as the statement itself has it, and can stand
// in a block of its own.
func started(s ast.Stmt) *ast.FuncLit {
	var call *ast.CallExpr
	switch s := s.(type) {
	case *ast.GoStmt:
		if lit, ok := s.Call.Fun.(*ast.FuncLit); ok {
			return lit
		}
		return nil
	case *ast.ExprStmt:
		call, _ = s.X.(*ast.CallExpr)
	}
	if call == nil {
		return nil
	}
	var found *ast.FuncLit
	for _, arg := range call.Args {
		if lit, ok := arg.(*ast.FuncLit); ok {
			if found != nil {
				return nil
			}
			found = lit
		}
	}
	return found
}

// rounds returns where a loop, which a label may stand before, goes on to its next round.
func (f *file) rounds(loop ast.Stmt, body *ast.BlockStmt) []int {
	label := ""
	if l, ok := loop.(*ast.LabeledStmt); ok {
		label = l.Label.Name
	}
	list := []int{f.tf.Offset(body.Rbrace)}
	var visit func(body *ast.BlockStmt, inner bool)
	visit = func(body *ast.BlockStmt, inner bool) {
		ast.Inspect(body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt:
				visit(n.Body, true)
				return false
			case *ast.RangeStmt:
				visit(n.Body, true)
				return false
			case *ast.BranchStmt:
				if n.Tok == token.CONTINUE && (n.Label == nil && !inner || n.Label != nil && n.Label.Name == label) {
					list = append(list, f.tf.Offset(n.Pos()))
				}
			}
			return true
		})
	}
	visit(body, false)
	return list
}

// text returns the file with the calls of its sites in it, each on the line where that is.
func (f *file) text() []byte {
	list := []splice.Insertion{{Offset: f.tf.Offset(f.syntax.Name.End()), Text: `; import cloudlintTesting "testing"`}}
	slices.SortFunc(f.sites, func(a, b *site) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	for _, s := range f.sites {
		call := func(name string) string { return fmt.Sprintf("cloudlintTesting.Cloudlint%s(%d)", name, s.id) }
		add := func(offset int, text string) { list = append(list, splice.Insertion{Offset: offset, Text: text}) }
		switch {
		case s.enters:
			add(s.start, " "+call("Enter")+";")
		case s.deferred:
			// The last that is deferred runs first.
			add(s.start, "defer "+call("Done")+"; ")
			add(s.end, "; defer "+call("Step"))
		case s.begin > 0:
			add(s.start, call("Step")+"; { cloudlintChild := "+call("Go")+"; ")
			add(s.begin, " cloudlintTesting.CloudlintBegin(cloudlintChild);")
			add(s.end, " }; "+call("Done"))
		default:
			add(s.start, call("Step")+"; ")
			if s.after {
				add(s.end, "; "+call("Done"))
			}
		}
		for _, offset := range s.ended {
			add(offset, " "+call("Done")+";")
		}
		for _, offset := range s.again {
			add(offset, "; "+call("Step")+"; ")
		}
	}
	return splice.Insert(f.src, list)
}
