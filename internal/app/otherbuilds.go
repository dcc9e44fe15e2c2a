package app

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// otherBuilds knows the functions in files that are compiled on other systems or under other tags only: a run here says
// nothing about them.
type otherBuilds struct {
	context build.Context
	byDir   map[string]*otherFiles
}

type otherFiles struct {
	any       bool
	functions map[string]bool
}

func newOtherBuilds(tags string) *otherBuilds {
	o := &otherBuilds{context: build.Default, byDir: make(map[string]*otherFiles)}
	o.context.BuildTags = strings.FieldsFunc(tags, func(c rune) bool { return c == ',' || c == ' ' })
	return o
}

// has reports whether a folder has such a file with the function, or, where there is no name, any such file.
func (o *otherBuilds) has(dir, function string) bool {
	files := o.byDir[dir]
	if files == nil {
		files = o.read(dir)
		o.byDir[dir] = files
	}
	if function == "" {
		return files.any
	}
	return files.functions[function]
}

func (o *otherBuilds) read(dir string) *otherFiles {
	found := &otherFiles{functions: make(map[string]bool)}
	list, err := os.ReadDir(dir)
	if err != nil {
		return found
	}
	for _, entry := range list {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
			continue
		}
		if here, err := o.context.MatchFile(dir, name); err != nil || here {
			continue
		}
		found.any = true
		file, _ := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if file == nil {
			continue
		}
		for _, d := range file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				found.functions[wire.FunctionName(file, fn.Pos())] = true
			}
		}
	}
	return found
}
