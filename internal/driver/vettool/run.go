package vettool

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/driver/unit"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// run analyses the unit that the last argument describes and returns the exit status. The go command keeps facts and
// findings of a run with status 0, and repeats any other.
//
// Nothing but findings may be written to the file that the go command has named for the standard output, and nothing at
// all to the standard output itself, so neither an analyzer nor a library can spoil the JSON.
func run(args []string, analyzers []*analysis.Analyzer, stdout, stderr io.Writer) int {
	flags := unit.NewFlags(analyzers)
	fix := slices.Contains(args, "-fix") // the go command adds it for `go vet -fix`, asked or not
	args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return arg == "-fix" || arg == "-diff" })
	rest, chosen, err := flags.Parse(args)
	if err == nil && len(rest) != 1 {
		err = fmt.Errorf("want one *.cfg file, have %q", rest)
	}
	if err != nil {
		fmt.Fprintln(stderr, "cloudlint:", err)
		return 2
	}
	c, err := readConfig(rest[0])
	if err == nil {
		switch {
		case !c.inside(flags.Inside):
			err = writeFacts(c, nil)
		case fix:
			err = errors.New("go vet -fix is not supported: use cloudlint --fix")
		default:
			err = analyze(c, flags, chosen, stdout)
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
	return 1
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
	flags.SetInside(wire.NewLocator(p.Fset, p.Files, p.Types).Package)
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
