package serverdeadline

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/analyzers/internal/flow"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// literalFix adds the fields to the composite literal that makes the server. There is none where a field is there
// already, with a zero value: somebody has decided so.
func (c *checker) literalFix(o *flow.Object, fields []field) *pass.Fix {
	lit := o.Literal
	if lit == nil || len(fields) == 0 {
		return nil
	}
	var names []string
	for _, f := range fields {
		names = append(names, f.name)
	}
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return nil
		}
		if key, ok := kv.Key.(*ast.Ident); !ok || slices.Contains(names, key.Name) {
			return nil
		}
	}
	timeName, edits := source.New(c.pass).Import("time", lit.Pos())
	if timeName == "" {
		return nil
	}
	var text []string
	for _, f := range fields {
		text = append(text, f.name+": "+strings.ReplaceAll(f.value, "time.", timeName+"."))
	}
	edits = append(edits, c.addElements(lit, text))
	return &pass.Fix{Message: "Set " + strings.Join(names, " and "), Edits: edits}
}

// addElements adds elements to a literal, each on its line if the literal has several lines.
func (c *checker) addElements(lit *ast.CompositeLit, elems []string) analysis.TextEdit {
	line := func(pos token.Pos) int { return c.pass.Fset.PositionFor(pos, false).Line }
	if line(lit.Lbrace) != line(lit.Rbrace) {
		last := lit.Lbrace
		if len(lit.Elts) > 0 {
			last = lit.Elts[len(lit.Elts)-1].End()
		}
		text := ""
		if line(last) == line(lit.Rbrace) {
			text = ",\n" // the brace stands behind the last element
		}
		return analysis.TextEdit{Pos: lit.Rbrace, End: lit.Rbrace, NewText: []byte(text + strings.Join(elems, ",\n") + ",\n")}
	}
	text := strings.Join(elems, ", ")
	at := lit.Rbrace
	if len(lit.Elts) > 0 {
		at = lit.Elts[len(lit.Elts)-1].End() // before a comma that may follow
		text = ", " + text
	}
	return analysis.TextEdit{Pos: at, End: at, NewText: []byte(text)}
}

// serveFix replaces a call of net/http's helpers by a server with bounds.
func (c *checker) serveFix(call *ast.CallExpr, f models.ServeFunc, r *rule.Rule) *pass.Fix {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if r != serveHelper || !ok || call.Ellipsis.IsValid() {
		return nil
	}
	timeName, edits := source.New(c.pass).Import("time", call.Pos())
	if timeName == "" {
		return nil
	}
	var args []string
	for _, arg := range call.Args {
		var b bytes.Buffer
		if err := format.Node(&b, c.pass.Fset, arg); err != nil {
			return nil
		}
		args = append(args, b.String())
	}
	fields, rest := "Handler: "+args[len(args)-1], args[:len(args)-1]
	switch f.Func {
	case "net/http.ListenAndServe", "net/http.ListenAndServeTLS":
		fields, rest = "Addr: "+args[0]+", "+fields, rest[1:]
	case "net/http.ServeTLS": // listener, handler, certificate, key
		fields, rest = "Handler: "+args[1], []string{args[0], args[2], args[3]}
	}
	if f.Func != "net/http.ServeTLS" && args[len(args)-1] == "nil" {
		fields = strings.TrimSuffix(strings.TrimSuffix(fields, "Handler: nil"), ", ")
	}
	if fields != "" {
		fields += ", "
	}
	// The helper's name is also the method's.
	text := "(&" + types.ExprString(sel.X) + ".Server{" + fields + "ReadHeaderTimeout: 10 * " + timeName + ".Second, IdleTimeout: 2 * " + timeName + ".Minute})." +
		sel.Sel.Name + "(" + strings.Join(rest, ", ") + ")"
	edits = append(edits, analysis.TextEdit{Pos: call.Pos(), End: call.End(), NewText: []byte(text)})
	return &pass.Fix{Message: "Serve with an http.Server that has timeouts", Edits: edits}
}
