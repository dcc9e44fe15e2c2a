package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/driver/unit"
	"github.com/cloudlint/cloudlint/internal/skeleton"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// The kinds of mistakes.
const (
	kindClose    = "close"
	kindUnlock   = "unlock"
	kindDone     = "done"
	kindCancel   = "cancel"
	kindReceive  = "receive"
	kindDoneCase = "done case"
	kindCapacity = "capacity"
)

var kinds = []string{kindClose, kindUnlock, kindDone, kindCancel, kindReceive, kindDoneCase, kindCapacity}

// A site is a place that can be mutated.
type site struct {
	pkg        *unit.Package
	file       int // index in pkg.Files
	kind       string
	start, end int // offsets of what is replaced
	line       int
	object     types.Object // what is operated on: a variable or a field; nil if it has no name
	uses       []string     // expressions that keep the names of what is taken away in use
	statement  bool         // it is replaced by a statement, not by nothing or an expression
	with       string       // what replaces it, unless statement
}

// sites returns the places of a package that can be mutated, in the order of the source.
func sites(p *unit.Package, dir string) []site {
	var all []site
	for i, f := range p.Files {
		name := p.Fset.PositionFor(f.FileStart, false).Filename
		if rel, err := filepath.Rel(dir, name); err != nil || strings.HasPrefix(rel, "..") || wire.IsTest(p.Fset, f) || wire.IsGenerated(p.Fset, f) {
			continue // written by cgo, for tests, or by a tool
		}
		c := collector{p: p, file: i, into: &all}
		ast.Inspect(f, c.visit)
	}
	return all
}

type collector struct {
	p    *unit.Package
	file int
	into *[]site
	// named are the objects that channels made by the calls are assigned to.
	named map[*ast.CallExpr]types.Object
}

func (c *collector) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BlockStmt:
		c.statements(n.List)
	case *ast.CaseClause:
		c.statements(n.Body)
	case *ast.CommClause:
		c.statements(n.Body)
	case *ast.SelectStmt:
		c.selectStmt(n)
	case *ast.AssignStmt:
		for i, rhs := range n.Rhs {
			if i < len(n.Lhs) && len(n.Lhs) == len(n.Rhs) {
				c.name(rhs, c.object(n.Lhs[i]))
			}
		}
	case *ast.ValueSpec:
		for i, v := range n.Values {
			if i < len(n.Names) {
				c.name(v, c.p.Info.Defs[n.Names[i]])
			}
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok {
			c.name(n.Value, c.p.Info.Uses[key])
		}
	case *ast.CallExpr:
		c.capacity(n)
	}
	return true
}

func (c *collector) name(value ast.Expr, obj types.Object) {
	if call, ok := ast.Unparen(value).(*ast.CallExpr); ok && obj != nil {
		if c.named == nil {
			c.named = make(map[*ast.CallExpr]types.Object)
		}
		c.named[call] = obj
	}
}

func (c *collector) add(s site, n ast.Node) {
	s.pkg, s.file = c.p, c.file
	tf := c.p.Fset.File(n.Pos())
	if s.end == 0 {
		s.start, s.end = tf.Offset(n.Pos()), tf.Offset(n.End())
	}
	s.line = tf.Line(n.Pos())
	*c.into = append(*c.into, s)
}

// statements looks for statements that are calls or receives, deferred or not.
func (c *collector) statements(list []ast.Stmt) {
	for _, stmt := range list {
		var x ast.Expr
		switch s := stmt.(type) {
		case *ast.ExprStmt:
			x = s.X
		case *ast.DeferStmt:
			x = s.Call
		default:
			continue
		}
		switch x := ast.Unparen(x).(type) {
		case *ast.CallExpr:
			if kind, operand := c.call(x); kind != "" {
				c.add(site{kind: kind, object: c.object(operand), uses: c.keep(operand), statement: true}, stmt)
			}
		case *ast.UnaryExpr:
			if x.Op == token.ARROW {
				c.add(site{kind: kindReceive, object: c.object(x.X), uses: c.keep(x.X), statement: true}, stmt)
			}
		}
	}
}

// call says which mistake it is to leave a call out, and what the call operates on.
func (c *collector) call(call *ast.CallExpr) (kind string, operand ast.Expr) {
	fun := ast.Unparen(call.Fun)
	if id, ok := fun.(*ast.Ident); ok {
		if b, ok := c.p.Info.Uses[id].(*types.Builtin); ok {
			if b.Name() == "close" && len(call.Args) == 1 {
				return kindClose, call.Args[0]
			}
			return "", nil
		}
	}
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		if fn, ok := c.p.Info.Uses[sel.Sel].(*types.Func); ok {
			switch skeleton.KindOf(fn) {
			case skeleton.Unlock, skeleton.RUnlock:
				return kindUnlock, sel.X
			case skeleton.WaitGroupDone:
				return kindDone, sel.X
			}
			return "", nil
		}
	}
	if named, ok := types.Unalias(c.p.Info.TypeOf(fun)).(*types.Named); ok {
		obj := named.Obj()
		if obj.Pkg() != nil && obj.Pkg().Path() == "context" && (obj.Name() == "CancelFunc" || obj.Name() == "CancelCauseFunc") {
			return kindCancel, fun
		}
	}
	return "", nil
}

// selectStmt looks for the case that waits for the end of a context, beside others.
func (c *collector) selectStmt(s *ast.SelectStmt) {
	for _, clause := range s.Body.List {
		comm, ok := clause.(*ast.CommClause)
		if !ok || len(s.Body.List) < 2 {
			continue
		}
		x, ok := comm.Comm.(*ast.ExprStmt)
		if !ok {
			continue
		}
		recv, ok := ast.Unparen(x.X).(*ast.UnaryExpr)
		if !ok || recv.Op != token.ARROW {
			continue
		}
		call, ok := ast.Unparen(recv.X).(*ast.CallExpr)
		if !ok {
			continue
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok {
			continue
		}
		if fn, ok := c.p.Info.Uses[sel.Sel].(*types.Func); ok && skeleton.KindOf(fn) == skeleton.ContextDone {
			c.add(site{kind: kindDoneCase, object: c.object(sel.X)}, comm)
		}
	}
}

// capacity looks for channels that are made with one.
func (c *collector) capacity(call *ast.CallExpr) {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || len(call.Args) != 2 {
		return
	}
	if b, ok := c.p.Info.Uses[id].(*types.Builtin); !ok || b.Name() != "make" {
		return
	}
	t := c.p.Info.TypeOf(call.Args[0])
	if t == nil {
		return
	}
	if _, ok := t.Underlying().(*types.Chan); !ok {
		return
	}
	if v := c.p.Info.Types[call.Args[1]].Value; v != nil && v.ExactString() == "0" {
		return
	}
	tf := c.p.Fset.File(call.Pos())
	c.add(site{
		kind: kindCapacity, object: c.named[call],
		start: tf.Offset(call.Args[0].End()), end: tf.Offset(call.Args[1].End()),
	}, call)
}

// object returns the variable or field that an expression ends in: m.mu for s.m.mu.Unlock.
func (c *collector) object(x ast.Expr) types.Object {
	for {
		switch e := ast.Unparen(x).(type) {
		case *ast.Ident:
			if obj := c.p.Info.Uses[e]; obj != nil {
				return obj
			}
			return c.p.Info.Defs[e]
		case *ast.SelectorExpr:
			return c.p.Info.Uses[e.Sel]
		case *ast.StarExpr:
			x = e.X
		case *ast.UnaryExpr:
			x = e.X
		case *ast.IndexExpr:
			x = e.X
		case *ast.CallExpr:
			x = e.Fun
		default:
			return nil
		}
	}
}

// keep returns the variables of an expression: without the statement they might not be used any more.
func (c *collector) keep(x ast.Expr) []string {
	var names []string
	ast.Inspect(x, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := c.p.Info.Uses[id].(*types.Var); ok && !v.IsField() && !slices.Contains(names, id.Name) {
				names = append(names, id.Name)
			}
		}
		return true
	})
	return names
}

// order returns the places of the module in the order in which they are tried: the kinds take turns, so that the rare
// ones are there as well, and within a kind chance decides. Places in a package in which something is found as it is are
// passed over.
func (w *world) order(r *rand.Rand) []site {
	byKind := make(map[string][]site)
	total := 0
	for _, p := range w.packages {
		for _, s := range sites(p, w.dir) {
			byKind[s.kind] = append(byKind[s.kind], s)
			total++
		}
	}
	for _, kind := range kinds {
		list := byKind[kind]
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	order := make([]site, 0, total)
	for i := 0; i < total; i++ {
		for _, kind := range kinds {
			if i < len(byKind[kind]) && w.silent(byKind[kind][i].pkg) {
				order = append(order, byKind[kind][i])
			}
		}
	}
	return order
}
