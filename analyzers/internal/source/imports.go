package source

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// PackageName returns what a package is called at a place, or "" where the file does not import it or the name means
// something else there.
func (x *Index) PackageName(pkg string, pos token.Pos) string {
	name, _ := x.packageName(pkg, pos)
	return name
}

// packageName is PackageName, and whether the file imports the package, in whatever way.
func (x *Index) packageName(pkg string, pos token.Pos) (name string, imported bool) {
	file, scope := x.pass.File(pos), x.pass.Pkg.Scope().Innermost(pos)
	if file == nil || scope == nil {
		return "", false
	}
	for _, spec := range file.Imports {
		obj := x.pass.TypesInfo.PkgNameOf(spec)
		if obj == nil || obj.Imported().Path() != pkg {
			continue
		}
		imported = true
		if _, found := scope.LookupParent(obj.Name(), pos); found == types.Object(obj) {
			return obj.Name(), true
		}
	}
	return "", imported
}

// Import is PackageName for a package of the standard library, with the edit that imports it where the file does not. The
// name is "" where something else has it.
func (x *Index) Import(pkg string, pos token.Pos) (string, []analysis.TextEdit) {
	name, imported := x.packageName(pkg, pos)
	if imported {
		return name, nil
	}
	file, scope := x.pass.File(pos), x.pass.Pkg.Scope().Innermost(pos)
	name = path.Base(pkg)
	if file == nil || scope == nil || x.pass.Pkg.Scope().Lookup(name) != nil {
		return "", nil
	}
	if _, obj := scope.LookupParent(name, pos); obj != nil {
		return "", nil
	}
	return name, []analysis.TextEdit{addImport(file, pkg)}
}

// addImport imports a package of the standard library into a file, in its first group of imports if there is one.
func addImport(file *ast.File, pkg string) analysis.TextEdit {
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.IMPORT {
			break
		}
		if !group.Lparen.IsValid() || len(group.Specs) == 0 {
			continue
		}
		// Behind the last package of the standard library that sorts before it, so that the group stays sorted.
		at, text := group.Specs[0].Pos(), strconv.Quote(pkg)+"\n"
		for _, spec := range group.Specs {
			other, err := strconv.Unquote(spec.(*ast.ImportSpec).Path.Value)
			if err == nil && other < pkg && !strings.Contains(strings.SplitN(other, "/", 2)[0], ".") {
				at, text = spec.End(), "\n"+strconv.Quote(pkg)
			}
		}
		return analysis.TextEdit{Pos: at, End: at, NewText: []byte(text)}
	}
	return analysis.TextEdit{Pos: file.Name.End(), End: file.Name.End(), NewText: []byte("\n\nimport " + strconv.Quote(pkg))}
}
