package vettool

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/driver/unit"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// run analyses the unit that the last argument describes and returns the exit status. The go command keeps facts and
// findings of a run with status 0, and repeats any other.
//
// Nothing but findings may be written to the file that the go command has named for the standard output, and nothing at
// all to the standard output itself, so neither an analyzer nor a library can spoil the JSON.
func run(args []string, analyzers func() []*analysis.Analyzer, stdout, stderr io.Writer) int {
	status := 1
	c, err := readConfig(args[len(args)-1])
	if err == nil {
		if patterns, ok := insideFlag(args[:len(args)-1]); ok && !c.inside(patterns) {
			err = writeFacts(c, nil)
		} else {
			status, err = runInside(c, args, analyzers(), stdout)
		}
	}
	if err == nil {
		return 0
	}
	var found findings
	var source sourceError
	switch {
	case errors.As(err, &found), errors.As(err, &source):
		fmt.Fprintln(stderr, err) // lines with file names, which the go command makes relative
	default:
		fmt.Fprintln(stderr, "cloudlint:", err)
	}
	return status
}

// insideFlag finds the patterns of -inside among flags. It is for the many packages that are outside, and that would
// spend most of their time on making analyzers and flags; ok is false where it takes those to read the arguments.
func insideFlag(args []string) (patterns []string, ok bool) {
	for _, arg := range args {
		if !strings.HasPrefix(arg, "-") || arg == "-inside" || arg == "--inside" {
			return nil, false
		}
		if list, found := strings.CutPrefix(strings.TrimPrefix(arg, "-"), "-inside="); found {
			patterns = unit.SplitList(list)
		} else if list, found := strings.CutPrefix(arg, "-inside="); found {
			patterns = unit.SplitList(list)
		}
	}
	return patterns, true
}

// runInside is the rest of run, for a unit that is probably inside.
func runInside(c *config, args []string, analyzers []*analysis.Analyzer, stdout io.Writer) (status int, err error) {
	flags := unit.NewFlags(analyzers)
	fix := slices.Contains(args, "-fix") // the go command adds it for `go vet -fix`, asked or not
	args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "-fix" || arg == "-diff" })
	rest, chosen, err := flags.Parse(args)
	switch {
	case err != nil:
		return 2, err
	case len(rest) != 1:
		return 2, fmt.Errorf("want one *.cfg file, have %q", rest)
	case !c.inside(flags.Inside):
		return 1, writeFacts(c, nil)
	case fix:
		return 1, errors.New("go vet -fix is not supported: use cloudlint --fix")
	}
	return 1, analyze(c, flags, chosen, stdout)
}

func analyze(c *config, flags *unit.Flags, analyzers []*analysis.Analyzer, stdout io.Writer) error {
	p, err := load(c)
	if err != nil {
		if c.VetxOnly || c.SucceedOnTypecheckFailure {
			return giveUp(c, flags, err, stdout)
		}
		return err
	}
	if p.Facts, err = readFacts(c); err != nil {
		return err
	}
	// Analyzers also ask it about the packages that this one imports, whose facts then count.
	flags.SetInside(slices.Concat(c.main(flags.Inside), []string{wire.NewLocator(p.Fset, p.Files, p.Types).Package})...)
	out, err := unit.Analyze(p, analyzers)
	if err != nil {
		return err
	}
	if err := writeFindings(c, flags, p, out, stdout); err != nil {
		return err
	}
	return writeFacts(c, out.Facts)
}

// giveUp ends a unit that cannot be type-checked, and whose errors are not wanted here, without facts. The front, who may
// get this outcome replayed from the cache when it does want them, learns why.
func giveUp(c *config, flags *unit.Flags, why error, stdout io.Writer) error {
	if flags.Record {
		record := wire.Record{Package: c.ImportPath, Failed: []wire.Failure{{Analyzer: "cloudlint", Message: why.Error()}}}
		if err := writeRecord(c, record, stdout); err != nil {
			return err
		}
	}
	return writeFacts(c, nil)
}

func readFacts(c *config) (map[string][]byte, error) {
	facts := make(map[string][]byte)
	for _, path := range slices.Sorted(maps.Keys(c.PackageVetx)) {
		data, err := os.ReadFile(c.PackageVetx[path])
		if err != nil {
			return nil, fmt.Errorf("package %s: facts of %s: %w", c.ImportPath, path, err)
		}
		if len(data) > 0 {
			facts[path] = data
		}
	}
	return facts, nil
}

// writeFacts writes the facts file. It must exist, even if empty: else the go command keeps nothing and comes again.
func writeFacts(c *config, data []byte) error {
	if c.VetxOutput == "" {
		return nil
	}
	return os.WriteFile(c.VetxOutput, data, 0o666)
}

// writeFindings writes what the go command, or the front behind it, reads.
func writeFindings(c *config, flags *unit.Flags, p *unit.Package, out *unit.Outcome, stdout io.Writer) error {
	if flags.Record {
		// Also when nobody asked for the findings of this package: see config.repeatable. And the record tells the
		// front that the package was analysed.
		return writeRecord(c, out.Record, stdout)
	}
	if err := panics(out); err != nil {
		return err // status 1: a crash is not kept
	}
	if c.VetxOnly && (!flags.JSON || c.repeatable()) {
		return nil
	}
	if flags.JSON {
		return writeJSON(c, stdout, tree(c.ID, p.Fset, out.Results))
	}
	if found := plain(p.Fset, out.Results); len(found) > 0 {
		return found
	}
	return nil
}

func writeRecord(c *config, record wire.Record, stdout io.Writer) error {
	return writeJSON(c, stdout, map[string]any{c.ID: map[string]any{"cloudlint": []wire.Record{record}}})
}

// panics returns an error with the stacks of the analyzers that panicked.
func panics(out *unit.Outcome) error {
	var errs []error
	for _, r := range out.Results {
		if r.Panicked {
			errs = append(errs, fmt.Errorf("%s: %w\n%s", r.Analyzer.Name, r.Err, unit.Stack(r.Err)))
		}
	}
	return errors.Join(errs...)
}
