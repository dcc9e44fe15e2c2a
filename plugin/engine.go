package plugin

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/driver/unit"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// facts are what the analyzers know of a package, in the encoding of package unit.
type facts struct{ Data []byte }

// AFact makes it a fact.
func (*facts) AFact() {}

func (f *facts) String() string { return fmt.Sprintf("%d bytes of facts", len(f.Data)) }

// An issue is a finding in golangci-lint's form.
type issue struct {
	family     rule.Family
	diagnostic analysis.Diagnostic
}

// run analyses a package.
func (s *session) run(p *analysis.Pass) (any, error) {
	var issues []issue
	s.begun.Store(true)
	if !s.inside(p) {
		return issues, nil
	}
	out, err := unit.Analyze(s.unit(p), s.wanted())
	if err != nil {
		return issues, err
	}
	if len(out.Facts) > 0 {
		p.ExportPackageFact(&facts{out.Facts})
	}
	if errs := failures(out); errs != nil {
		return issues, fmt.Errorf("package %s: %w", p.Pkg.Path(), errs)
	}
	return newSource(p).report(s, &out.Record)
}

// inside reports whether the package is one of the user's own. golangci-lint brings all others too, since there are facts.
func (s *session) inside(p *analysis.Pass) bool {
	if p.Module != nil && p.Module.Main {
		return true
	}
	importPath := strings.TrimSuffix(p.Pkg.Path(), "_test")
	return slices.ContainsFunc(s.config.Settings().Inside, func(pattern string) bool { return wire.MatchPath(pattern, importPath) })
}

// unit is the package as package unit takes it from all drivers.
func (s *session) unit(p *analysis.Pass) *unit.Package {
	u := &unit.Package{
		Fset: p.Fset, Files: p.Files, OtherFiles: p.OtherFiles, IgnoredFiles: p.IgnoredFiles,
		Types: p.Pkg, Info: p.TypesInfo, Sizes: p.TypesSizes,
		ReadFile: p.ReadFile,
		Facts:    make(map[string][]byte),
		Lookup:   unit.Lookup(p.Pkg),
	}
	if p.Module != nil {
		m := *p.Module
		m.Version = "" // that is how analyzers tell what is inside
		m.GoVersion = "go" + strings.TrimPrefix(cmp.Or(m.GoVersion, "1.16"), "go")
		u.Module = &m
	}
	for _, imported := range p.Pkg.Imports() {
		if f := new(facts); p.ImportPackageFact(imported, f) {
			u.Facts[imported.Path()] = f.Data
		}
	}
	return u
}

// failures returns what went wrong in analyzers: silence about the package would look like a clean one.
func failures(out *unit.Outcome) error {
	var errs []error
	for _, r := range out.Results {
		if r.Err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r.Analyzer.Name, r.Err))
		}
	}
	return errors.Join(errs...)
}

// folder returns where a package of a module lies, by the paths of both; empty if it is not of the module.
func folder(m *analysis.Module, importPath string) string {
	if m == nil || m.Dir == "" || !wire.MatchPath(m.Path+"/...", importPath) {
		return ""
	}
	return path.Join(m.Dir, strings.TrimPrefix(importPath, m.Path))
}
