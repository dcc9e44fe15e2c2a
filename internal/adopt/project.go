package adopt

import (
	"errors"
	"go/version"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// A Project is what is found in a repository.
type Project struct {
	Root    string   // absolute: the git root, or the module's root outside git
	Modules []string // folders of modules from the root, with slashes; "." is the root itself

	goVersion     string // "1.26", the newest that a module or cloudlint asks for
	goVersionFile string
}

// oldestGo is the oldest Go that cloudlint can be built with.
const oldestGo = "1.26"

// Examine looks at the repository with this root. Where dir lies in a module below the root, that module is all there is;
// else all modules of the repository count.
func Examine(root, dir string) (*Project, error) {
	p := &Project{Root: root, goVersion: oldestGo}
	if err := p.findModules(dir); err != nil {
		return nil, err
	}
	if len(p.Modules) == 0 {
		return nil, errors.New("there is no go.mod in " + root + " or below it: cloudlint lints modules")
	}
	p.goVersionFile = p.Modules[0] + "/go.mod"
	if p.Modules[0] == "." {
		p.goVersionFile = "go.mod"
	}
	if len(p.Modules) > 1 && p.exists("go.work") {
		p.goVersionFile = "go.work"
	}
	return p, nil
}

func (p *Project) findModules(dir string) error {
	for d := dir; d != p.Root && strings.HasPrefix(d, p.Root); d = filepath.Dir(d) {
		if info, err := os.Stat(filepath.Join(d, "go.mod")); err == nil && !info.IsDir() {
			return p.module(d)
		}
	}
	return filepath.WalkDir(p.Root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			if d != nil && d.IsDir() {
				return fs.SkipDir // of a folder that nobody may read there is nothing to lint
			}
			return nil
		case d.IsDir():
			name := d.Name()
			skip := name == "vendor" || name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
			if path != p.Root && skip {
				return fs.SkipDir
			}
		case d.Name() == "go.mod" && d.Type().IsRegular():
			return p.module(filepath.Dir(path))
		}
		return nil
	})
}

// module adds the module in a folder.
func (p *Project) module(dir string) error {
	file := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	mod, err := modfile.ParseLax(file, text, nil)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(p.Root, dir)
	if err != nil {
		return err
	}
	p.Modules = append(p.Modules, filepath.ToSlash(rel))
	slices.Sort(p.Modules)
	if mod.Go != nil {
		// "1.26.1" and "1.26rc1" are the language 1.26, of which there is an image.
		lang := version.Lang("go" + mod.Go.Version)
		if version.Compare(lang, "go"+p.goVersion) > 0 {
			p.goVersion = strings.TrimPrefix(lang, "go")
		}
	}
	return nil
}

// exists reports whether there is something with this name, from the root.
func (p *Project) exists(name string) bool {
	_, err := os.Lstat(filepath.Join(p.Root, filepath.FromSlash(name)))
	return err == nil
}

// first returns the first of the names that exists, or nothing.
func (p *Project) first(names ...string) string {
	i := slices.IndexFunc(names, p.exists)
	if i < 0 {
		return ""
	}
	return names[i]
}
