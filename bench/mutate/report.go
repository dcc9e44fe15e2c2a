package main

import (
	"fmt"
	"io"
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

// sample draws some of the mutants, as the seed decides.
func sample(mutants []Mutant, o options) []Mutant {
	chosen := slices.DeleteFunc(slices.Clone(mutants), func(m Mutant) bool { return o.missed && m.Found })
	sortMutants(chosen)
	r := newRand(o.seed, "sample")
	r.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
	chosen = chosen[:min(len(chosen), o.sample)]
	sortMutants(chosen)
	return chosen
}

// printSample shows mutants in their source.
func printSample(w io.Writer, chosen []Mutant, dirs map[string]string) error {
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

// tsv lists mutants, one a line.
func tsv(mutants []Mutant) []byte {
	var b strings.Builder
	b.WriteString("module\tplace\tkind\tremoved\tfound\tat\thow\n")
	for _, m := range mutants {
		found := m.Code
		if !m.Found {
			found = "-"
		}
		fmt.Fprintf(&b, "%s\t%s:%d\t%s\t%s\t%s\t%s\t%s\n", m.Module, m.File, m.Line, m.Kind, short(m.Removed), found, m.At, m.How)
	}
	return []byte(b.String())
}

// short cuts a text of one line.
func short(s string) string {
	if r := []rune(strings.ReplaceAll(s, "\t", " ")); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}

// judgedTable counts the mutants that a reader has judged: of those that can block, how many were found.
func judgedTable(w io.Writer, file string, mutants []Mutant) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	verdicts, err := verdicts(string(data))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	type count struct{ judged, block, found, wrong int }
	counts := make(map[string]count)
	for _, m := range mutants {
		can, ok := verdicts[verdictKey(m.Module, fmt.Sprintf("%s:%d", m.File, m.Line), m.Kind)]
		if !ok {
			continue
		}
		for _, kind := range []string{m.Kind, "all"} {
			c := counts[kind]
			c.judged++
			switch {
			case can:
				c.block++
				if m.Found {
					c.found++
				}
			case m.Found:
				c.wrong++
			}
			counts[kind] = c
		}
	}
	fmt.Fprintf(w, "\n| %-9s | %6s | %9s | %13s | %20s |\n| --- | ---: | ---: | ---: | ---: |\n", "kind", "judged", "can block", "of them found", "found, cannot block")
	for _, kind := range append(slices.Clone(kinds), "all") {
		c := counts[kind]
		fmt.Fprintf(w, "| %-9s | %6d | %9d | %13d | %20d |\n", kind, c.judged, c.block, c.found, c.wrong)
	}
	return nil
}

// verdicts reads what readers said: whether the mutants can block.
func verdicts(text string) (map[string]bool, error) {
	verdicts := make(map[string]bool)
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		f := strings.Split(line, "\t")
		if i == 0 {
			continue // the names of the columns
		}
		if len(f) < 4 || f[3] != "yes" && f[3] != "no" {
			return nil, fmt.Errorf("line %d: want module, place, kind, yes or no", i+1)
		}
		verdicts[verdictKey(f[0], f[1], f[2])] = f[3] == "yes"
	}
	return verdicts, nil
}

func verdictKey(module, place, kind string) string { return module + " " + place + " " + kind }
