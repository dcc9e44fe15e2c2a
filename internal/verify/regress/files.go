package regress

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/template"
)

// A File is one to be written.
type File struct {
	Path  string
	Text  []byte
	Tests []*Test
}

//go:embed regress.tmpl
var text string

// A page is a file in which the tests of one home are.
type page struct {
	path string
	home home
	ids  map[string]string // the names of what it imports, by path, and of its helpers
}

// page returns the page of a home.
func (p *Plan) page(h home, s *source) *page {
	if p.pages[h] != nil {
		return p.pages[h]
	}
	name := "cloudlint_leak"
	if h.outside {
		name += "_x"
	}
	number := 1 // of the pages whose names would be the same
	for other := range p.pages {
		if other.dir == h.dir && other.outside == h.outside && other.suffix == h.suffix {
			number++
		}
	}
	if number > 1 {
		name += fmt.Sprint(number)
	}
	g := &page{path: filepath.Join(h.dir, name+h.suffix+"_test.go"), home: h, ids: make(map[string]string)}
	for _, path := range []string{"fmt", "runtime", "strings", "testing", "testing/synctest", "time"} {
		g.ids[path] = s.free(base(path))
	}
	for _, name := range []string{"leavesNothingIn", "leavesNothingInBubble", "goroutineStacks"} {
		g.ids[name] = s.free(name)
		s.taken[g.ids[name]] = true // another page may be in the same package
	}
	p.pages[h] = g
	return g
}

// base is the name of a package of the standard library.
func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// Existing returns the files of the plan that are there already.
func (p *Plan) Existing() []string {
	var list []string
	for _, g := range p.pages {
		if _, err := os.Lstat(g.path); !errors.Is(err, fs.ErrNotExist) {
			list = append(list, g.path)
		}
	}
	slices.Sort(list)
	return list
}

// Files makes the files of tests, and sorts them by name.
func Files(tests []*Test) ([]File, error) {
	tmpl, err := template.New("").Parse(text)
	if err != nil {
		return nil, err
	}
	pages := make(map[*page][]*Test)
	for _, t := range tests {
		pages[t.page] = append(pages[t.page], t)
	}
	var files []File
	for g, list := range pages {
		forms := make(map[Form]bool)
		for _, t := range list {
			forms[t.Form] = true
		}
		paths := []string{"runtime", "strings", "testing", "time"}
		if forms[Bubble] {
			paths = append(paths, "fmt", "testing/synctest")
			slices.Sort(paths)
		}
		var imports []string
		for _, path := range paths {
			spec := strconv.Quote(path)
			if name := g.ids[path]; name != base(path) {
				spec = name + " " + spec
			}
			imports = append(imports, spec)
		}
		var b bytes.Buffer
		err := tmpl.Execute(&b, map[string]any{
			"Build": g.home.build, "Package": g.home.pkg, "IDs": g.ids, "Imports": imports,
			"Tests": list, "Bubble": forms[Bubble], "Check": forms[Check],
		})
		if err != nil {
			return nil, err
		}
		f := File{Path: g.path, Tests: list}
		if f.Text, err = format.Source(b.Bytes()); err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// Call is what a test calls, as an expression.
func (t *Test) Call() string {
	if !t.decl.example {
		return t.Top
	}
	return "func(*" + t.page.ids["testing"] + ".T) { " + t.Top + "() }"
}

// Bubble reports whether a test is one of a bubble.
func (t *Test) Bubble() bool { return t.Form == Bubble }
