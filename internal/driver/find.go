package driver

import (
	"context"
	"path/filepath"
)

// home returns the batch for packages that are named by their import paths.
func (a *arguments) home(ctx context.Context) (*batch, error) {
	if a.root(a.req.Dir) == "" {
		// Packages of a workspace, or of the standard library, need no go.mod.
		return a.find(ctx, "", a.env)
	}
	return a.batchOf(ctx, a.req.Dir, "")
}

// batchOf returns the batch of the module that the folder lies in.
func (a *arguments) batchOf(ctx context.Context, dir, arg string) (*batch, error) {
	// A package of the standard library or of a dependency belongs to the module that uses it.
	for _, lib := range []string{a.env.GOMODCACHE, a.env.GOROOT} {
		if lib != "" && below(dir, lib) && !below(a.req.Dir, lib) {
			return a.home(ctx)
		}
	}
	root := a.root(dir)
	if root == "" {
		return nil, a.noModule(dir, arg)
	}
	if root == a.root(a.req.Dir) {
		return a.find(ctx, root, a.env)
	}
	env, known := a.envs[root]
	if !known {
		var err error
		if env, err = environment(ctx, root); err != nil {
			return nil, err
		}
		if a.envs == nil {
			a.envs = make(map[string]goEnv)
		}
		a.envs[root] = env
	}
	return a.find(ctx, root, env)
}

// find returns the batch of a module, given the environment in its folder.
func (a *arguments) find(ctx context.Context, root string, env goEnv) (*batch, error) {
	b := &batch{root: root, work: env.GOWORK, tool: goTool{dir: root, flags: a.flags}}
	if b.work == "off" {
		b.work = ""
	}
	if b.work != "" {
		if old := a.lookup(b.work, ""); old != nil {
			if root == "" || old.uses(root) {
				return old, nil
			}
		} else {
			b.tool.dir = filepath.Dir(b.work)
			if below(a.req.Dir, b.tool.dir) || root == "" {
				b.tool.dir = a.req.Dir
			}
			b.root = ""
			if err := b.listModules(ctx); err != nil {
				return nil, err
			}
			a.groups = append(a.groups, b)
			if root == "" || b.uses(root) {
				return b, nil
			}
		}
		// The module lies beside the workspace, and go would refuse its packages.
		b = &batch{root: root, tool: goTool{dir: root, flags: a.flags, off: true}}
	}
	if old := a.lookup("", root); old != nil {
		return old, nil
	}
	if below(a.req.Dir, root) && a.root(a.req.Dir) == root || root == "" {
		b.tool.dir = a.req.Dir
	}
	a.groups = append(a.groups, b)
	return b, nil
}

func (a *arguments) lookup(work, root string) *batch {
	for _, b := range a.groups {
		if b.work == work && b.root == root {
			return b
		}
	}
	return nil
}

// workspace returns the batch of the workspace, if there is one.
func (a *arguments) workspace(ctx context.Context) *batch {
	if a.env.GOWORK == "" || a.env.GOWORK == "off" {
		return nil
	}
	b, err := a.find(ctx, "", a.env)
	if err != nil || b.work == "" {
		return nil
	}
	return b
}

// root returns the folder of the nearest go.mod, or "".
func (a *arguments) root(dir string) string {
	if a.roots == nil {
		a.roots = make(map[string]string)
	}
	if root, ok := a.roots[dir]; ok {
		return root
	}
	root := ""
	if a.overlay.isFile(filepath.Join(dir, "go.mod")) {
		root = dir
	} else if parent := filepath.Dir(dir); parent != dir {
		root = a.root(parent)
	}
	a.roots[dir] = root
	return root
}
