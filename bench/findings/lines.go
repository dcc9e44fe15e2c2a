package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// write analyses a module and writes its lines. It returns how many.
func write(ctx context.Context, w io.Writer, o options, name, dir string) (int, error) {
	if err := checkNoConfiguration(dir); err != nil {
		return 0, err
	}
	args := append([]string{"--format=json", "--exit-zero"}, o.args...)
	cmd := exec.CommandContext(ctx, o.cloudlint, append(args, "./...")...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GOWORK=off", "GOFLAGS=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 3) { // 3: something was not analysed, as the report says
		return 0, fmt.Errorf("%w\n%s", err, stderr.Bytes())
	}
	var report finding.Report
	if err := json.Unmarshal(out, &report); err != nil {
		return 0, fmt.Errorf("%w\n%s", err, stderr.Bytes())
	}
	list := lines(name, dir, &report)
	_, err = io.WriteString(w, strings.Join(list, ""))
	return len(list), err
}

// lines prints what a report says that is the same on every machine, in the order of files and lines.
func lines(name, dir string, report *finding.Report) []string {
	place := func(r finding.Range) string {
		file := filepath.FromSlash(r.File)
		if !filepath.IsAbs(file) {
			file = filepath.Join(report.Root, file)
		}
		if rel, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(rel) {
			file = rel
		}
		return fmt.Sprintf("%s/%s:%d:%d", name, filepath.ToSlash(file), r.Line, r.Column)
	}
	var list []string
	slices.SortFunc(report.Findings, finding.Compare)
	for _, f := range report.Findings {
		line := fmt.Sprintf("%s: %s %s %s: %s\n", place(f.Range), f.Severity, f.Maturity, f.Code, f.Message)
		if !slices.Contains(list, line) {
			list = append(list, line)
		}
	}
	for _, e := range report.Errors {
		first, _, _ := strings.Cut(strings.TrimSpace(e.Message), "\n")
		list = append(list, fmt.Sprintf("%s: not analysed: %s: %s\n", name, e.Package, strings.ReplaceAll(first, dir, ".")))
	}
	return list
}
