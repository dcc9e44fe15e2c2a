package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// table prints how many mutants of each kind were found.
func table(w io.Writer, mutants []Mutant) {
	fmt.Fprintf(w, "| %-9s | %7s | %5s | %5s | %9s |\n| --- | ---: | ---: | ---: | ---: |\n", "kind", "mutants", "found", "share", "elsewhere")
	row := func(name string, is func(Mutant) bool) {
		var n, found, other int
		for _, m := range mutants {
			if !is(m) {
				continue
			}
			n++
			if m.Found {
				found++
			} else if m.Other != "" {
				other++
			}
		}
		share := "-"
		if n > 0 {
			share = fmt.Sprintf("%d %%", 100*found/n)
		}
		fmt.Fprintf(w, "| %-9s | %7d | %5d | %5s | %9d |\n", name, n, found, share, other)
	}
	for _, kind := range kinds {
		row(kind, func(m Mutant) bool { return m.Kind == kind })
	}
	row("all", func(Mutant) bool { return true })
}

// around is how many lines of source are shown before and after a mutation.
const around = 12

// printSample shows mutants in their source.
func printSample(w io.Writer, mutants []Mutant, dirs map[string]string, o options) error {
	chosen := slices.DeleteFunc(slices.Clone(mutants), func(m Mutant) bool { return o.missed && m.Found })
	r := rand.New(rand.NewPCG(o.seed, hash("sample")))
	r.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
	chosen = chosen[:min(len(chosen), o.sample)]
	sortMutants(chosen)
	for i, m := range chosen {
		fmt.Fprintf(w, "\n## %d. %s %s:%d %s, in %s\n\nremoved: %s\n", i+1, m.Module, m.File, m.Line, m.Kind, m.Function, m.Removed)
		switch {
		case m.Found:
			fmt.Fprintf(w, "found: %s\n", m.Finding)
		case m.Other != "":
			fmt.Fprintf(w, "elsewhere: %s\n", m.Other)
		default:
			fmt.Fprintln(w, "nothing found")
		}
		dir, ok := dirs[m.Module]
		if !ok {
			return fmt.Errorf("module %s is not among those named", m.Module)
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(m.File)))
		if err != nil {
			return err
		}
		lines := strings.Split(string(data), "\n")
		fmt.Fprintln(w)
		for n := max(1, m.Line-around); n <= min(len(lines), m.Line+around); n++ {
			mark := " "
			if n == m.Line {
				mark = ">"
			}
			fmt.Fprintf(w, "%s %5d  %s\n", mark, n, lines[n-1])
		}
	}
	return nil
}
