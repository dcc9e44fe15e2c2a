package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// A Mutant is real code with one mistake more.
type Mutant struct {
	Module   string `json:"module"`
	Package  string `json:"package"`
	File     string `json:"file"` // relative to the module
	Line     int    `json:"line"`
	Function string `json:"function"`
	Kind     string `json:"kind"`
	Removed  string `json:"removed"`
	Found    bool   `json:"found"`
	How      string `json:"how,omitempty"`     // how the finding touches the place
	Code     string `json:"code,omitempty"`    // of the finding
	At       string `json:"at,omitempty"`      // where it is
	Finding  string `json:"finding,omitempty"` // the new finding that touches the place
	Other    string `json:"other,omitempty"`   // a new finding that does not, or of which the code does not belong to the kind

	text []byte // of the changed file
	all  []wire.Finding
	site site
}

// mutate makes mutants of the sites, in their order, until there are n that compile, and analyses them.
func (w *world) mutate(ctx context.Context, order []site, n, jobs int) ([]Mutant, error) {
	var mutants []Mutant
	for len(order) > 0 && len(mutants) < n {
		batch := order[:min(len(order), n-len(mutants))]
		order = order[len(batch):]
		made := make([]*Mutant, len(batch))
		errs := make([]error, len(batch))
		var wg sync.WaitGroup
		slots := make(chan struct{}, max(jobs, 1))
		for i, s := range batch {
			slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-slots }()
				if errs[i] = ctx.Err(); errs[i] == nil {
					made[i], errs[i] = w.one(s)
				}
			})
		}
		wg.Wait()
		for i, m := range made {
			if errs[i] != nil {
				return nil, errs[i]
			}
			if m != nil {
				mutants = append(mutants, *m)
			}
		}
	}
	return mutants, nil
}

// one makes a mutant. It returns nil if the mutant does not compile.
func (w *world) one(s site) (*Mutant, error) {
	file := s.pkg.Files[s.file]
	name := s.pkg.Fset.PositionFor(file.FileStart, false).Filename
	src, err := s.pkg.ReadFile(name)
	if err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(w.dir, name)
	if err != nil {
		return nil, err
	}
	m := &Mutant{
		Module: w.name, Package: s.pkg.Types.Path(), File: filepath.ToSlash(rel), Line: s.line, Kind: s.kind,
		Removed: strings.Join(strings.Fields(string(src[s.start:s.end])), " "), site: s,
	}
	if fn := function(s.pkg, file, s.line); fn != nil {
		m.Function = fn.Name.Name
	}
	var uses, imports []string
	for range 4 { // each round shows what the one before has left unused
		m.text = change(src, s, uses, imports)
		found, wrong, err := w.analyse(s.pkg, s.file, m.text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", m.File, m.Line, err)
		}
		if len(wrong) == 0 {
			m.all = found
			w.judge(m)
			return m, nil
		}
		before := len(uses) + len(imports)
		for _, e := range wrong {
			if v, ok := strings.CutPrefix(e.Msg, "declared and not used: "); ok && s.statement && slices.Contains(s.uses, v) && !slices.Contains(uses, v) {
				uses = append(uses, v)
			} else if path := unusedImport.FindStringSubmatch(e.Msg); path != nil && !slices.Contains(imports, path[1]) {
				imports = append(imports, path[1])
			}
		}
		if len(uses)+len(imports) == before {
			return nil, nil
		}
	}
	return nil, nil
}

var unusedImport = regexp.MustCompile(`^"(.*)" imported (?:as .* )?and not used`)

// change returns the text without what the site has. All lines keep their numbers.
func change(src []byte, s site, uses, imports []string) []byte {
	with := s.with
	for _, v := range uses {
		with += "_ = " + v + "; "
	}
	with += strings.Repeat("\n", strings.Count(string(src[s.start:s.end]), "\n"))
	out := slices.Concat(src[:s.start], []byte(with), src[s.end:])
	for _, path := range imports {
		spec := regexp.MustCompile(`(?m)^(\s*(?:import\s+)?)(?:[\w.]+\s+)?("` + regexp.QuoteMeta(path) + `")`)
		done := false
		out = spec.ReplaceAllFunc(out, func(m []byte) []byte {
			if done {
				return m
			}
			done = true
			return spec.ReplaceAll(m, []byte("${1}_ ${2}"))
		})
	}
	return out
}

func sortMutants(list []Mutant) {
	slices.SortFunc(list, func(a, b Mutant) int {
		return cmp.Or(cmp.Compare(a.Module, b.Module), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Removed, b.Removed))
	})
}

func write(name string, list []Mutant) error {
	data, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(data, '\n'), 0o644)
}
