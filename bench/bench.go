package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/bench/internal/measure"
	"github.com/cloudlint/cloudlint/bench/internal/modules"
)

type sample = measure.Sample

// A key names a series of samples.
type key struct {
	module   string
	tool     tool
	scenario scenario
}

// A bench is a benchmark with its results.
type bench struct {
	*setup
	rounds   int
	large    bool
	only     []string
	log      io.Writer
	samples  map[key][]sample
	packages map[string]int
	start    []time.Duration
}

// measures reports whether a tool is part of this benchmark.
func (b *bench) measures(t tool) bool {
	if b.only != nil {
		return slices.Contains(b.only, string(t))
	}
	return !b.large || t != autoDriver
}

// edited names the file of each scenario that gets a function more.
func edited(module string, sc scenario) string {
	files := map[string]map[scenario]string{
		"podinfo":    {leaf: "pkg/signals/signal.go", core: "pkg/version/version.go"},
		"etcd":       {leaf: "etcdmain/main.go", core: "config/config.go"},
		"prometheus": {leaf: "cmd/promtool/main.go", core: "model/labels/labels_common.go"},
	}
	return files[module][sc]
}

// module measures all tools on a module. The tools take turns within each round, so that a machine whose speed changes
// treats them alike.
func (b *bench) module(ctx context.Context, m modules.Module) error {
	fmt.Fprintf(b.log, "%s: fetching and compiling %s\n", m.Name, m)
	dir, err := m.Prepare(ctx, b.work)
	if err != nil {
		return err
	}
	if err := b.compile(ctx, m.Name, dir); err != nil {
		return err
	}
	var chosen []tool
	for _, t := range tools {
		if b.measures(t) {
			chosen = append(chosen, t)
		}
	}
	for round := range b.rounds {
		for _, sc := range []scenario{cold, warm, leaf, core, empty} {
			if b.large && (sc == leaf || sc == core) {
				continue
			}
			for turn := range repeats(sc) * len(chosen) {
				t := chosen[(turn+round)%len(chosen)]
				if !slices.Contains(t.scenarios(), sc) {
					continue
				}
				if err := b.one(ctx, m.Name, dir, t, sc, round); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// repeats is how often a run is repeated within a round: the cheap one more often, because its bound is a tight one.
func repeats(sc scenario) int {
	if sc == warm {
		return 3
	}
	return 1
}

// compile makes the export data that cold runs expect: those of all dependencies, of the tests' too.
func (b *bench) compile(ctx context.Context, name, dir string) error {
	env := []string{"GOWORK=off", "GOFLAGS="}
	if _, err := output(ctx, dir, env, "go", "list", "-export", "-deps", "-test", "./..."); err != nil {
		return err
	}
	out, err := output(ctx, dir, env, "go", "list", "./...")
	if err != nil {
		return err
	}
	if b.packages == nil {
		b.packages = make(map[string]int)
	}
	b.packages[name] = len(strings.Fields(out))
	return nil
}

// one measures one run.
func (b *bench) one(ctx context.Context, module, dir string, t tool, sc scenario, round int) error {
	id := fmt.Sprintf("%s%s%d", b.nonce, strings.ReplaceAll(string(t), "-", ""), round)
	c := b.command(t, sc, dir, module+id)
	for name, text := range c.files {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
		defer os.Remove(file)
	}
	if c.cache != "" {
		defer os.RemoveAll(c.cache)
	}
	if sc == leaf || sc == core {
		file := edited(module, sc)
		if file == "" {
			return nil
		}
		// Each run adds a function of its own: nobody finds the changed package compiled by another tool.
		restore, err := appendFunction(filepath.Join(dir, file), fmt.Sprintf("bench%s%s", sc, id))
		if err != nil {
			return err
		}
		defer restore()
	}
	s, err := measure.Run(ctx, c.Command)
	if err != nil {
		return err
	}
	k := key{module, t, sc}
	b.samples[k] = append(b.samples[k], s)
	fmt.Fprintf(b.log, "%s: %-5s %-16s %6.2f s CPU %6.2f s wall %5d MB\n", module, sc, t, s.CPU.Seconds(), s.Wall.Seconds(), s.Peak>>20)
	return nil
}

// marker begins what is added to a file. What follows it was left by a benchmark that was killed.
const marker = "\n// added by cloudlint's benchmark\n"

func appendFunction(file, name string) (restore func(), err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	text, _, _ = bytes.Cut(text, []byte(marker))
	changed := slices.Concat(text, []byte(marker+"func "+name+"() {}\n"))
	if err := os.WriteFile(file, changed, 0o644); err != nil {
		return nil, err
	}
	return func() {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
	}, nil
}
