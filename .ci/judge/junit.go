package main

import (
	"fmt"

	"github.com/joshdk/go-junit"
)

// junit reads a report as the programs do that show tests.
func (r *report) junit(file string) (int, error) {
	suites, err := junit.IngestFile(file)
	if err != nil {
		return 0, err
	}
	count := make(map[junit.Status]int)
	var got, want []string
	names := make(map[string]bool)
	for _, s := range suites {
		for _, t := range s.Tests {
			count[t.Status]++
			name := t.Classname + "." + t.Name
			if names[name] {
				return 0, fmt.Errorf("two tests are called %s", name)
			}
			names[name] = true
			if t.Status == junit.StatusFailed {
				got = append(got, fmt.Sprintf("%q:%s %s", t.Properties["file"], t.Properties["line"], visible(t.Message)))
			}
		}
	}
	for _, f := range r.Findings {
		line := ""
		if f.Line > 0 {
			line = fmt.Sprint(f.Line)
		}
		want = append(want, fmt.Sprintf("%q:%s %s", f.File, line, visible(f.Message)))
	}
	if count[junit.StatusError] != len(r.Errors) {
		return 0, fmt.Errorf("%d tests with errors, want %d", count[junit.StatusError], len(r.Errors))
	}
	if len(r.Findings)+len(r.Errors) == 0 && count[junit.StatusPassed] != 1 {
		return 0, fmt.Errorf("%d tests passed, want 1", count[junit.StatusPassed])
	}
	return len(got), same(got, want)
}
