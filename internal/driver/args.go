package driver

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/gocmd"
	"github.com/cloudlint/cloudlint/internal/paths"
)

// A namedFile is a Go file among the arguments.
type namedFile struct {
	arg       string
	dir, base string // dir is absolute
}

// arguments sorts package patterns and names of files by the module that they belong to.
type arguments struct {
	req     Request
	env     goEnv // of req.Dir
	flags   gocmd.Flags
	overlay *overlay
	groups  []*batch
	envs    map[string]goEnv  // of other modules, by their folders
	roots   map[string]string // folder -> folder of its go.mod, or ""
	deleted *deletedFiles     // nil: not asked for yet
	gone    int               // deleted files whose package is gone too, and files that nobody has chosen
}

// split makes the batches: one for each module or workspace that the arguments name packages of.
func (a *arguments) split(ctx context.Context) ([]*batch, error) {
	patterns := a.req.Patterns
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	for _, arg := range patterns {
		if err := a.add(ctx, arg); err != nil {
			return nil, err
		}
	}
	return a.groups, nil
}

func (a *arguments) add(ctx context.Context, arg string) error {
	path := a.path(arg)
	if !strings.Contains(arg, "...") {
		info, err := os.Stat(path)
		switch {
		case a.overlay.isFile(filepath.Clean(path)):
			if !strings.HasSuffix(arg, ".go") {
				return &UsageError{fmt.Sprintf("%s is not a Go file; name packages or Go files", arg)}
			}
			return a.addFile(ctx, arg, path)
		case err == nil && info.IsDir() && strings.HasSuffix(arg, ".go"):
			return a.addLocal(ctx, arg, path)
		case a.isMissing(arg, path):
			return a.addMissing(ctx, arg, path)
		}
	}
	switch {
	case arg == "all" || arg == "work" || arg == "...":
		return a.addMain(ctx, arg)
	case isLocal(arg):
		return a.addLocal(ctx, arg, path)
	}
	b, err := a.home(ctx)
	if err != nil {
		return err
	}
	b.add(arg, arg)
	return nil
}

// path returns the absolute name of an argument that is one.
func (a *arguments) path(arg string) string {
	if filepath.IsAbs(arg) {
		return arg
	}
	return filepath.Join(a.req.Dir, filepath.FromSlash(arg))
}

// isLocal reports whether the pattern is the path of a folder, as go sees it.
func isLocal(arg string) bool {
	arg = filepath.ToSlash(arg)
	return arg == "." || arg == ".." || strings.HasPrefix(arg, "./") || strings.HasPrefix(arg, "../") || filepath.IsAbs(arg)
}

func (a *arguments) addFile(ctx context.Context, arg, path string) error {
	if a.unasked(arg, path) {
		return nil
	}
	b, err := a.batchOf(ctx, filepath.Dir(path), arg)
	if err != nil {
		return err
	}
	b.add(arg, b.relative(filepath.Dir(path)))
	b.files = append(b.files, namedFile{arg: arg, dir: filepath.Dir(path), base: filepath.Base(path)})
	return nil
}

// addMissing deals with a file that is not there. Hooks and CI scripts name the files of a commit, deleted ones among
// them: then what is left of the package is worth a look.
func (a *arguments) addMissing(ctx context.Context, arg, path string) error {
	if a.unasked(arg, path) {
		return nil
	}
	dir := filepath.Dir(path)
	tracked, err := a.wasTracked(ctx, path)
	if err != nil {
		return err
	}
	if !tracked {
		if _, hidden := a.overlay.replace[filepath.Clean(path)]; hidden {
			return &UsageError{fmt.Sprintf("there is no file %s in the overlay; with --staged, add it by git add first", arg)}
		}
		if a.deleted.reason != nil {
			return &UsageError{fmt.Sprintf("there is no file %s, and whether git has known one is open: %v", arg, a.deleted.reason)}
		}
		return &UsageError{fmt.Sprintf("there is no file %s", arg)}
	}
	if len(a.overlay.goFiles(dir)) == 0 {
		a.req.Log.Infof("%s is deleted, and nothing is left of its package", arg)
		a.gone++
		return nil
	}
	a.req.Log.Infof("%s is deleted: analysing what is left of its package", arg)
	b, err := a.batchOf(ctx, dir, arg)
	if err != nil {
		return err
	}
	b.add(arg, b.relative(dir))
	return nil
}

// unasked reports whether a file is one of a change that no pattern with "..." matches.
func (a *arguments) unasked(arg, path string) bool {
	if !a.req.Changed {
		return false
	}
	dir, reason := filepath.Dir(path), ""
	if rel, err := filepath.Rel(a.req.Dir, dir); err == nil && slices.ContainsFunc(strings.Split(filepath.ToSlash(rel), "/"), isHidden) {
		reason = "go ignores its folder in patterns"
	} else if a.root(dir) == "" {
		reason = "it is in no Go module"
	}
	if reason != "" {
		a.req.Log.Infof("%s is not analysed: %s", arg, reason)
		a.gone++
	}
	return reason != ""
}

// isHidden reports whether patterns with "..." do not match what is in a folder of that name.
func isHidden(name string) bool {
	return name == "testdata" || name == "vendor" || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") && name != "." && name != ".."
}

// addLocal adds the packages of a folder, or with a final "..." those below it.
func (a *arguments) addLocal(ctx context.Context, arg, path string) error {
	base, wild := path, false
	if i := strings.Index(path, "..."); i >= 0 {
		base, wild = filepath.Dir(path[:i]+"x"), true
	}
	if wild && path == filepath.Join(base, "...") {
		// All modules of a workspace below the folder, which go itself takes one by one only.
		if b := a.workspace(ctx); b != nil {
			found := false
			for _, m := range b.modules {
				if below(m.Dir, base) {
					b.add(arg, b.relative(m.Dir)+"/...")
					found = true
				}
			}
			if root := a.root(base); found && (root == "" || root == base || !b.uses(root)) {
				return nil
			}
		}
	}
	b, err := a.batchOf(ctx, base, arg)
	if err != nil {
		return err
	}
	rest := strings.TrimPrefix(path, base)
	b.add(arg, b.relative(base)+filepath.ToSlash(rest))
	return nil
}

// addMain adds all packages of the main modules, which is what "all" and "..." should mean here: go understands all
// dependencies by them, with their tests.
func (a *arguments) addMain(ctx context.Context, arg string) error {
	b, err := a.home(ctx)
	if err != nil {
		return err
	}
	if b.work == "" {
		if b.root == "" {
			return a.noModule(a.req.Dir, arg)
		}
		b.add(arg, b.relative(b.root)+"/...")
	}
	for _, m := range b.modules {
		b.add(arg, b.relative(m.Dir)+"/...")
	}
	return nil
}

// noModule says that no module holds the folder, and which modules lie below it.
func (a *arguments) noModule(dir, arg string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return &UsageError{fmt.Sprintf("there is no folder for %s", arg)}
	}
	var nested []string
	for _, glob := range []string{"*/go.mod", "*/*/go.mod"} {
		found, _ := filepath.Glob(filepath.Join(dir, glob))
		nested = append(nested, found...)
	}
	slices.Sort(nested)
	if len(nested) > 0 {
		rel, _ := filepath.Rel(a.req.Dir, filepath.Dir(nested[0]))
		return fmt.Errorf("%s is in no Go module (no go.mod there or above, and no go.work); there are modules below it: try cloudlint ./%s/...",
			dir, filepath.ToSlash(rel))
	}
	return fmt.Errorf("%s is in no Go module: there is no go.mod there or above", dir)
}

// below reports whether the folder is root, or lies below it.
func below(dir, root string) bool {
	_, ok := paths.Below(root, dir)
	return ok
}
