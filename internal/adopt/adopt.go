// Package adopt proposes how a repository takes up cloudlint: a configuration, and an entry in each of the tools that it
// uses already. The texts come from templates, which the pages of docs/ show as well.
//
// A proposal only makes new files and adds lines to files that exist. Where the place of the lines is not certain, it says
// what to add by hand. What is there already is left alone, so that a second proposal has nothing to do.
package adopt

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/fix/unified"
	"github.com/cloudlint/cloudlint/internal/nearest"
)

// A Part is one thing that a repository can take up.
type Part string

const (
	Config    Part = "config"     // .cloudlint.yml
	GitHub    Part = "github"     // a workflow
	GitLab    Part = "gitlab"     // a job
	PreCommit Part = "pre-commit" // a hook
	Lefthook  Part = "lefthook"   // a hook
	Baseline  Part = "baseline"   // what is found today
)

// Parts lists all parts in the order in which they are proposed.
func Parts() []Part { return []Part{Config, GitHub, GitLab, PreCommit, Lefthook, Baseline} }

// ParseParts reads names of parts, and drops duplicates. The error is for the user.
func ParseParts(names []string) ([]Part, error) {
	var all []string
	for _, p := range Parts() {
		all = append(all, string(p))
	}
	var parts []Part
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("there is no part %q%s; the parts are %s", name, nearest.Hint(name, all), strings.Join(all, ", "))
		}
		if !slices.Contains(parts, Part(name)) {
			parts = append(parts, Part(name))
		}
	}
	return parts, nil
}

// A Change is a new file, or one with lines added.
type Change struct {
	Path     string // from the root, with slashes
	Old, New []byte // Old is nil where there is no file
}

// A Proposal is what a repository would change.
type Proposal struct {
	Root    string
	Changes []Change
	Notes   []string // what to do by hand, or to know
	Done    []string // what is there already
}

// Add adds a change, unless the file's way leads through a symbolic link: then it is to be made by hand.
func (p *Proposal) Add(c Change) {
	if link := p.link(c.Path); link != "" {
		p.Notes = append(p.Notes, fmt.Sprintf("%s: nothing is written, because %s is a symbolic link; put this there where it leads to:\n%s", c.Path, link, quoted(added(c))))
		return
	}
	p.Changes = append(p.Changes, c)
}

// link returns the first symbolic link on the way from the root to a file.
func (p *Proposal) link(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		name := strings.Join(parts[:i+1], "/")
		if info, err := os.Lstat(filepath.Join(p.Root, filepath.FromSlash(name))); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return name
		}
	}
	return ""
}

// added returns the lines that a change adds.
func added(c Change) string {
	if c.Old == nil {
		return string(c.New)
	}
	var b strings.Builder
	for line := range strings.Lines(string(unified.Diff("", c.Old, "", c.New))) {
		if text, ok := strings.CutPrefix(line, "+"); ok && !strings.HasPrefix(line, "+++ ") {
			b.WriteString(text)
		}
	}
	return b.String()
}

// indent indents each line with content.
func indent(text string, by int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString(strings.Repeat(" ", by))
		}
		b.WriteString(line)
	}
	return b.String()
}

// quoted puts a text apart from the sentence before it.
func quoted(text string) string { return indent(strings.Trim(text, "\r\n"), 4) }

// Diff returns the changes as patch and git apply read them.
func (p *Proposal) Diff() []byte {
	var b bytes.Buffer
	for _, c := range p.Changes {
		old := "a/" + c.Path
		if c.Old == nil {
			old = os.DevNull
		}
		b.Write(unified.Diff(old, c.Old, "b/"+c.Path, c.New))
	}
	return b.Bytes()
}

// Write makes the changes with a function that writes one file. What has changed since the proposal is not overwritten.
// An error says what was written before it.
func (p *Proposal) Write(write func(path string, text []byte) error) error {
	for _, c := range p.Changes {
		now, err := os.ReadFile(filepath.Join(p.Root, filepath.FromSlash(c.Path)))
		if err == nil && c.Old == nil || c.Old != nil && (err != nil || !bytes.Equal(now, c.Old)) {
			return fmt.Errorf("nothing is written: %s has changed since it was read", c.Path)
		}
	}
	var written []string
	for _, c := range p.Changes {
		path := filepath.Join(p.Root, filepath.FromSlash(c.Path))
		err := os.MkdirAll(filepath.Dir(path), 0o777)
		if err == nil {
			err = write(path, c.New)
		}
		if err != nil {
			if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
				err = pe.Err // the path of a temporary file says nothing
			}
			before := "nothing is written"
			if len(written) > 0 {
				before = "written before: " + strings.Join(written, ", ")
			}
			return fmt.Errorf("%s cannot be written: %w; %s", c.Path, err, before)
		}
		written = append(written, c.Path)
	}
	return nil
}
