package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// compare runs the command on some of the mutants, through an overlay, and returns an error where its findings are
// others than those of this process.
func (w *world) compare(ctx context.Context, root string, mutants []Mutant, n int) error {
	tmp, err := os.MkdirTemp("", "cloudlint-mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	bin := filepath.Join(tmp, "cloudlint")
	build := exec.CommandContext(ctx, "go", "build", "-o", bin, "./cmd/cloudlint")
	build.Dir, build.Stderr = root, os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	step := max(1, len(mutants)/max(n, 1))
	for i := 0; i < len(mutants) && i/step < n; i += step {
		m := mutants[i]
		got, err := w.byCommand(ctx, tmp, bin, m)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", m.File, m.Line, err)
		}
		var want []string
		for _, f := range m.all {
			if f.SuppressedBy == nil {
				want = append(want, fmt.Sprintf("%s %s:%d %s", f.Code, f.Pos.File, f.Pos.Line, f.Message))
			}
		}
		slices.Sort(want)
		if !slices.Equal(slices.Compact(want), got) {
			return fmt.Errorf("%s:%d: the command finds %q, this process %q", m.File, m.Line, got, want)
		}
	}
	return nil
}

func (w *world) byCommand(ctx context.Context, tmp, bin string, m Mutant) ([]string, error) {
	file, overlay := filepath.Join(tmp, "mutant.go"), filepath.Join(tmp, "overlay.json")
	if err := os.WriteFile(file, m.text, 0o644); err != nil {
		return nil, err
	}
	data, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(w.dir, filepath.FromSlash(m.File)): file}})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(overlay, data, 0o644); err != nil {
		return nil, err
	}
	var names []string
	for _, a := range w.analyzers {
		names = append(names, a.Name)
	}
	cmd := exec.CommandContext(ctx, bin, "--driver=source", "--tests=false", "--preview", "--only", strings.Join(names, ","),
		"--overlay", overlay, "--format", "json", "--exit-zero", "./"+filepath.ToSlash(filepath.Dir(filepath.FromSlash(m.File))))
	cmd.Dir = w.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, stderr.Bytes())
	}
	var report finding.Report
	if err := json.Unmarshal(out, &report); err != nil {
		return nil, err
	}
	var got []string
	for _, f := range report.Findings {
		if f.Package == m.Package {
			got = append(got, fmt.Sprintf("%s %s:%d %s", f.Code, filepath.Base(f.File), f.Line, f.Message))
		}
	}
	slices.Sort(got)
	return slices.Compact(got), nil
}
