package source

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/cloudlint/cloudlint/internal/driver/unit"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A result is what became of a node.
type result struct {
	node   *node
	record *wire.Record // nil: not analysed
	errors []finding.Error
}

// do parses, type-checks and, if it is inside, analyses a package whose imports are done.
func (d *driver) do(n *node) (r result) {
	r.node = n
	fail := func(messages ...string) result {
		n.broken = messages
		r.errors = nil
		if n.inside {
			for _, m := range messages {
				r.errors = append(r.errors, finding.Error{Package: n.pkg.PkgPath, Message: m})
			}
		}
		return r
	}
	defer func() {
		if v := recover(); v != nil {
			r = fail(fmt.Sprintf("internal error: panic: %v\n%s", v, debug.Stack()))
		}
	}()
	if n.pkg.PkgPath == "unsafe" {
		n.types = types.Unsafe
		return r
	}
	if messages := d.listErrors(n); len(messages) > 0 {
		return fail(messages...)
	}
	for _, path := range slices.Sorted(maps.Keys(n.imports)) {
		dep := n.imports[path]
		switch {
		case len(dep.broken) == 0:
		case dep.inside:
			return fail(fmt.Sprintf("not analysed, because it imports %s, which has errors", dep.pkg.PkgPath))
		default:
			return fail(dep.broken...)
		}
	}
	if err := unit.CheckVersion(n.pkg.PkgPath, d.goVersion(n)); err != nil {
		return fail(err.Error())
	}
	p, messages := d.load(n)
	if len(messages) > 0 {
		return fail(messages...)
	}
	if !n.inside {
		return r
	}
	if d.cfg.Unit != nil {
		d.cfg.Unit(p)
	}
	out, err := unit.Analyze(p, d.analyzers)
	if err != nil {
		return fail(err.Error())
	}
	n.facts = out.Facts
	r.record = &out.Record
	return r
}

// listErrors returns what the go command says against the package.
func (d *driver) listErrors(n *node) []string {
	if !n.inside && n.pkg.Name != "" && len(n.pkg.CompiledGoFiles) > 0 {
		return nil // what it declares is good enough
	}
	var messages []string
	for _, e := range n.pkg.Errors {
		messages = append(messages, d.message(e.Pos, e.Msg))
	}
	if len(messages) == 0 && len(n.pkg.CompiledGoFiles) == 0 {
		messages = append(messages, fmt.Sprintf("package %s has no Go files", n.pkg.PkgPath))
	}
	return messages
}

// message is an error as the go command prints it: with the file's name relative to the folder of the run.
func (d *driver) message(pos, msg string) string {
	msg = strings.ReplaceAll(strings.TrimSpace(msg), d.cfg.Dir+string(filepath.Separator), "")
	if pos == "" || pos == "-" {
		return msg
	}
	if rel, err := filepath.Rel(d.cfg.Dir, pos); err == nil && filepath.IsAbs(pos) && len(rel) < len(pos) {
		pos = rel
	}
	return pos + ": " + msg
}

// goVersion is the language version of an inside package, as go vet has it. Outside, everything is allowed.
func (d *driver) goVersion(n *node) string {
	switch m := n.pkg.Module; {
	case !n.inside:
		return ""
	case m == nil:
		return d.standard
	default:
		return "go" + cmp.Or(m.GoVersion, "1.16") // what the go command takes for a go.mod without a go line
	}
}

// load parses and type-checks the package: all of it inside, only declarations outside.
func (d *driver) load(n *node) (p *unit.Package, messages []string) {
	var files []*ast.File
	for _, name := range n.pkg.CompiledGoFiles {
		file, err := d.parse(name, n.inside)
		if err != nil && n.inside {
			messages = append(messages, d.syntaxErrors(err)...)
		}
		if file != nil {
			files = append(files, file)
		}
	}
	if len(messages) > 0 {
		return nil, messages
	}
	var info *types.Info
	if n.inside {
		info = unit.NewInfo()
	}
	var errs unit.TypeErrors
	conf := types.Config{
		Importer:         importer(n.imports),
		Sizes:            n.pkg.TypesSizes,
		GoVersion:        d.goVersion(n),
		IgnoreFuncBodies: !n.inside,
		Error:            errs.Add,
	}
	n.types, _ = conf.Check(n.pkg.PkgPath, d.fset, files, info) // errors have been collected
	if !n.inside {
		return nil, nil // what a dependency declares is good enough
	}
	if messages := errs.Messages(func(at token.Position, text string) string { return d.message(at.String(), text) }); len(messages) > 0 {
		return nil, messages
	}
	p = &unit.Package{
		Fset:         d.fset,
		Files:        files,
		OtherFiles:   n.pkg.OtherFiles,
		IgnoredFiles: n.pkg.IgnoredFiles,
		Types:        n.types,
		Info:         info,
		Sizes:        n.pkg.TypesSizes,
		Module:       module(n.pkg.Module),
		ReadFile:     d.readFile,
		Facts:        make(map[string][]byte),
		Lookup:       unit.Lookup(n.types),
	}
	for _, dep := range n.imports {
		if len(dep.facts) > 0 {
			p.Facts[dep.pkg.PkgPath] = dep.facts
		}
	}
	return p, nil
}

// parse reads a file. Outside, comments and the bodies of functions, most of the syntax, are left out.
func (d *driver) parse(name string, inside bool) (*ast.File, error) {
	src, err := d.readFile(name)
	if err != nil {
		return nil, err
	}
	if inside {
		return parser.ParseFile(d.fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	}
	file, err := parser.ParseFile(d.fset, name, src, parser.SkipObjectResolution)
	if file != nil {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				fn.Body = nil
			}
		}
	}
	return file, err
}

// syntaxErrors returns the messages of an error of the parser.
func (d *driver) syntaxErrors(err error) []string {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return []string{d.message("", err.Error())}
	}
	var messages []string
	for _, e := range list {
		messages = append(messages, d.message(e.Pos.String(), e.Msg))
	}
	return messages
}

// An importer finds imports among the packages that are done.
type importer map[string]*node

func (imp importer) Import(path string) (*types.Package, error) {
	n := imp[path]
	if n == nil || n.types == nil {
		return nil, errors.New("the go command did not list it")
	}
	return n.types, nil
}

// module translates what is known of a module.
func module(m *packages.Module) *analysis.Module {
	if m == nil {
		return nil
	}
	out := &analysis.Module{
		Path:      m.Path,
		Version:   m.Version,
		Replace:   module(m.Replace),
		Time:      m.Time,
		Main:      m.Main,
		Indirect:  m.Indirect,
		Dir:       m.Dir,
		GoMod:     m.GoMod,
		GoVersion: "go" + cmp.Or(m.GoVersion, "1.16"), // as go vet has it
	}
	if m.Error != nil {
		out.Error = &analysis.ModuleError{Err: m.Error.Err}
	}
	return out
}
