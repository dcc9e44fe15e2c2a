package driver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// A batch is what one module, or one workspace, has to be analysed of.
type batch struct {
	work string // the go.work file, or ""
	root string // the folder of the go.mod file, if there is no workspace; "" for packages of the standard library only
	tool goTool

	modules []listedModule // of the workspace
	args    []argument
	files   []namedFile

	packages []*listed // that the arguments name, sorted by import path
}

// An argument is one as the user wrote it and the pattern that go gets for it.
type argument struct{ arg, pattern string }

// A listed package is what go list says about it.
type listed struct {
	ImportPath, Dir, Name, ForTest string
	Standard                       bool
	Module                         *listedModule

	GoFiles, CgoFiles, TestGoFiles, XTestGoFiles, IgnoredGoFiles []string

	Match      []string
	Incomplete bool
	Error      *listError
	DepsErrors []*listError
	Imports    []string
	Deps       []string
}

type listedModule struct {
	Path, Dir, GoVersion string
	Main                 bool
}

type listError struct {
	ImportStack []string
	Pos, Err    string
}

// hasTests reports whether the package has test files.
func (p *listed) hasTests() bool { return len(p.TestGoFiles)+len(p.XTestGoFiles) > 0 }

// hasCode reports whether the package has other files than tests.
func (p *listed) hasCode() bool { return len(p.GoFiles)+len(p.CgoFiles) > 0 }

func (b *batch) add(arg, pattern string) {
	if a := (argument{arg, pattern}); !slices.Contains(b.args, a) {
		b.args = append(b.args, a)
	}
}

// patterns returns the patterns for go.
func (b *batch) patterns() []string {
	var all []string
	for _, a := range b.args {
		if !slices.Contains(all, a.pattern) {
			all = append(all, a.pattern)
		}
	}
	return all
}

// relative returns the folder as a pattern relative to where go runs, or absolute.
func (b *batch) relative(dir string) string {
	rel, err := filepath.Rel(b.tool.dir, dir)
	switch rel = filepath.ToSlash(rel); {
	case err != nil:
		return filepath.ToSlash(dir)
	case rel == "." || rel == ".." || strings.HasPrefix(rel, "../"):
		return rel
	}
	return "./" + rel
}

// uses reports whether the workspace has the module in the folder.
func (b *batch) uses(root string) bool {
	return slices.ContainsFunc(b.modules, func(m listedModule) bool { return m.Dir == root })
}

func (b *batch) listModules(ctx context.Context) error {
	stdout, _, err := b.tool.output(ctx, "list", "-m", "-json=Path,Dir,GoVersion,Main")
	if err != nil {
		return err
	}
	return decodeList(stdout, func(m listedModule) { b.modules = append(b.modules, m) })
}

// decodeList calls yield for each of the concatenated JSON objects that go list writes.
func decodeList[T any](data []byte, yield func(T)) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		var v T
		switch err := dec.Decode(&v); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("go list: unexpected output: %w", err)
		}
		yield(v)
	}
}

const listFields = "-json=ImportPath,Dir,Name,Standard,Module,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles,Match,Incomplete,Error"

// list finds the packages that the arguments name. It does not look at imports, which would cost as much as a whole run
// whose results are cached; what is wrong with them comes out when the packages are analysed.
func (b *batch) list(ctx context.Context, extra []string) error {
	args := append([]string{"list", "-e", "-find", listFields}, extra...)
	stdout, _, err := b.tool.output(ctx, append(append(args, "--"), b.patterns()...)...)
	if err != nil {
		return err
	}
	err = decodeList(stdout, func(p *listed) { b.packages = append(b.packages, p) })
	slices.SortFunc(b.packages, func(x, y *listed) int { return strings.Compare(x.ImportPath, y.ImportPath) })
	return err
}

// module returns the module of a package.
func (b *batch) module(p *listed, env goEnv) Module {
	m := p.Module
	switch {
	case m == nil:
		return Module{Dir: filepath.Join(env.GOROOT, "src"), GoVersion: strings.TrimPrefix(env.GOVERSION, "go")}
	case m.Dir == "":
		// go does not say where a vendored module lies.
		dir := strings.TrimSuffix(filepath.ToSlash(p.Dir), strings.TrimPrefix(p.ImportPath, m.Path))
		return Module{Path: m.Path, Dir: filepath.FromSlash(dir), GoVersion: m.GoVersion, Main: m.Main}
	}
	return Module{Path: m.Path, Dir: m.Dir, GoVersion: m.GoVersion, Main: m.Main}
}

// byFiles reports whether only files among the arguments name a package, not a folder or a pattern.
func (b *batch) byFiles(p *listed) bool {
	return !slices.ContainsFunc(b.args, func(a argument) bool {
		return slices.Contains(p.Match, a.pattern) && !strings.HasSuffix(a.arg, ".go")
	})
}
