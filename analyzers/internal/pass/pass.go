// Package pass is what every analyzer of cloudlint is built on. It makes the analysis.Analyzer, with the options that
// all of them have, and reports findings such that suppression comments, generated files, test files, maturity and
// packages outside the user's modules are treated alike under every driver: the cloudlint command, go vet,
// golangci-lint, nogo and x/tools' checkers.
package pass

import (
	"flag"
	"fmt"
	"go/ast"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/declare"
	"github.com/cloudlint/cloudlint/internal/directive"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A Spec describes an analyzer.
type Spec struct {
	Name      string       // as a Go identifier, unique among all analyzers of a program
	Doc       string       // first line: what it finds; then what a user of go vet should know
	Rules     []*rule.Rule // all that it can report
	Requires  []*analysis.Analyzer
	FactTypes []analysis.Fact
	Flags     func(*flag.FlagSet) // declares the analyzer's own options
	Run       func(*Pass) error   // is not called for packages outside
}

// Options are the options that every analyzer has.
type Options struct {
	Preview     bool // also report rules that are not stable
	Tests       bool // also report in _test.go files
	UnsafeFixes bool // also offer fixes that can change what the program does
	Inside      List // import path patterns of the user's own packages; empty: the main module
	Exits       List // functions that never return: "example.com/log.Fatal", "(*example.com/log.Logger).Fatal"
	// Models are what the configuration declares of functions outside the analysed packages.
	Models declare.Models
}

// A List is a flag of values separated by commas.
type List []string

func (l *List) String() string { return strings.Join(*l, ",") }

// Set replaces the list.
func (l *List) Set(s string) error {
	*l = slices.DeleteFunc(strings.Split(s, ","), func(s string) bool { return s == "" })
	return nil
}

func (o *Options) register(fs *flag.FlagSet) {
	fs.BoolVar(&o.Preview, "preview", false, "also report rules that are not stable yet")
	fs.BoolVar(&o.Tests, "tests", false, "also report in test files")
	fs.BoolVar(&o.UnsafeFixes, "unsafe-fixes", false, "also offer fixes that can change what the program does")
	fs.Var(&o.Inside, "inside", "import path `patterns` of the packages to analyse, separated by commas (default: the main module)")
	fs.Var(&o.Models, "models", "what is known of `functions` of other packages, as JSON: outbound, bounded, deadlines, closers")
	fs.Var(&o.Exits, "exits", "`functions` that never return, separated by commas")
}

// CommonFlags lists the names of the flags that every analyzer has.
func CommonFlags() []string {
	return []string{"exits", "inside", "models", "preview", "tests", "unsafe-fixes"}
}

// New returns a fresh analyzer: its options are its own.
func New(s Spec) *analysis.Analyzer {
	opts := new(Options)
	a := &analysis.Analyzer{
		Name:       s.Name,
		Doc:        s.Doc,
		URL:        "https://github.com/cloudlint/cloudlint/blob/main/rules.md#" + s.Name,
		Requires:   append([]*analysis.Analyzer{directive.Analyzer}, s.Requires...),
		FactTypes:  s.FactTypes,
		ResultType: reflect.TypeFor[*wire.Result](),
	}
	opts.register(&a.Flags)
	if s.Flags != nil {
		s.Flags(&a.Flags)
	}
	a.Run = func(ap *analysis.Pass) (any, error) {
		p := &Pass{Pass: ap, Options: opts, result: new(wire.Result)}
		if !p.inside() {
			return p.result, nil
		}
		p.directives = ap.ResultOf[directive.Analyzer].(*directive.Index)
		p.places = wire.NewLocator(ap.Fset, ap.Files, ap.Pkg)
		if err := s.Run(p); err != nil {
			return nil, fmt.Errorf("%s: %w", s.Name, err)
		}
		return p.result, nil
	}
	return a
}

// A Pass is one analyzer's work on one package.
type Pass struct {
	*analysis.Pass
	Options *Options

	directives *directive.Index
	places     *wire.Locator
	result     *wire.Result
	generated  map[*ast.File]bool
	toldAt     map[wire.Pos]bool // see ToldAt
}

// InParts calls check for the package without its tests, and then, where the tests are to be analysed, for the whole, to
// find what is wrong in them: what tests do says nothing about the service, and the same must be found with and without
// them.
func (p *Pass) InParts(check func(tests bool)) {
	check(false)
	if p.Options.Tests && slices.ContainsFunc(p.Files, func(f *ast.File) bool { return p.IsTest(f.Package) }) {
		check(true)
	}
}

// Exhausted counts a function that was given up because a budget ran out. Silence is then no proof.
func (p *Pass) Exhausted() { p.result.Exhausted++ }

// Explored counts a function from which code was executed. finished says that it was followed to the end, within the
// bounds; gaveUp lists the bounds that paths ran out of.
func (p *Pass) Explored(steps int, finished bool, gaveUp []string) {
	one := wire.Exploration{Roots: 1, Steps: steps}
	if finished {
		one.Finished = 1
	}
	if len(gaveUp) > 0 {
		one.GaveUp = make(map[string]int)
	}
	for _, bound := range gaveUp {
		one.GaveUp[bound] = 1
	}
	p.result.Explored.Add(one)
}
