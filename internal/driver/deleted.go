package driver

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/gitrepo"
)

// deletedFiles is what git says of the arguments that are not there.
type deletedFiles struct {
	known  map[string]bool // absolute names of files that git has known
	reason error           // why git could not say it of all
}

// isMissing reports whether an argument is the name of a Go file that is not there.
func (a *arguments) isMissing(arg, path string) bool {
	if strings.Contains(arg, "...") || !strings.HasSuffix(arg, ".go") || a.overlay.isFile(filepath.Clean(path)) {
		return false
	}
	_, err := os.Stat(path)
	_, replaced := a.overlay.replace[filepath.Clean(path)]
	return err != nil || replaced
}

// wasTracked reports whether git has known a file that is not there. It asks for all such arguments at once.
func (a *arguments) wasTracked(ctx context.Context, path string) (bool, error) {
	if a.deleted == nil {
		var err error
		if a.deleted, err = a.findDeleted(ctx); err != nil {
			return false, err
		}
	}
	return a.deleted.known[filepath.Clean(path)], nil
}

// findDeleted asks the comparison first: what it names as deleted need not be in the history of HEAD, which may be behind
// the other side, or cut off.
func (a *arguments) findDeleted(ctx context.Context) (*deletedFiles, error) {
	d := &deletedFiles{known: make(map[string]bool)}
	if a.req.Deleted != nil {
		names, err := a.req.Deleted(ctx)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			d.known[name] = true
		}
	}
	opened := make(map[string]*gitrepo.Repo) // by folder; nil: in none
	var repos []*gitrepo.Repo
	asked := make(map[string]map[string]string) // root of the repository -> name in it -> absolute name
	for _, arg := range a.req.Patterns {
		path := filepath.Clean(a.path(arg))
		if !a.isMissing(arg, path) || d.known[path] {
			continue
		}
		dir := existing(filepath.Dir(path))
		r, again := opened[dir]
		if !again {
			var err error
			if r, err = gitrepo.Open(ctx, dir); ctx.Err() != nil {
				return nil, ctx.Err()
			} else if err != nil {
				a.req.Log.Infof("git is not asked about %s: %v", arg, err)
			}
			opened[dir] = r
		}
		if r == nil {
			continue
		}
		if asked[r.Top] == nil {
			asked[r.Top] = make(map[string]string)
			repos = append(repos, r)
		}
		below, err := filepath.Rel(dir, path)
		if err != nil {
			continue
		}
		// The repository may name the folder otherwise, if a symbolic link leads there.
		if name, err := filepath.Rel(r.Top, filepath.Join(r.Dir, below)); err == nil {
			asked[r.Top][filepath.ToSlash(name)] = path
		}
	}
	for _, r := range repos {
		names := slices.Sorted(maps.Keys(asked[r.Top]))
		known, err := r.Known(ctx, names)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			d.reason = err
		}
		for name := range known {
			d.known[asked[r.Top][name]] = true
		}
	}
	return d, nil
}

// existing returns the nearest folder upward that is there.
func existing(dir string) string {
	for !isDir(dir) && filepath.Dir(dir) != dir {
		dir = filepath.Dir(dir)
	}
	return dir
}
