package unit

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Flags is the command line of the vettool, which is also how the source driver takes its settings.
type Flags struct {
	Record bool     // write wire.Records; analyzers leave filtering to the front: preview, tests and unsafe fixes are on
	JSON   bool     // write the findings as JSON, as x/tools' unitchecker does
	Inside []string // import path patterns of the packages to analyse; none: the main module

	analyzers []*analysis.Analyzer
	set       *flag.FlagSet
	common    []*setting // for all analyzers
	own       []*setting // for one; they win
	chosen    map[*analysis.Analyzer]bool
}

// A setting is a value for an analyzer's flag. It is put in place when all are known.
type setting struct {
	name   string // on the command line
	flag   string // the analyzer's
	target []*analysis.Analyzer
	values []string
	isBool bool
}

func (s *setting) String() string         { return "" }
func (s *setting) IsBoolFlag() bool       { return s.isBool }
func (s *setting) Set(value string) error { s.values = append(s.values, value); return nil }

// NewFlags declares the flags for the analyzers, which must be fresh:
//
//	-record -json -inside                 see Flags
//	-exits -models -preview -tests -unsafe-fixes  set on all analyzers that have such a flag
//	-NAME -NAME=false                     if any is true, only those analyzers run; else all but the false ones
//	-NAME.FLAG                            an analyzer's own flag
func NewFlags(analyzers []*analysis.Analyzer) *Flags {
	f := &Flags{
		analyzers: analyzers,
		set:       flag.NewFlagSet("cloudlint", flag.ContinueOnError),
		chosen:    make(map[*analysis.Analyzer]bool),
	}
	f.set.SetOutput(io.Discard)
	f.set.Usage = func() {}
	f.set.BoolVar(&f.Record, "record", false, "write records for the cloudlint command")
	f.set.BoolVar(&f.JSON, "json", false, "emit JSON output")
	f.set.Func("inside", "import path `patterns` of the packages to analyse, separated by commas (default: the main module)", func(s string) error {
		f.Inside = SplitList(s)
		return nil
	})
	for _, c := range []setting{
		{name: "exits"},
		{name: "models"},
		{name: "preview", isBool: true},
		{name: "tests", isBool: true},
		{name: "unsafe-fixes", isBool: true},
	} {
		c.flag, c.target = c.name, analyzers
		usage := ""
		for _, a := range analyzers {
			if af := a.Flags.Lookup(c.flag); af != nil {
				usage = af.Usage
				break
			}
		}
		f.common = append(f.common, &c)
		f.set.Var(&c, c.name, usage)
	}
	for _, a := range analyzers {
		f.set.BoolFunc(a.Name, "enable "+strconv.Quote(a.Name)+" analysis", func(s string) error {
			on, err := strconv.ParseBool(s)
			if err != nil {
				return errors.New("want true or false")
			}
			f.chosen[a] = on
			return nil
		})
		a.Flags.VisitAll(func(af *flag.Flag) {
			b, ok := af.Value.(interface{ IsBoolFlag() bool })
			s := &setting{name: a.Name + "." + af.Name, flag: af.Name, target: []*analysis.Analyzer{a}, isBool: ok && b.IsBoolFlag()}
			f.own = append(f.own, s)
			f.set.Var(s, s.name, af.Usage)
		})
	}
	return f
}

// SplitList splits a list of values that are separated by commas.
func SplitList(s string) []string {
	return slices.DeleteFunc(strings.Split(s, ","), func(s string) bool { return s == "" })
}

// Parse reads the flags and sets those of the analyzers. It returns the arguments that are left, and the analyzers
// that the flags choose.
func (f *Flags) Parse(args []string) (rest []string, chosen []*analysis.Analyzer, err error) {
	if err := f.set.Parse(args); err != nil {
		return nil, nil, err
	}
	if f.Record {
		for _, name := range []string{"preview", "unsafe-fixes"} {
			f.apply(name, "true")
		}
	}
	for _, s := range slices.Concat(f.common, f.own) {
		for _, value := range s.values {
			for _, a := range s.target {
				if a.Flags.Lookup(s.flag) == nil {
					continue
				}
				if err := a.Flags.Set(s.flag, value); err != nil {
					return nil, nil, fmt.Errorf("invalid value %q for flag -%s: %w", value, s.name, err)
				}
			}
		}
	}
	return f.set.Args(), f.choose(), nil
}

// SetInside tells the analyzers which packages to analyse.
func (f *Flags) SetInside(patterns ...string) { f.apply("inside", strings.Join(patterns, ",")) }

func (f *Flags) apply(name, value string) {
	for _, a := range f.analyzers {
		if a.Flags.Lookup(name) != nil {
			_ = a.Flags.Set(name, value) // package pass declares these flags; all values are good
		}
	}
}

func (f *Flags) choose() []*analysis.Analyzer {
	only := false
	for _, on := range f.chosen {
		only = only || on
	}
	return slices.DeleteFunc(slices.Clone(f.analyzers), func(a *analysis.Analyzer) bool {
		on, named := f.chosen[a]
		return only && !on || named && !on
	})
}

// A Flag describes a flag to the go command.
type Flag struct {
	Name  string
	Bool  bool
	Usage string
}

// List lists the flags, sorted by name.
func (f *Flags) List() []Flag {
	var list []Flag
	f.set.VisitAll(func(sf *flag.Flag) {
		b, ok := sf.Value.(interface{ IsBoolFlag() bool })
		list = append(list, Flag{Name: sf.Name, Bool: ok && b.IsBoolFlag(), Usage: sf.Usage})
	})
	return list
}
