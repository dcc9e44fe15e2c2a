// Judge reads reports of cloudlint with the parsers of the programs that they are for, and compares what those got with
// cloudlint's own JSON.
//
//	judge DIR OUT
//
// DIR has reports of the same runs: NAME.json beside NAME.rdjson, NAME.rdjsonl, NAME.checkstyle.xml, NAME.sarif,
// NAME.junit.xml. OUT receives the comments that reviewdog would post, for .ci/judge/markdown.mjs.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A report is what matters of cloudlint's JSON.
type report struct {
	Findings []finding
	Errors   []struct{ Package, Message string }
}

type finding struct {
	Code, Severity, Message, File string
	Line                          int
	Fix                           *struct{ Edits []struct{ New string } }
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: judge DIR OUT")
		os.Exit(2)
	}
	if err := judge(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func judge(dir, out string) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(names) == 0 {
		return fmt.Errorf("no reports in %s: %v", dir, err)
	}
	var errs []error
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		var r report
		if err := json.Unmarshal(text, &r); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		base := strings.TrimSuffix(name, ".json")
		for _, format := range []string{"rdjson", "rdjsonl", "checkstyle", "sarif"} {
			errs = append(errs, check(base+extension(format), func(file string) (int, error) { return r.reviewdog(file, format, out) }))
		}
		errs = append(errs, check(base+".junit.xml", r.junit))
	}
	return errors.Join(errs...)
}

func extension(format string) string {
	if format == "checkstyle" {
		return ".checkstyle.xml"
	}
	return "." + format
}

func check(file string, by func(string) (int, error)) error {
	n, err := by(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	fmt.Printf("%s: %d, as in the JSON\n", filepath.Base(file), n)
	return nil
}

// same compares two lists in any order.
func same(got, want []string) error {
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	return nil
}
