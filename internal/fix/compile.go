package fix

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/internal/overlayfile"
)

// A module compiles the packages of one module with changed files. Packages of the same build are compiled once: the go
// command keeps them in its cache, where the user's next build finds them.
type module struct {
	dir  string
	opts Options
}

// A build says which units of the packages compile. A unit is a package, the package with its test files, or the
// external test package: "p", "p [p.test]", "p_test [p.test]".
type build struct {
	failed map[string]string   // the compiler's text, by unit
	units  map[string][]string // which units a file is part of
}

// listed is what `go list` says about a unit.
type listed struct {
	ImportPath, Dir, Name              string
	GoFiles, CgoFiles                  []string
	Imports, TestImports, XTestImports []string
	Error                              *struct{ Err string }
	DepsErrors                         []struct{ Err string }
}

const listFields = "-json=ImportPath,Dir,Name,GoFiles,CgoFiles,Error,DepsErrors"

// compile compiles the packages in the folders, and their tests, with the fixes.
func (m *module) compile(ctx context.Context, dirs []string, fixes []*candidate) (*build, error) {
	tmp, err := os.MkdirTemp("", "cloudlint-fix-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	overlay, names, err := m.overlay(tmp, fixes)
	if err != nil {
		return nil, err
	}
	args := []string{"list", "-e", "-export", "-test", "-overlay=" + overlay, listFields}
	list, err := m.list(ctx, tmp, args, dirs)
	if err != nil {
		return nil, err
	}
	b := &build{failed: make(map[string]string), units: make(map[string][]string)}
	for _, p := range list {
		if p.Name == "main" && strings.HasSuffix(p.ImportPath, ".test") {
			continue // the program that runs the tests
		}
		switch {
		case p.Error != nil:
			b.failed[p.ImportPath] = names.Replace(p.Error.Err)
		case len(p.DepsErrors) > 0:
			b.failed[p.ImportPath] = names.Replace(p.DepsErrors[0].Err)
		}
		for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
			name = filepath.Join(p.Dir, name)
			b.units[name] = append(b.units[name], p.ImportPath)
		}
	}
	return b, nil
}

// importers returns the folders of the module's packages that import one of the packages in the folders, themselves,
// through others, or in their tests.
func (m *module) importers(ctx context.Context, dirs []string) ([]string, error) {
	args := []string{"list", "-e", "-json=ImportPath,Dir,Imports,TestImports,XTestImports"}
	list, err := m.list(ctx, "", args, []string{m.dir + string(filepath.Separator) + "..."})
	if err != nil {
		return nil, err
	}
	reached := make(map[string]bool) // by import path
	for _, p := range list {
		reached[p.ImportPath] = slices.Contains(dirs, p.Dir)
	}
	for again := true; again; {
		again = false
		for _, p := range list {
			if !reached[p.ImportPath] && slices.ContainsFunc(p.Imports, func(s string) bool { return reached[s] }) {
				reached[p.ImportPath], again = true, true
			}
		}
	}
	var out []string
	for _, p := range list {
		tests := slices.Concat(p.TestImports, p.XTestImports)
		if reached[p.ImportPath] || slices.ContainsFunc(tests, func(s string) bool { return reached[s] }) {
			out = append(out, p.Dir)
		}
	}
	return out, nil
}

func (m *module) list(ctx context.Context, tmp string, args, dirs []string) ([]listed, error) {
	if m.opts.Tags != "" {
		args = append(args, "-tags="+m.opts.Tags)
	}
	args = append(args, "--")
	for _, dir := range dirs {
		rel, err := filepath.Rel(m.dir, dir)
		if err != nil {
			return nil, err
		}
		args = append(args, "."+string(filepath.Separator)+rel)
	}
	out, err := goCommand(ctx, m.dir, tmp, args...)
	if err != nil {
		return nil, err
	}
	var list []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		list = append(list, p)
	}
}

// overlay writes the changed files to the folder, and a file that tells the go command about them and about those of
// the user's own overlay. The names are those of the files again, in the compiler's text.
func (m *module) overlay(tmp string, fixes []*candidate) (file string, names *strings.Replacer, err error) {
	replace, err := overlayfile.Read(m.opts.Overlay, m.opts.Dir)
	if err != nil {
		return "", nil, err
	}
	var pairs []string
	for i, src := range sources(fixes) {
		text, err := src.apply(fixes)
		if err != nil {
			return "", nil, err
		}
		file := filepath.Join(tmp, fmt.Sprintf("%d.go", i))
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return "", nil, err
		}
		replace[src.asked], replace[src.path] = file, file
		name, err := filepath.Rel(m.dir, src.asked)
		if err != nil {
			return "", nil, err
		}
		pairs = append(pairs, file, name)
		// The go command shows whichever is shorter.
		if rel, err := filepath.Rel(m.dir, file); err == nil {
			pairs = append(pairs, rel, name)
		}
	}
	file = filepath.Join(tmp, "overlay.json")
	return file, strings.NewReplacer(pairs...), overlayfile.Write(file, replace)
}

// goCommand runs the go command and returns its output. It keeps its temporary files in the folder tmp, if one is
// given, so that they go when it does. On cancellation it is interrupted, which ends the compilers that it started.
func goCommand(ctx context.Context, dir, tmp string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir)
	if tmp != "" {
		cmd.Env = append(cmd.Env, "GOTMPDIR="+tmp)
	}
	cmd.Cancel = func() error {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return cmd.Process.Kill()
		}
		return nil
	}
	cmd.WaitDelay = 5 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if text := strings.TrimSpace(stderr.String()); text != "" {
			err = errors.New(text)
		}
		return nil, fmt.Errorf("go %s: %w", args[0], err)
	}
	return out, nil
}

// firstLine returns the compiler's first complaint, without the heading that names the package.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "# ") {
			return line
		}
	}
	return strings.TrimSpace(text)
}

// newFailures returns the units that fail in b and did not in before, in order.
func (b *build) newFailures(before *build) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(b.failed)), func(unit string) bool {
		_, failed := before.failed[unit]
		return failed
	})
}
