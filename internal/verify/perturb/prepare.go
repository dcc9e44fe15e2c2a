package perturb

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/gocmd"
	"github.com/cloudlint/cloudlint/internal/paths"
)

//go:embed perturb.go.txt
var libraryFile string

// The name of the function that is called, and of the file that has it.
const (
	function = "cloudlintPerturb"
	fileName = "zz_cloudlint_perturb.go"
)

// variable tells the calls what to do.
const variable = "CLOUDLINT_PERTURB"

// Options say what to prepare.
type Options struct {
	Dir      string
	Patterns []string
	Flags    []string          // of go list
	Replace  map[string]string // what the user's own overlay replaces
	ModCache string            // where nothing can be replaced
	Tmp      string            // a folder for the copies, which stays during the runs
}

// A Plan is what runs need.
type Plan struct {
	Replace  map[string]string // for the overlay of runs that inject
	Sites    int
	Packages []string // of the user's modules: import paths
	// Skipped names files that no call could be put into, and why.
	Skipped []string
	Races   bool // the race detector works here
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Dir, Name, ForTest               string
	Standard                                     bool
	GoFiles, CgoFiles, TestGoFiles, XTestGoFiles []string
	Module                                       *struct{ Path, Dir string }
}

// Prepare makes copies with calls in them of the files of the user's packages that the tests of patterns use.
func Prepare(ctx context.Context, o Options) (*Plan, error) {
	packages, err := list(ctx, o)
	if err != nil {
		return nil, err
	}
	p := &Plan{Replace: make(map[string]string)}
	for _, l := range packages {
		p.Packages = append(p.Packages, l.ImportPath)
		if len(l.CgoFiles) > 0 {
			p.Skipped = append(p.Skipped, l.ImportPath+": it uses cgo")
			continue
		}
		if err := p.add(o, l.Dir, l.Name, slices.Concat(l.GoFiles, l.TestGoFiles), fileName); err != nil {
			return nil, err
		}
		if err := p.add(o, l.Dir, l.Name+"_test", l.XTestGoFiles, strings.TrimSuffix(fileName, ".go")+"_x_test.go"); err != nil {
			return nil, err
		}
	}
	slices.Sort(p.Packages)
	return p, nil
}

// add injects calls into the files of one package.
func (p *Plan) add(o Options, dir, name string, files []string, library string) error {
	before := p.Sites
	out := filepath.Join(o.Tmp, fmt.Sprint(len(p.Replace)))
	for _, file := range files {
		original := filepath.Join(dir, file)
		src, err := os.ReadFile(cmp.Or(o.Replace[original], original))
		if err != nil {
			return err
		}
		text, sites, err := inject(original, src, p.Sites)
		if err != nil {
			p.Skipped = append(p.Skipped, fmt.Sprintf("%s: %v", original, err)) // the compiler tells of it
			continue
		}
		if sites == 0 {
			continue
		}
		if err := p.write(filepath.Join(out, file), original, text); err != nil {
			return err
		}
		p.Sites += sites
	}
	if p.Sites == before {
		return nil
	}
	// Even a package without code of its own has one of the two packages of tests.
	original := filepath.Join(dir, library)
	if _, err := os.Lstat(original); err == nil {
		return fmt.Errorf("%s exists, and is the name of a file that verify adds", original)
	}
	if !slices.ContainsFunc(files, func(f string) bool { return !strings.HasSuffix(f, "_test.go") }) && !strings.HasSuffix(library, "_test.go") {
		original = filepath.Join(dir, strings.TrimSuffix(library, ".go")+"_test.go")
	}
	return p.write(filepath.Join(out, filepath.Base(original)), original, fmt.Appendf(nil, libraryFile, name))
}

func (p *Plan) write(actual, original string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(actual), 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(actual, text, 0o666); err != nil {
		return err
	}
	p.Replace[original] = actual
	return nil
}

// list returns the packages of the tests and what they use, as far as their files can be replaced: those of the main
// module, of a workspace, and of modules that a replace directive finds in a folder, sorted by import path.
func list(ctx context.Context, o Options) ([]listed, error) {
	args := slices.Concat([]string{"list", "-e", "-deps", "-test", "-json=ImportPath,Dir,Name,ForTest,Standard,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,Module"}, o.Flags, o.Patterns)
	cmd := exec.Command("go", args...)
	cmd.Dir = o.Dir
	cmd.Env = append(os.Environ(), "PWD="+o.Dir)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	var packages []listed
	err := gocmd.Run(ctx, cmd, func(r io.Reader) error {
		for dec := json.NewDecoder(r); ; {
			var l listed
			switch err := dec.Decode(&l); {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			}
			if l.Standard || l.ForTest != "" || l.Module == nil || l.Dir == "" || strings.HasSuffix(l.ImportPath, ".test") {
				continue
			}
			if _, foreign := paths.Below(o.ModCache, l.Dir); foreign && o.ModCache != "" {
				continue
			}
			if slices.Contains(strings.Split(filepath.ToSlash(l.Dir), "/"), "vendor") {
				continue // other people's
			}
			packages = append(packages, l)
		}
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("go list: %w %s", err, strings.TrimSpace(stderr.String()))
	}
	slices.SortFunc(packages, func(a, b listed) int { return strings.Compare(a.ImportPath, b.ImportPath) })
	return packages, nil
}

// Args returns what a run adds to go test's arguments and environment, and whether it needs the plan's overlay.
func (p *Plan) Args(r Run) (flags, env []string, inject bool) {
	env = []string{variable + "=" + r.String()}
	switch r.Way {
	case Race:
		return []string{"-race"}, nil, false
	case Stack:
		// Only the user's packages: with all of them the standard library is compiled again, and finds less.
		for _, pkg := range p.Packages {
			flags = append(flags, "-gcflags="+pkg+"=-d=maymorestack=runtime.mayMoreStackPreempt")
		}
		return flags, nil, false
	case Plain:
		return nil, nil, false
	}
	return nil, env, r.Way.injects()
}
