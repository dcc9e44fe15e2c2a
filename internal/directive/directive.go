// Package directive reads suppression comments:
//
//	//cloudlint:ignore CL2001,CL2003 the reason
//	//lint:ignore CL2001 the reason
//	//nolint:cloudlint // the reason
//	//nolint:serverdeadline,gosec
//	//nolint:cloudlint_timeouts // the reason
//
// A directive at the end of a line stands for that line and for what begins on it: a declaration, a statement, a field,
// an element, an argument. One alone on its line stands for what begins on the next line, where further comments may
// come between but no blank line: so it may be any line of a doc comment. Above the package clause it stands for the file.
//
// Names are codes, prefixes of codes, names of rules, analyzers or families; nolint, in whatever case, also knows
// "cloudlint" and "all", and the families by the names that they have in golangci-lint.
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

	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
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

	start, end int // lines it stands for, inclusive
}

// Ours reports whether the directive may concern cloudlint: the ignore comments of other tools and nolint comments that
// only name other linters do not. isOurs knows the names of codes, rules, analyzers and families.
func (d *Directive) Ours(isOurs func(name string) bool) bool {
	if d.Kind == Ignore {
		return true
	}
	return slices.ContainsFunc(d.Names, func(name string) bool {
		return d.Kind == NoLint && strings.EqualFold(name, "cloudlint") || isOurs(name)
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
		return d.Means(n, code, name, analyzer, family)
	})
}

// Means reports whether the name n in the directive stands for the rule.
func (d *Directive) Means(n, code, name, analyzer, family string) bool {
	if d.Kind == NoLint {
		n = strings.ToLower(n)
		return n == "cloudlint" || n == "all" || n == rule.Family(family).Linter() || Names(n, code, name, analyzer, family)
	}
	return Names(n, code, name, analyzer, family)
}

// Names reports whether the name n, as written in a directive, stands for the rule.
func Names(n, code, name, analyzer, family string) bool {
	return len(n) > 2 && strings.HasPrefix(code, strings.ToUpper(n)) || strings.EqualFold(n, name) || n == analyzer || n == family
}

// Parse returns the directives of a file, which must have been parsed with its comments.
func Parse(fset *token.FileSet, file *ast.File) []*Directive {
	var found []*Directive
	var extent *extent
	tf := fset.File(file.FileStart)
	for _, group := range file.Comments {
		for _, c := range group.List {
			ds, offsets := ParseComment(c.Text)
			if len(ds) > 0 && extent == nil {
				extent = newExtent(tf, file)
			}
			for i := range ds {
				d := &ds[i]
				d.Pos, d.End = c.Pos()+token.Pos(offsets[i]), c.End()
				if i+1 < len(ds) {
					d.End = c.Pos() + token.Pos(offsets[i+1])
				}
				d.start = tf.Line(c.Pos())
				d.end = extent.from(d.start)
				found = append(found, d)
			}
		}
	}
	return found
}

// An Index finds the directives of a package by place. It is read-only and may be shared by analyzers.
type Index struct {
	All    []*Directive
	byFile map[*token.File][]*Directive
}

// NewIndex indexes the directives of files, which are parsed with their comments. Nothing is reported in generated files,
// and so they have none.
func NewIndex(fset *token.FileSet, files ...*ast.File) *Index {
	ix := &Index{byFile: make(map[*token.File][]*Directive)}
	for _, file := range files {
		if wire.IsGenerated(fset, file) {
			continue
		}
		ds := Parse(fset, file)
		if len(ds) > 0 {
			ix.All = append(ix.All, ds...)
			ix.byFile[fset.File(file.FileStart)] = ds
		}
	}
	return ix
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
		return NewIndex(pass.Fset, pass.Files...), nil
	},
}
