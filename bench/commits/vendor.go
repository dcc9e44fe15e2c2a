package main

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// makeModule makes a module of a repository from before Go had modules, whose dependencies lie in its vendor folder. Which
// versions they are is not known and does not matter: the go command only compares the two lists of them.
func makeModule(root string) error {
	if _, err := os.Stat(filepath.Join(root, "vendor")); err != nil {
		return errors.New("the repository has neither a go.mod nor a vendor folder")
	}
	path, err := importPath(root)
	if err != nil {
		return err
	}
	packages := make(map[string][]string) // by what stands for their module
	err = filepath.WalkDir(filepath.Join(root, "vendor"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		rel, err := filepath.Rel(filepath.Join(root, "vendor"), filepath.Dir(name))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		module := repositoryOf(pkg)
		if !slices.Contains(packages[module], pkg) {
			packages[module] = append(packages[module], pkg)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var list, requires strings.Builder
	for _, module := range slices.Sorted(maps.Keys(packages)) {
		version := versionFor(module)
		fmt.Fprintf(&list, "# %s %s\n## explicit\n%s\n", module, version, strings.Join(packages[module], "\n"))
		fmt.Fprintf(&requires, "\t%s %s\n", module, version)
	}
	if err := os.WriteFile(filepath.Join(root, "vendor", "modules.txt"), []byte(list.String()), 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "go.mod"), []byte("module "+path+"\n\ngo 1.16\n\nrequire (\n"+requires.String()+")\n"), 0o666)
}

// repositoryOf is the part of an import path that names a repository, or so: which package belongs to which module does not
// matter to a build, only that each has one.
func repositoryOf(pkg string) string {
	elems := strings.Split(pkg, "/")
	n := 2
	switch elems[0] {
	case "github.com", "golang.org", "bitbucket.org", "gitlab.com":
		n = 3
	case "gopkg.in":
		if n = 1 + slices.IndexFunc(elems, func(e string) bool { return major.MatchString(e) }); n == 0 {
			n = 2
		}
	}
	return strings.Join(elems[:min(n, len(elems))], "/")
}

// major matches what gopkg.in has of a version in its paths.
var major = regexp.MustCompile(`\.(v[0-9]+)$`)

// versionFor is a version that a module of that path may have.
func versionFor(module string) string {
	if m := major.FindStringSubmatch(module); m != nil && strings.HasPrefix(module, "gopkg.in/") {
		return m[1] + ".0.0"
	}
	return "v0.0.0"
}

// importPath is the import path of a repository's root, as its own packages import each other.
func importPath(root string) (string, error) {
	votes := make(map[string]int)
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "vendor" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if filepath.Ext(name) != ".go" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return nil // a file that is broken on purpose votes for nothing
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue
			}
			// The longest tail of the path that is a folder here.
			elems := strings.Split(path, "/")
			for i := 2; i < len(elems); i++ {
				if info, err := os.Stat(filepath.Join(root, filepath.Join(elems[i:]...))); err == nil && info.IsDir() {
					votes[strings.Join(elems[:i], "/")]++
					break
				}
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	best := ""
	for _, path := range slices.Sorted(maps.Keys(votes)) {
		if best == "" || votes[path] > votes[best] {
			best = path
		}
	}
	if best == "" {
		return "", errors.New("no package of the repository imports another one")
	}
	return best, nil
}
