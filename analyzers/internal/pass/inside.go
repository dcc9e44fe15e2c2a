package pass

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// inside reports whether the package is one of the user's own. Other drivers than ours also bring the packages that it
// depends on, the standard library among them; what is known of those stands in tables.
func (p *Pass) inside() bool {
	path := strings.TrimSuffix(p.Pkg.Path(), "_test")
	if len(p.Options.Inside) > 0 {
		return slices.ContainsFunc(p.Options.Inside, func(pattern string) bool { return MatchPath(pattern, path) })
	}
	return mainModule(p.Module, path)
}

// mainModule reports whether the package belongs to the module that the driver was started in, as far as the driver
// tells: go/packages and go vet of Go 1.27 say it, older go vet gives a version to all other modules, and nogo gives
// no module at all.
func mainModule(m *analysis.Module, path string) bool {
	switch {
	case m == nil || m.Path == "":
		return !standardLibrary(path)
	case m.Version != "":
		return false
	}
	return true
}

// standardLibrary reports whether the import path is one of the standard library's, where there is no module to ask.
func standardLibrary(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return slices.Contains(strings.Fields(`archive bufio builtin bytes cmd cmp compress container context crypto database
		debug embed encoding errors expvar flag fmt go hash html image index internal io iter log maps math mime net os path
		plugin reflect regexp runtime simd slices sort strconv strings structs sync syscall testing text time unicode unique
		unsafe uuid vendor weak`), first)
}

// MatchPath reports whether an import path matches a pattern: itself, or all below it with a final "/...".
func MatchPath(pattern, path string) bool { return wire.MatchPath(pattern, path) }
