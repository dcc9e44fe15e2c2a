package fix

import (
	"context"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// maxBuilds bounds how often the packages of a module are compiled to find the fixes that break them.
const maxBuilds = 100

// withoutCompileErrors drops fixes until every package and test that compiled before compiles with the rest.
func withoutCompileErrors(ctx context.Context, fixes []*candidate, opts Options) ([]*candidate, error) {
	byModule := make(map[string][]*candidate)
	for _, c := range fixes {
		dir := c.edits[0].src.module
		if slices.ContainsFunc(c.edits, func(e edit) bool { return e.src.module != dir }) {
			c.drop(Skipped, "it changes files of several modules")
			continue
		}
		byModule[dir] = append(byModule[dir], c)
	}
	for _, dir := range slices.Sorted(maps.Keys(byModule)) {
		s := search{module: module{dir: dir, opts: opts}}
		if err := s.run(ctx, byModule[dir]); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(fixes, func(c *candidate) bool { return c.outcome.Status != Applied }), nil
}

// A search looks for the fixes of one module that break it.
type search struct {
	module
	dirs   []string // folders of the packages to compile
	before *build   // without fixes; nil: not known yet
	builds int
}

// run marks the fixes that cannot be applied.
func (s *search) run(ctx context.Context, fixes []*candidate) error {
	if err := s.chooseDirs(ctx, fixes); err != nil {
		return err
	}
	after, err := s.compile(ctx, s.dirs, fixes)
	if err != nil {
		return err
	}
	fixes = slices.DeleteFunc(fixes, func(c *candidate) bool {
		for _, e := range c.edits {
			if len(after.units[e.src.asked]) == 0 {
				c.drop(Withdrawn, "the file is not part of the build on this system, so the result cannot be checked")
				return true
			}
		}
		return false
	})
	if len(after.failed) == 0 {
		return nil
	}

	if s.before, err = s.compile(ctx, s.dirs, nil); err != nil {
		return err
	}
	fixes = slices.DeleteFunc(fixes, func(c *candidate) bool {
		for _, e := range c.edits {
			// With a broken test of the package, the package itself can still be checked.
			units := after.units[e.src.asked]
			if !slices.ContainsFunc(units, func(unit string) bool { return s.before.failed[unit] == "" }) {
				c.drop(Skipped, "the package did not compile before: %s", firstLine(s.before.failed[units[0]]))
				return true
			}
		}
		return false
	})
	_, err = s.keep(ctx, nil, fixes)
	return err
}

// chooseDirs lists the folders of the files, and of what imports their packages where a change can be seen from there.
func (s *search) chooseDirs(ctx context.Context, fixes []*candidate) error {
	set := make(map[string]bool)
	var seen []string // folders of packages that look different from outside
	for _, src := range sources(fixes) {
		dir := src.dir()
		set[dir] = true
		if strings.HasSuffix(src.name, "_test.go") || slices.Contains(seen, dir) {
			continue
		}
		if text, err := src.apply(fixes); err != nil || surface(text) != surface(src.text) {
			seen = append(seen, dir)
		}
	}
	if len(seen) > 0 {
		list, err := s.importers(ctx, seen)
		if err != nil {
			return err
		}
		for _, dir := range list {
			set[dir] = true
		}
	}
	s.dirs = slices.Sorted(maps.Keys(set))
	return nil
}

// keep returns which of the candidates can be applied on top of base, with which the module compiles, and marks the
// others: it tries all, then each half.
func (s *search) keep(ctx context.Context, base, candidates []*candidate) ([]*candidate, error) {
	if len(candidates) == 0 {
		return nil, nil
	}
	if s.builds == maxBuilds {
		for _, c := range candidates {
			c.drop(Withdrawn, "too many other fixes break the module")
		}
		return nil, nil
	}
	s.builds++
	after, err := s.compile(ctx, s.dirs, slices.Concat(base, candidates))
	if err != nil {
		return nil, err
	}
	failures := after.newFailures(s.before)
	switch {
	case len(failures) == 0:
		return candidates, nil
	case len(candidates) == 1:
		candidates[0].drop(Withdrawn, "the result would not compile: %s", firstLine(after.failed[failures[0]]))
		return nil, nil
	}

	// What is in a package that compiles is most likely right: such fixes go first, together.
	good, suspects := split(candidates, after, failures)
	if len(good) == 0 || len(suspects) == 0 {
		good, suspects = candidates[:len(candidates)/2], candidates[len(candidates)/2:]
	}
	kept, err := s.keep(ctx, base, good)
	if err != nil {
		return nil, err
	}
	more, err := s.keep(ctx, slices.Concat(base, kept), suspects)
	return slices.Concat(kept, more), err
}

// split separates the fixes in units that fail from the others.
func split(candidates []*candidate, after *build, failures []string) (good, suspects []*candidate) {
	for _, c := range candidates {
		bad := slices.ContainsFunc(c.edits, func(e edit) bool {
			return slices.ContainsFunc(after.units[e.src.asked], func(unit string) bool { return slices.Contains(failures, unit) })
		})
		if bad {
			suspects = append(suspects, c)
		} else {
			good = append(good, c)
		}
	}
	return good, suspects
}

// surface prints what other packages can depend on, and more: the declarations without imports, comments, bodies of
// functions and elements of composite literals.
func surface(text []byte) string {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return ""
	}
	file.Decls = slices.DeleteFunc(file.Decls, func(d ast.Decl) bool {
		gen, ok := d.(*ast.GenDecl)
		return ok && gen.Tok == token.IMPORT
	})
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			n.Body = nil
		case *ast.FuncLit:
			n.Body = new(ast.BlockStmt)
		case *ast.CompositeLit:
			array, ok := n.Type.(*ast.ArrayType)
			if !ok {
				n.Elts = nil
			} else if _, open := array.Len.(*ast.Ellipsis); !open {
				n.Elts = nil
			}
		}
		return true
	})
	var out strings.Builder
	// Positions of the original would let the printer keep its line breaks; without them equal code prints equally.
	if err := printer.Fprint(&out, token.NewFileSet(), file.Decls); err != nil {
		return err.Error()
	}
	return out.String()
}
