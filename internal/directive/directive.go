// Package directive reads suppression comments:
//
//	//cloudlint:ignore CL2001,CL2003 the reason
//	//lint:ignore CL2001 the reason
//	//nolint:cloudlint // the reason
//	//nolint:serverdeadline,gosec
//
// A directive at the end of a line stands for that line and for the declaration or statement that begins on it; one
// alone on its line stands for the declaration or statement that begins on the next line of code. Names are codes,
// prefixes of codes, names of rules, analyzers or families; nolint also knows "cloudlint" and "all".
//
// Without a reason, ignore directives have no effect (and the command reports them); nolint, whose reasons are
// golangci-lint's business, has.
package directive

import (
	"go/ast"
	"go/token"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// The kinds of directives.
const (
	Ignore     = "cloudlint:ignore"
	LintIgnore = "lint:ignore"
	NoLint     = "nolint"
)

// A Directive is one suppression comment.
type Directive struct {
	Kind   string
	Names  []string // as written; empty: everything (a bare nolint)
	Reason string
	Pos    token.Pos // of the comment
	End    token.Pos

	file       *token.File
	start, end int // lines it stands for, inclusive
}

// ParseComment reads one comment, with its leading slashes. ok is false for a comment that is no directive.
func ParseComment(text string) (d Directive, ok bool) {
	text, ok = strings.CutPrefix(text, "//")
	if !ok {
		return d, false
	}
	// "// nolint" with a blank is still honoured by golangci-lint.
	if rest, found := strings.CutPrefix(strings.TrimLeft(text, " \t"), NoLint); found {
		return parseNoLint(rest)
	}
	for _, kind := range []string{Ignore, LintIgnore} {
		rest, found := strings.CutPrefix(text, kind)
		if !found || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
			continue
		}
		names, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
		return Directive{Kind: kind, Names: splitNames(names), Reason: strings.TrimSpace(reason)}, true
	}
	return d, false
}

func parseNoLint(rest string) (d Directive, ok bool) {
	d.Kind = NoLint
	list, reason, _ := strings.Cut(rest, "//")
	d.Reason = strings.TrimSpace(reason)
	list = strings.TrimRight(list, " \t\r")
	if list == "" {
		return d, true
	}
	if list[0] != ':' {
		return d, false // "nolintlint", "nolint is evil" ...
	}
	// A list may have blanks after its commas; the first name after a blank without a comma is prose.
	for name := range strings.SplitSeq(list[1:], ",") {
		name, prose, _ := strings.Cut(strings.TrimSpace(name), " ")
		if name != "" {
			d.Names = append(d.Names, name)
		}
		if prose != "" {
			d.Reason = strings.TrimSpace(prose + " " + d.Reason)
			break
		}
	}
	return d, len(d.Names) > 0
}

func splitNames(list string) []string {
	return slices.DeleteFunc(strings.Split(list, ","), func(s string) bool { return s == "" })
}

// Ours reports whether the directive may concern cloudlint: the ignore comments of other tools and nolint comments that
// only name other linters do not. isOurs knows the names of codes, rules, analyzers and families.
func (d *Directive) Ours(isOurs func(name string) bool) bool {
	if d.Kind == Ignore {
		return true
	}
	return slices.ContainsFunc(d.Names, func(name string) bool {
		return d.Kind == NoLint && name == "cloudlint" || isOurs(name)
	})
}

// Suppresses reports whether the directive silences a finding of the rule with the code, name and analyzer.
func (d *Directive) Suppresses(code, name, analyzer, family string) bool {
	if d.Kind != NoLint && d.Reason == "" {
		return false
	}
	if d.Kind == NoLint && len(d.Names) == 0 {
		return true
	}
	return slices.ContainsFunc(d.Names, func(n string) bool {
		return Names(n, code, name, analyzer, family) || d.Kind == NoLint && (n == "cloudlint" || n == "all")
	})
}

// Names reports whether the name n, as written in a directive, stands for the rule.
func Names(n, code, name, analyzer, family string) bool {
	return len(n) > 2 && strings.HasPrefix(code, strings.ToUpper(n)) || strings.EqualFold(n, name) || n == analyzer || n == family
}

// Parse returns the directives of a file, which must have been parsed with its comments.
func Parse(fset *token.FileSet, file *ast.File) []*Directive {
	var found []*Directive
	tf := fset.File(file.FileStart)
	for _, group := range file.Comments {
		for _, c := range group.List {
			d, ok := ParseComment(c.Text)
			if !ok {
				continue
			}
			d.Pos, d.End, d.file = c.Pos(), c.End(), tf
			d.start = tf.Line(c.Pos())
			d.end = d.start
			found = append(found, &d)
		}
	}
	if len(found) > 0 {
		extend(tf, file, found)
	}
	return found
}

// extend widens each directive to the declaration or statement that it stands on.
func extend(tf *token.File, file *ast.File, directives []*Directive) {
	// The lines on which a declaration, statement, field or element begins, and the last line of the longest of them.
	ends := make(map[int]int)
	codeOn := make(map[int]bool)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.File:
			return true
		case *ast.Comment, *ast.CommentGroup:
			return false
		}
		start, end := tf.Line(n.Pos()), tf.Line(n.End())
		codeOn[start] = true
		codeOn[end] = true
		switch n.(type) {
		case ast.Stmt, ast.Decl, ast.Spec, *ast.Field, *ast.KeyValueExpr, *ast.CompositeLit:
			if _, block := n.(*ast.BlockStmt); !block {
				ends[start] = max(ends[start], end)
			}
		}
		return true
	})
	// A doc comment does not belong to the code of its declaration, whose Pos is the keyword: nothing to do for it.
	for _, d := range directives {
		line := d.start
		if !codeOn[line] {
			// Alone on its line: what begins on the next line that is not a comment itself.
			for line++; line <= tf.LineCount() && !codeOn[line] && isComment(tf, file, line); line++ {
			}
			d.end = line
		}
		d.end = max(d.end, ends[line])
	}
}

// isComment reports whether the line lies in a comment.
func isComment(tf *token.File, file *ast.File, line int) bool {
	return slices.ContainsFunc(file.Comments, func(g *ast.CommentGroup) bool {
		return tf.Line(g.Pos()) <= line && line <= tf.Line(g.End())
	})
}

// An Index finds the directives of a package by place. It is read-only and may be shared by analyzers.
type Index struct {
	All    []*Directive
	byFile map[*token.File][]*Directive
}

// Suppressing returns the first directive that silences a finding of the rule at pos, or nil.
func (ix *Index) Suppressing(fset *token.FileSet, pos token.Pos, code, name, analyzer, family string) *Directive {
	tf := fset.File(pos)
	if tf == nil {
		return nil
	}
	line := tf.Line(pos)
	for _, d := range ix.byFile[tf] {
		if d.start <= line && line <= d.end && d.Suppresses(code, name, analyzer, family) {
			return d
		}
	}
	return nil
}

// Analyzer indexes the directives of a package. It reports nothing.
var Analyzer = &analysis.Analyzer{
	Name:             "cloudlintdirectives",
	Doc:              "index the suppression comments of a package",
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*Index](),
	Run: func(pass *analysis.Pass) (any, error) {
		ix := &Index{byFile: make(map[*token.File][]*Directive)}
		for _, file := range pass.Files {
			ds := Parse(pass.Fset, file)
			if len(ds) > 0 {
				ix.All = append(ix.All, ds...)
				ix.byFile[pass.Fset.File(file.FileStart)] = ds
			}
		}
		return ix, nil
	},
}
