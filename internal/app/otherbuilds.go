package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// otherBuilds knows the functions in files that are compiled on other systems or under other tags only: a run here says
// nothing about them. Which files these are the go command has said, who knows of all the places where tags are set.
type otherBuilds struct {
	ignored   map[string][]string        // the files of the packages of the run, by folder
	functions map[string]map[string]bool // by folder, of those that were asked for
}

func newOtherBuilds(packages map[string]driver.Package) *otherBuilds {
	o := &otherBuilds{ignored: make(map[string][]string), functions: make(map[string]map[string]bool)}
	for _, p := range packages {
		if p.Named {
			o.ignored[p.Dir] = p.Ignored
		}
	}
	return o
}

// has reports whether a folder has such a file with the function, or, where there is no name, any such file. A folder that
// is none of a package of the run has nothing but such files, as far as is known.
func (o *otherBuilds) has(dir, function string) bool {
	ignored, known := o.ignored[dir]
	if !known || function == "" {
		return !known || len(ignored) > 0
	}
	functions := o.functions[dir]
	if functions == nil {
		functions = functionsOf(dir, ignored)
		o.functions[dir] = functions
	}
	return functions[function]
}

// functionsOf names the functions of files.
func functionsOf(dir string, names []string) map[string]bool {
	found := make(map[string]bool)
	for _, name := range names {
		file, _ := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if file == nil {
			continue
		}
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				found[wire.FunctionName(file, fn.Pos())] = true
			}
		}
	}
	return found
}
