// Package fix applies the fixes of a report to the source files, or shows what it would change.
//
// A fix is applied whole or not at all, and only if nothing speaks against it:
//   - The file is the user's own, to be edited by hand: inside the report's root, neither generated nor vendored nor
//     read-only, and not changed since it was analysed.
//   - It does not overlap a fix that comes earlier in the report. Edits that are equal, such as the same import inserted
//     by two fixes, are made once. Different insertions at one place are made in the order of the report.
//   - The result is a Go file, and every package and test that compiled before still compiles. Fixes that break one are
//     found by bisection and withdrawn.
//
// The changed files are formatted as gofmt does, except that a file with CRLF line ends keeps them. Nothing is written
// before all of this is known, so a Plan serves `--diff` and `--fix` alike.
package fix

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/fix/unified"
)

// Options say which fixes to apply and how the packages were analysed.
type Options struct {
	Unsafe  bool      // also fixes that can change what the program does
	Started time.Time // when the analysis began: files modified later are left alone; zero: not checked
	Tags    string    // build tags, separated by commas
	Dir     string    // of the run: names in the overlay are relative to it
	Overlay string    // a file as for `go build -overlay`; the files that it replaces are left alone
}

// A Status says what becomes of a fix.
type Status string

const (
	Applied   Status = "applied"
	Withdrawn Status = "withdrawn" // the result would not compile
	Conflict  Status = "conflict"  // it overlaps another fix; a second run may apply it
	Skipped   Status = "skipped"   // it was not asked for, or the file must not be edited
)

// An Outcome says what becomes of the fix of one finding.
type Outcome struct {
	Finding *finding.Finding // in the report that the plan was made for
	Status  Status
	Reason  string // why it is not applied: a part of a sentence, in lower case, without a full stop
}

// A Plan is what applying the fixes of a report comes to.
type Plan struct {
	Outcomes []Outcome // for each finding with a fix, in the order of the report
	files    []change  // in the order of their names
}

// A change is the new text of a file.
type change struct {
	name     string // as in the report
	path     string // absolute, without symbolic links
	mode     fs.FileMode
	old, new []byte
}

// Prepare decides which fixes of the report are applied, and what the files look like then. It runs the go command to
// compile the packages concerned; an error means that this was not possible, or that ctx was cancelled.
func Prepare(ctx context.Context, report *finding.Report, opts Options) (*Plan, error) {
	plan := new(Plan)
	for i := range report.Findings {
		if f := &report.Findings[i]; f.Fix != nil && len(f.Fix.Edits) > 0 {
			plan.Outcomes = append(plan.Outcomes, Outcome{Finding: f, Status: Applied})
		}
	}
	if len(plan.Outcomes) == 0 {
		return plan, nil
	}
	tree, err := openTree(ctx, report.Root, opts)
	if err != nil {
		return nil, err
	}

	var fixes []*candidate
	for i := range plan.Outcomes {
		if c := newCandidate(&plan.Outcomes[i], tree, opts.Unsafe); c != nil {
			fixes = append(fixes, c)
		}
	}
	fixes = withoutConflicts(fixes)
	fixes = withoutSyntaxErrors(fixes)
	if fixes, err = withoutCompileErrors(ctx, fixes, opts); err != nil {
		return nil, err
	}

	for _, src := range sources(fixes) {
		text, err := src.apply(fixes)
		if err != nil { // not possible: it was parsed before
			return nil, fmt.Errorf("%s: %w", src.name, err)
		}
		if !bytes.Equal(text, src.text) {
			plan.files = append(plan.files, change{name: src.name, path: src.path, mode: src.mode, old: src.text, new: text})
		}
	}
	return plan, nil
}

// Files returns the names of the files that change, as the report names them.
func (p *Plan) Files() []string {
	var names []string
	for _, c := range p.files {
		names = append(names, c.name)
	}
	return names
}

// Count returns how many fixes have the status.
func (p *Plan) Count(s Status) int {
	n := 0
	for _, o := range p.Outcomes {
		if o.Status == s {
			n++
		}
	}
	return n
}

// Diff writes the changes in the unified format. `git apply` and `patch -p1` take it in the report's root.
func (p *Plan) Diff(w io.Writer) error {
	for _, c := range p.files {
		if _, err := w.Write(unified.Diff("a/"+c.name, c.old, "b/"+c.name, c.new)); err != nil {
			return err
		}
	}
	return nil
}

// sources returns the files that the fixes edit, in the order of their names.
func sources(fixes []*candidate) []*source {
	set := make(map[*source]bool)
	for _, c := range fixes {
		for _, e := range c.edits {
			set[e.src] = true
		}
	}
	return slices.SortedFunc(maps.Keys(set), func(a, b *source) int { return bytes.Compare([]byte(a.name), []byte(b.name)) })
}

func position(f *finding.Finding) string {
	return fmt.Sprintf("%s:%d:%d", filepath.ToSlash(f.File), f.Line, f.Column)
}
