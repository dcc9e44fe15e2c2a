package fix

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/internal/overlayfile"
	"github.com/cloudlint/cloudlint/internal/paths"
)

// A tree is the folder below which files may be edited.
type tree struct {
	root     string // absolute, without symbolic links
	foreign  []string
	replaced map[string]bool // files that the user's overlay replaces
	started  time.Time
	sources  map[string]*source // by path
}

// A source is a file that may be edited, as it was read.
type source struct {
	name   string // as in the report
	path   string // absolute, without symbolic links
	asked  string // absolute, as the go command knows it: the last element may be a symbolic link
	module string // folder of its go.mod
	mode   fs.FileMode
	text   []byte
}

// openTree asks the go command where files lie that are not the user's.
func openTree(ctx context.Context, root string, opts Options) (*tree, error) {
	root, err := filepath.Abs(root)
	if err == nil {
		root, err = filepath.EvalSymlinks(root)
	}
	if err != nil {
		return nil, err
	}
	t := &tree{root: root, started: opts.Started, sources: make(map[string]*source), replaced: make(map[string]bool)}

	out, err := goCommand(ctx, root, "", "env", "-json", "GOROOT", "GOMODCACHE")
	if err != nil {
		return nil, err
	}
	var env struct{ GOROOT, GOMODCACHE string }
	if err := json.Unmarshal(out, &env); err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	for _, dir := range []string{env.GOROOT, env.GOMODCACHE} {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			t.foreign = append(t.foreign, real)
		}
	}

	overlay, err := overlayfile.Read(opts.Overlay, opts.Dir)
	if err != nil {
		return nil, err
	}
	for name := range overlay {
		if real, err := filepath.EvalSymlinks(name); err == nil {
			t.replaced[real] = true
		}
	}
	return t, nil
}

// source returns the file that a report names, or the reason why it must not be edited.
func (t *tree) source(name string) (*source, string) {
	local := filepath.FromSlash(name)
	if !filepath.IsLocal(local) {
		return nil, "the file lies outside " + t.root
	}
	asked := filepath.Join(t.root, local)
	path, err := filepath.EvalSymlinks(asked)
	if err != nil {
		return nil, "the file cannot be read: " + err.Error()
	}
	if src := t.sources[path]; src != nil {
		return src, ""
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(asked))
	if err != nil {
		return nil, "the file cannot be read: " + err.Error()
	}
	src := &source{name: name, path: path, asked: filepath.Join(dir, filepath.Base(asked))}
	if reason := t.forbidden(src); reason != "" {
		return nil, reason
	}
	if reason := src.read(t.started); reason != "" {
		return nil, reason
	}
	t.sources[path] = src
	return src, ""
}

// forbidden returns why the file must not be edited whatever it contains.
func (t *tree) forbidden(src *source) string {
	if !within(t.root, src.path) {
		return "it is a symbolic link to a file outside " + t.root
	}
	for _, dir := range t.foreign {
		if within(dir, src.path) {
			return "the file belongs to " + dir
		}
	}
	rel, err := filepath.Rel(t.root, src.path)
	if err != nil || slices.Contains(strings.Split(filepath.ToSlash(filepath.Dir(rel)), "/"), "vendor") {
		return "the file is vendored"
	}
	if t.replaced[src.path] {
		return "an overlay replaces the file"
	}
	for dir := filepath.Dir(src.asked); ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil && info.Mode().IsRegular() {
			src.module = dir
			return ""
		}
		if dir == filepath.Dir(dir) {
			return "the file belongs to no module"
		}
	}
}

// dir returns the folder of the file's package, as the go command knows it.
func (s *source) dir() string { return filepath.Dir(s.asked) }

// read reads the file. It returns why it must not be edited.
func (s *source) read(started time.Time) string {
	info, err := os.Stat(s.path)
	if err != nil {
		return "the file cannot be read: " + err.Error()
	}
	if !info.Mode().IsRegular() {
		return "it is not a regular file"
	}
	s.mode = info.Mode()
	if !writable(s.path, s.mode) {
		return "the file is read-only"
	}
	if !started.IsZero() && info.ModTime().After(started) {
		return "the file has changed since it was analysed"
	}
	if s.text, err = os.ReadFile(s.path); err != nil {
		return "the file cannot be read: " + err.Error()
	}
	file, err := parser.ParseFile(token.NewFileSet(), s.path, s.text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return "the file has a syntax error"
	}
	if ast.IsGenerated(file) {
		return "the file is generated"
	}
	return ""
}

// writable reports whether the file may be changed: by its mode, which also binds a superuser here, and by the system.
func writable(path string, mode fs.FileMode) bool {
	if mode.Perm()&0o200 == 0 {
		return false
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// within reports whether path lies below dir. Both are absolute and without symbolic links.
func within(dir, path string) bool {
	_, ok := paths.Below(dir, path)
	return ok
}

// hasCRLF reports whether most lines end in a carriage return and a newline.
func hasCRLF(text []byte) bool {
	return 2*bytes.Count(text, []byte("\r\n")) > bytes.Count(text, []byte("\n"))
}
