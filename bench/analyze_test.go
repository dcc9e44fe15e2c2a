package main

import (
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/internal/driver/unit"
)

// BenchmarkAnalyze measures all analyzers on one type-checked package, without the facts of its imports: what a change
// of an analyzer costs, without the noise of processes. The packages are those of the standard library that have most of
// what the analyzers look at.
func BenchmarkAnalyze(b *testing.B) {
	for _, path := range []string{"net/http", "net", "database/sql"} {
		b.Run(path, func(b *testing.B) {
			pkg := loadPackage(b, path)
			b.ReportAllocs()
			for b.Loop() {
				list := analyzers.All()
				for _, a := range list {
					if err := a.Flags.Set("inside", path); err != nil {
						b.Fatal(err)
					}
				}
				out, err := unit.Analyze(pkg, list)
				if err != nil {
					b.Fatal(err)
				}
				for _, r := range out.Results {
					if r.Err != nil {
						b.Fatal(r.Err)
					}
				}
			}
		})
	}
}

func loadPackage(b *testing.B, path string) *unit.Package {
	b.Helper()
	mode := packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
		packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax | packages.NeedTypesInfo
	list, err := packages.Load(&packages.Config{Mode: mode}, path)
	if err != nil {
		b.Fatal(err)
	}
	if packages.PrintErrors(list) > 0 {
		b.FailNow()
	}
	p := list[0]
	return &unit.Package{Fset: p.Fset, Files: p.Syntax, Types: p.Types, Info: p.TypesInfo, Sizes: p.TypesSizes}
}
