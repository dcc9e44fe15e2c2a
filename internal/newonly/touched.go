package newonly

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/gitrepo"
	"github.com/cloudlint/cloudlint/internal/paths"
)

// touched says which lines of the analysed side a change touches.
type touched struct {
	c         *Comparison
	root      string // of the report
	any       bool   // there is a change
	files     map[string]fileChange
	renamed   map[string]string // new name -> old name
	functions map[string][]span
	roots     map[string]string // folder -> the repository that it lies in
}

// A fileChange is what has happened to a file.
type fileChange struct {
	whole bool // all lines count as touched
	hunks []gitrepo.Hunk
}

// A span is the lines of a function, from its documentation on.
type span struct{ from, to int }

// touch reads the diff between the base and the analysed side.
func (c *Comparison) touch(ctx context.Context, root string) (*touched, error) {
	t := &touched{c: c, root: root, files: make(map[string]fileChange), renamed: make(map[string]string), functions: make(map[string][]span), roots: make(map[string]string)}
	changes, err := c.changes(ctx)
	if err != nil {
		return nil, err
	}
	t.any = len(changes) > 0
	for _, change := range changes {
		if change.New == "" {
			continue
		}
		if change.Kind == gitrepo.Renamed {
			t.renamed[change.New] = change.Old
		}
		t.files[change.New] = fileChange{
			whole: change.Binary || change.Kind == gitrepo.Added || change.Kind == gitrepo.TypeChanged,
			hunks: change.Hunks,
		}
	}
	if c.opts.Staged {
		return t, nil
	}
	untracked, err := c.untrackedFiles(ctx)
	if err != nil {
		return nil, err
	}
	t.any = t.any || len(untracked) > 0
	for _, name := range untracked {
		t.files[name] = fileChange{whole: true}
	}
	return t, nil
}

// finding reports whether the change touches a place that the finding names, or the function that it lies in. Where the
// diff cannot tell, it does.
func (t *touched) finding(f *finding.Finding) bool {
	name, known := t.name(f.File)
	if !known || f.Line == 0 {
		return true
	}
	change, changed := t.files[name]
	if changed && (change.whole || !isGo(name)) {
		return true
	}
	if t.place(f.Range) {
		return true
	}
	for i := range f.Related { // the steps of Path are among them
		if t.place(f.Related[i].Range) {
			return true
		}
	}
	return changed && t.function(name, f.Line)
}

// name returns a report's file relative to the work tree's root. It is not known for files outside, and for those of
// submodules and other repositories within, of which git diff does not say what has changed.
func (t *touched) name(file string) (string, bool) {
	if file == "" {
		return "", false
	}
	abs := finding.Abs(t.root, file)
	name, ok := paths.Below(t.c.repo.Top, abs)
	name = filepath.ToSlash(name)
	if !ok {
		return name, false
	}
	dir := filepath.Dir(abs)
	root, seen := t.roots[dir]
	if !seen {
		root = config.GitRoot(dir)
		t.roots[dir] = root
	}
	return name, root == t.c.repo.Top
}

// place reports whether the change touches a line of a place.
func (t *touched) place(r finding.Range) bool {
	name, known := t.name(r.File)
	change, changed := t.files[name]
	if !known || !changed || r.Line == 0 {
		return false
	}
	return change.touches(r.Line, max(r.Line, r.EndLine))
}

// touches reports whether the lines are among those that have changed, or next to lines that are gone.
func (c fileChange) touches(from, to int) bool {
	for _, h := range c.hunks {
		first, last := h.Line, h.Line+h.Count-1
		if h.Count == 0 {
			last = h.Line + 1
		}
		if first <= to && last >= from {
			return true
		}
	}
	return c.whole
}

// function reports whether the change touches the function that a line of a file with changes lies in.
func (t *touched) function(name string, line int) bool {
	spans, ok := t.functions[name]
	if !ok {
		spans = t.parse(name)
		t.functions[name] = spans
	}
	change := t.files[name]
	for _, s := range spans {
		if s.from <= line && line <= s.to && change.touchesFunction(s) {
			return true
		}
	}
	return false
}

func (c fileChange) touchesFunction(s span) bool {
	for _, h := range c.hunks {
		if h.Count > 0 && h.Line <= s.to && h.Line+h.Count-1 >= s.from {
			return true
		}
		// What is gone directly above the first line may be a comment that silenced a finding; what is gone below the
		// last is another function's.
		if h.Count == 0 && h.Line+1 >= s.from && h.Line < s.to {
			return true
		}
	}
	return c.whole
}

// parse returns the spans of a file's functions. A file that cannot be read or parsed is one function.
func (t *touched) parse(name string) []span {
	const whole = 1 << 30
	text, err := os.ReadFile(t.c.Actual(t.c.repo.Abs(name)))
	if err != nil {
		return []span{{0, whole}}
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return []span{{0, whole}}
	}
	// Diffs count the lines of the file, whatever //line comments say.
	lineOf := func(pos token.Pos) int { return fset.PositionFor(pos, false).Line }
	var spans []span
	for _, d := range file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			from := fn.Pos()
			if fn.Doc != nil {
				from = fn.Doc.Pos()
			}
			spans = append(spans, span{lineOf(from), lineOf(fn.End())})
		}
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, s := range g.Specs { // a function may be a variable's value
				spans = append(spans, span{lineOf(s.Pos()), lineOf(s.End())})
			}
		}
	}
	return spans
}
