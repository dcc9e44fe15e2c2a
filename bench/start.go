package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/cloudlint/cloudlint/bench/internal/measure"
)

const (
	starts  = 200 // how often the start of the tool is measured
	imports = 100 // packages that the one package knows, with those that they import: typical of a dependency
)

// startCost measures what the go command pays to ask the tool about one package that is not to be analysed: nearly all
// packages are dependencies, so this is most of what a cold run costs beyond the analysis itself.
func startCost(ctx context.Context, s *setup) ([]time.Duration, error) {
	vetx := filepath.Join(s.tmp, "start.vetx")
	config := filepath.Join(s.tmp, "start.cfg")
	exports, facts := make(map[string]string), make(map[string]string)
	for i := range imports {
		path := fmt.Sprintf("bench.invalid/group/of/packages/number%d", i)
		exports[path] = fmt.Sprintf("/home/user/.cache/go-build/%02x/%064x-d", i, i)
		facts[path] = exports[path]
	}
	text, err := json.Marshal(map[string]any{
		"ID": "bench.invalid/outside", "ImportPath": "bench.invalid/outside", "Compiler": "gc", "Dir": s.tmp,
		"GoVersion": "go1.26", "ModulePath": "bench.invalid/outside", "ModuleVersion": "v1.0.0",
		"Module":  map[string]any{"Path": "bench.invalid/outside", "Version": "v1.0.0"},
		"GoFiles": []string{filepath.Join(s.tmp, "not-read.go")}, "PackageFile": exports, "PackageVetx": facts,
		"VetxOnly": true, "VetxOutput": vetx, "Stdout": filepath.Join(s.tmp, "start.json"),
	})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(config, text, 0o644); err != nil {
		return nil, err
	}
	c := measure.Command{Dir: s.tmp, Args: []string{s.cloudlint, "-record", config}, OK: []int{0}}
	var out []time.Duration
	for range starts {
		s, err := measure.Run(ctx, c)
		if err != nil {
			return nil, err
		}
		if _, err := os.Stat(vetx); err != nil {
			return nil, fmt.Errorf("the tool did not do its work for one package: %w", err)
		}
		if err := os.Remove(vetx); err != nil {
			return nil, err
		}
		out = append(out, s.CPU)
	}
	return out, nil
}
