package main

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// The lines do not tell where the module lies, nor in which order the findings came.
func TestLines(t *testing.T) {
	at := func(file string, line int) finding.Range { return finding.Range{File: file, Line: line, Column: 2} }
	dir := filepath.Join(t.TempDir(), "mod")
	report := &finding.Report{
		Root: filepath.Dir(dir),
		Findings: []finding.Finding{
			{Code: "CL2002", Severity: rule.Note, Maturity: rule.Preview, Message: "second", Range: at("mod/b/b.go", 12)},
			{Code: "CL2001", Severity: rule.Warning, Maturity: rule.Stable, Message: "first", Range: at("mod/b/b.go", 7)},
		},
		Errors: []finding.Error{{Package: "m/c", Message: dir + "/c/c.go:1:1: syntax error\nand more"}},
	}
	want := []string{
		"app/b/b.go:7:2: warning stable CL2001: first\n",
		"app/b/b.go:12:2: note preview CL2002: second\n",
		"app: not analysed: m/c: ./c/c.go:1:1: syntax error\n",
	}
	if diff := cmp.Diff(want, lines("app", dir, report)); diff != "" {
		t.Error(diff)
	}
}
