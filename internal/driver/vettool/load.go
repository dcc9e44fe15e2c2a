package vettool

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"runtime"
	"strings"

	"golang.org/x/tools/go/gcexportdata"

	"github.com/cloudlint/cloudlint/internal/driver/unit"
)

// A sourceError is what is wrong with the user's source: one error a line, with file names.
type sourceError []string

func (e sourceError) Error() string { return strings.Join(e, "\n") }

// load parses and type-checks the unit.
func load(c *config) (*unit.Package, error) {
	if err := unit.CheckVersion(c.ImportPath, c.GoVersion); err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	files, err := parse(fset, c)
	if err != nil {
		return nil, err
	}
	arch := cmp.Or(os.Getenv("GOARCH"), runtime.GOARCH) // the go command sets it
	sizes := types.SizesFor(cmp.Or(c.Compiler, "gc"), arch)
	if sizes == nil {
		return nil, fmt.Errorf("package %s: unknown architecture %s of compiler %s", c.ImportPath, arch, c.Compiler)
	}
	imp := &exportImporter{config: c, fset: fset, packages: make(map[string]*types.Package)}
	var errs unit.TypeErrors
	conf := types.Config{
		Importer:  imp,
		Sizes:     sizes,
		GoVersion: c.GoVersion,
		Error:     errs.Add,
	}
	info := unit.NewInfo()
	pkg, err := conf.Check(c.ImportPath, fset, files, info)
	if imp.err != nil {
		return nil, imp.err // the errors that follow from it would hide it
	}
	if err != nil {
		return nil, sourceError(errs.Messages(func(at token.Position, text string) string { return at.String() + ": " + text }))
	}
	return &unit.Package{
		Fset:         fset,
		Files:        files,
		OtherFiles:   c.NonGoFiles,
		IgnoredFiles: c.IgnoredFiles,
		Types:        pkg,
		Info:         info,
		Sizes:        sizes,
		Module:       c.module(),
		ReadFile:     os.ReadFile,
		Lookup:       func(path string) *types.Package { return imp.packages[path] },
	}, nil
}

func parse(fset *token.FileSet, c *config) ([]*ast.File, error) {
	var files []*ast.File
	var errs sourceError
	for _, name := range c.GoFiles {
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		var list scanner.ErrorList
		switch {
		case errors.As(err, &list):
			for _, e := range list {
				errs = append(errs, e.Error())
			}
		case err != nil:
			errs = append(errs, err.Error())
		}
		files = append(files, file)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return files, nil
}

// An exportImporter reads types from the export data that the compiler left in the build cache.
type exportImporter struct {
	config   *config
	fset     *token.FileSet
	packages map[string]*types.Package // by path; also those that export data mention, which are incomplete
	err      error                     // the first failure to read export data
}

func (imp *exportImporter) Import(path string) (*types.Package, error) {
	path, ok := imp.config.ImportMap[path]
	if !ok {
		return nil, errors.New("the go command did not resolve it")
	}
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if pkg := imp.packages[path]; pkg != nil && pkg.Complete() {
		return pkg, nil
	}
	pkg, err := imp.read(path)
	if err != nil && imp.err == nil {
		imp.err = fmt.Errorf("package %s: the export data of %s cannot be read by this cloudlint, which was built with %s: %w",
			imp.config.ImportPath, path, runtime.Version(), err)
	}
	return pkg, err
}

func (imp *exportImporter) read(path string) (*types.Package, error) {
	name, ok := imp.config.PackageFile[path]
	if !ok {
		return nil, errors.New("there are none")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// vet.cfg names compiled archives, which Read alone does not take. x/tools announces to stop reading them with Go 1.29.
	r, err := gcexportdata.NewReader(f) //nolint:staticcheck // see above
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(r, imp.fset, imp.packages, path)
}
