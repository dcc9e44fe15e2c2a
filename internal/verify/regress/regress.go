// Package regress writes tests that fail as long as a leak is there which a run of tests has shown. They need neither
// cloudlint nor any other package: each runs the test that has shown the leak, and counts the goroutines that then wait in
// its place.
package regress

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"unicode"
)

// A Leak is what a test is to be written about.
type Leak struct {
	Dir      string // of the package whose test has shown it
	Test     string // the name of that test, with its subtest, if it is one
	Func     string // in which the goroutines wait, as stacks name it
	Function string // the same for people
	Place    string // file and line
	What     string // what they do: "it sends on a channel"
	Code     string // of the finding
}

// A File is one that has been made.
type File struct {
	Path  string
	Text  []byte
	Tests []string // their names
	Leaks []Leak   // what they are about, in the same order
}

//go:embed regress.tmpl
var text string

// names of the files: for tests inside the package, and for those outside.
const (
	inside  = "cloudlint_leak_test.go"
	outside = "cloudlint_leak_x_test.go"
)

// Files makes the files for leaks: at most two for each package. Leaks whose test has no function of its own are passed over.
// It is an error if a file is there already.
func Files(leaks []Leak) ([]File, error) {
	type key struct{ dir, pkg string }
	type test struct {
		Leak
		Name, Top string
	}
	tests := make(map[key][]test)
	var keys []key
	taken := make(map[string]bool) // names, with their folders
	for _, l := range leaks {
		top, _, _ := strings.Cut(l.Test, "/")
		pkg, err := declares(l.Dir, top, taken)
		if err != nil {
			return nil, err
		}
		if pkg == "" {
			continue
		}
		t := test{Leak: l, Top: top, Name: top + "LeavesNothingIn" + identifier(l.Function)}
		for base, n := t.Name, 2; taken[l.Dir+"\n"+t.Name]; n++ {
			t.Name = fmt.Sprint(base, n)
		}
		taken[l.Dir+"\n"+t.Name] = true
		k := key{l.Dir, pkg}
		if tests[k] == nil {
			keys = append(keys, k)
		}
		tests[k] = append(tests[k], t)
	}
	page, err := template.New("").Parse(text)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, k := range keys {
		f := File{Path: filepath.Join(k.dir, inside)}
		if strings.HasSuffix(k.pkg, "_test") {
			f.Path = filepath.Join(k.dir, outside)
		}
		if _, err := os.Lstat(f.Path); !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s is there already: remove it, or give it another name", f.Path)
		}
		var b bytes.Buffer
		if err := page.Execute(&b, map[string]any{"Package": k.pkg, "Tests": tests[k]}); err != nil {
			return nil, err
		}
		if f.Text, err = format.Source(b.Bytes()); err != nil {
			return nil, err
		}
		for _, t := range tests[k] {
			f.Tests, f.Leaks = append(f.Tests, t.Name), append(f.Leaks, t.Leak)
		}
		files = append(files, f)
	}
	return files, nil
}

// declares returns the name of the package in a folder that declares a test, or nothing, and notes which names are taken.
func declares(dir, test string, taken map[string]bool) (pkg string, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		return "", err
	}
	slices.Sort(names)
	fset := token.NewFileSet()
	for _, name := range names {
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return "", err
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil {
				continue
			}
			taken[dir+"\n"+f.Name.Name] = true
			// A benchmark, an example or a fuzz test takes something else than a *testing.T.
			if f.Name.Name == test && strings.HasPrefix(test, "Test") {
				pkg = file.Name.Name
			}
		}
	}
	return pkg, nil
}

// identifier makes a part of a name: "(*Stock).Count" gives StockCount.
func identifier(function string) string {
	var b strings.Builder
	upper := true
	for _, r := range function {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) && b.Len() > 0:
			if upper {
				r = unicode.ToUpper(r)
			}
			b.WriteRune(r)
			upper = false
		default:
			upper = true
		}
	}
	return b.String()
}
