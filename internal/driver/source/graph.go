package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/types"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/cloudlint/cloudlint/internal/overlayfile"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A node is a package in the graph of imports.
type node struct {
	pkg       *packages.Package
	inside    bool             // to be analysed
	imports   map[string]*node // by the path in the source
	importers []*node
	waiting   int // imports that are not done

	// When it is done:
	types *types.Package
	facts []byte
	// broken says what is wrong with the package or something that it imports. Such a package is not analysed, nor is
	// one that imports it, as the compiler would not get to them either.
	broken []string
}

// list asks the go command for the packages and their dependencies. Cancelling ctx ends it at once.
func (d *driver) list(ctx context.Context) ([]*packages.Package, error) {
	conf := &packages.Config{
		Context: ctx,
		Dir:     d.cfg.Dir,
		Env:     d.cfg.Env,
		Tests:   d.cfg.Tests,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedDeps | packages.NeedModule | packages.NeedForTest | packages.NeedTypesSizes,
	}
	if d.cfg.Tags != "" {
		conf.BuildFlags = append(conf.BuildFlags, "-tags="+d.cfg.Tags)
	}
	if d.cfg.Overlay != "" {
		conf.BuildFlags = append(conf.BuildFlags, "-overlay="+d.cfg.Overlay)
		if err := d.readOverlay(); err != nil {
			return nil, err
		}
	}
	type listed struct {
		roots []*packages.Package
		err   error
	}
	done := make(chan listed, 1)
	go func() {
		roots, err := packages.Load(conf, d.cfg.Patterns...)
		if err != nil {
			// Not "err: exit status 1: stderr: go: ...", but what the go command says.
			if _, text, ok := strings.Cut(err.Error(), "stderr: "); ok {
				err = errors.New(strings.TrimSpace(text))
			}
		}
		done <- listed{roots, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case l := <-done:
		return l.roots, l.err
	}
}

func (d *driver) readOverlay() error {
	replace, err := overlayfile.Read(d.cfg.Overlay, d.cfg.Dir)
	if err != nil {
		return fmt.Errorf("reading the overlay: %w", err)
	}
	maps.DeleteFunc(replace, func(_, to string) bool { return to == "" })
	d.overlay = replace
	return nil
}

func (d *driver) readFile(name string) ([]byte, error) {
	return os.ReadFile(cmp.Or(d.overlay[name], name))
}

// graph returns the packages that go vet would see, what they import first: of a package with tests in it only the
// variant with them, unless another package imports it; no main packages of tests; and no dependencies that only those
// have.
func (d *driver) graph(roots []*packages.Package) []*node {
	tested := make(map[string]bool)   // packages that have a variant with their tests
	external := make(map[string]bool) // packages that have an external test
	for _, p := range roots {
		switch p.ForTest {
		case "":
		case p.PkgPath:
			tested[p.PkgPath] = true
		default:
			external[p.ForTest] = true
		}
	}
	nodes := make(map[*packages.Package]*node)
	var order []*node
	var visit func(p *packages.Package) *node
	visit = func(p *packages.Package) *node {
		if n, ok := nodes[p]; ok {
			return n
		}
		n := &node{pkg: p, inside: d.inside(p), imports: make(map[string]*node)}
		nodes[p] = n
		seen := make(map[*node]bool)
		for _, path := range slices.Sorted(maps.Keys(p.Imports)) {
			dep := visit(p.Imports[path])
			n.imports[path] = dep
			if !seen[dep] && dep != n {
				seen[dep] = true
				dep.importers = append(dep.importers, n)
				n.waiting++
			}
		}
		order = append(order, n)
		return n
	}
	for _, p := range roots {
		if isTestMain(p) || p.ForTest == "" && tested[p.PkgPath] {
			continue
		}
		if external[p.PkgPath] && len(p.GoFiles) == 0 && len(p.Errors) == 0 {
			continue // nothing but an external test
		}
		visit(p)
	}
	return order
}

// isTestMain reports whether the package is the main package that the go command makes up for a test.
func isTestMain(p *packages.Package) bool {
	if p.Name != "main" || !strings.HasSuffix(p.ID, ".test") {
		return false
	}
	// A user's folder can be named x.test; its files lie in it.
	return !slices.ContainsFunc(p.GoFiles, func(name string) bool {
		return filepath.Dir(name) == p.Dir && filepath.Ext(name) == ".go" && filepath.Base(name) != "_testmain.go"
	})
}

// inside reports whether the package is to be analysed.
func (d *driver) inside(p *packages.Package) bool {
	if p.PkgPath == "command-line-arguments" {
		return true
	}
	if len(d.cfg.Inside) > 0 {
		path := strings.TrimSuffix(p.PkgPath, "_test")
		return slices.ContainsFunc(d.cfg.Inside, func(pattern string) bool {
			return wire.MatchPath(pattern, path) || wire.MatchPath(pattern, p.PkgPath)
		})
	}
	return p.Module != nil && p.Module.Main
}

// addStandardVersion finds out the version of the standard library if some of it is to be analysed.
func (d *driver) addStandardVersion(ctx context.Context, nodes []*node) error {
	if !slices.ContainsFunc(nodes, func(n *node) bool { return n.inside && n.pkg.Module == nil }) {
		return nil
	}
	cmd := exec.CommandContext(ctx, "go", "env", "GOVERSION")
	cmd.Dir, cmd.Env = d.cfg.Dir, d.cfg.Env
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go env GOVERSION: %w", err)
	}
	d.standard = strings.TrimSpace(string(out))
	return nil
}
