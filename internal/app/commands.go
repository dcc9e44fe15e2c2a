package app

import (
	"go/parser"
	"go/token"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/driver"
)

// commands finds the packages of commands: in a running program each calls itself main.
type commands struct {
	packages []driver.Package // sorted
	known    map[string]string
}

func newCommands(packages map[string]driver.Package) *commands {
	c := &commands{known: make(map[string]string)}
	for _, importPath := range slices.Sorted(maps.Keys(packages)) {
		if p := packages[importPath]; p.Dir != "" && p.Module.Main {
			c.packages = append(c.packages, p)
		}
	}
	return c
}

// importPath is what verify.Places.Import is.
func (c *commands) importPath(dir string) string {
	for _, p := range c.packages {
		if p.Dir == dir && !strings.HasSuffix(p.ImportPath, ".test") {
			return p.ImportPath
		}
	}
	return ""
}

// dir is what verify.Places.Command is: the folder of the only command with a file of that name, or of the one whose
// folder's name is most like the file's. file has slashes, and may be of another machine.
func (c *commands) dir(file string) string {
	if dir, ok := c.known[file]; ok {
		return dir
	}
	best, found, several := -1, "", false
	for _, p := range c.packages {
		if p.Dir == found || !command(filepath.Join(p.Dir, path.Base(file))) {
			continue
		}
		switch n := common(filepath.ToSlash(p.Dir), path.Dir(file)); {
		case n > best:
			best, found, several = n, p.Dir, false
		case n == best:
			several = true
		}
	}
	if several {
		found = ""
	}
	c.known[file] = found
	return found
}

// command reports whether there is such a file, of package main.
func command(file string) bool {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly)
	return err == nil && tree.Name.Name == "main"
}

// common counts the last elements that two paths share.
func common(a, b string) int {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(as) && n < len(bs) && as[len(as)-1-n] == bs[len(bs)-1-n] {
		n++
	}
	return n
}
