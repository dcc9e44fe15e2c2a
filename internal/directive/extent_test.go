package directive_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/directive"
)

// index parses a file and indexes its directives as the analyzer does.
func index(t testing.TB, source string) (*token.FileSet, *ast.File, *directive.Index) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return fset, file, indexOf(t, fset, file)
}

func indexOf(t testing.TB, fset *token.FileSet, file *ast.File) *directive.Index {
	t.Helper()
	result, err := directive.Analyzer.Run(&analysis.Pass{Fset: fset, Files: []*ast.File{file}})
	if err != nil {
		t.Fatal(err)
	}
	return result.(*directive.Index)
}

// silenced returns the lines on which a finding of CL1001 is silenced.
func silenced(fset *token.FileSet, file *ast.File, ix *directive.Index) []int {
	var lines []int
	tf := fset.File(file.FileStart)
	for line := 1; line <= tf.LineCount(); line++ {
		if ix.Suppressing(fset, tf.LineStart(line), "CL1001", "stuck", "goroutineleak", "goroutines") != nil {
			lines = append(lines, line)
		}
	}
	return lines
}

// TestExtent shows where directives reach: the lines that begin with "=" are silenced, and no others.
func TestExtent(t *testing.T) {
	for _, test := range []struct{ name, source string }{
		{"at the end of a line", `
 func f() {
 	before()
=	work() //cloudlint:ignore CL1001 x
 	after()
 }`},
		{"at the end of the first line of a statement", `
 func f() {
=	go work(func() { //cloudlint:ignore CL1001 x
=		send()
=	})
 	after()
 }`},
		{"inside a statement", `
 func f() {
 	work(
=		a, //cloudlint:ignore CL1001 x
 		b,
 	)
 }`},
		{"at the end of the last line of a statement", `
 func f() {
 	s := &Server{
 		Addr: a,
=	} //cloudlint:ignore CL1001 x
 }`},
		{"alone above a statement", `
 func f() {
=	//cloudlint:ignore CL1001 x
=	if a {
=		work()
=	} else {
=		rest()
=	}
 	after()
 }`},
		{"alone above one of two statements of a line", `
 func f() {
=	//cloudlint:ignore CL1001 x
=	one(); two(func() {
=	})
 	after()
 }`},
		{"alone above a blank line", `
 func f() {
=	//cloudlint:ignore CL1001 x
 
 	work()
 }`},
		{"at the end of a block", `
 func f() {
 	if a {
 		work()
=		//cloudlint:ignore CL1001 x
 	} else {
 		rest()
 	}
 }`},
		{"at the end of the file", `
 func f() {}
=//cloudlint:ignore CL1001 x`},
		{"beside else", `
 func f() {
 	if a {
 		work()
=	} else { //cloudlint:ignore CL1001 x
=		rest()
=	}
 	after()
 }`},
		{"alone in a list of arguments", `
 func f() {
 	g.Go(
=		//cloudlint:ignore CL1001 x
=		wrap(func() error {
=			return work()
=		}),
 		other(),
 	)
 }`},
		{"alone above the last argument", `
 func f() {
 	work(a,
=		//cloudlint:ignore CL1001 x
=		b)
 	after()
 }`},
		{"doc comment of a function", `
=//cloudlint:ignore CL1001 x
=// f works.
=func f() {
=	work()
=}
 func g() {}`},
		{"last line of a doc comment, as gofmt puts it", `
 // f works.
 //
=//cloudlint:ignore CL1001 x
=func f[T any, P interface{ *T }](
=	x P,
=) {
=	work()
=}
 func g() {}`},
		{"first line of a method with type parameters", `
=func (s *Set[T]) Add(x T) { //cloudlint:ignore CL1001 x
=	s.c <- x
=}
 func g() {}`},
		{"last line of a signature", `
 func f(
 	x int,
=) error { //cloudlint:ignore CL1001 x
=	return nil
=}
 func g() {}`},
		{"struct field", `
 type t struct {
 	a int
=	//cloudlint:ignore CL1001 x
=	b struct {
=		c int
=	}
 	d int
=	e int //cloudlint:ignore CL1001 x
 }`},
		{"interface method", `
 type t interface {
=	//cloudlint:ignore CL1001 x
=	Do(
=		x int,
=	)
 	Other()
 }`},
		{"element of a composite literal", `
 var s = Server{
 	Addr: a,
=	//cloudlint:ignore CL1001 x
=	Handler: func() {
=		work()
=	},
 	Other: b,
 }
 var t = []Server{
=	//cloudlint:ignore CL1001 x
=	{
=		Addr: a,
=	},
 	{},
 }`},
		{"case clauses", `
 func f() {
 	switch a {
=	//cloudlint:ignore CL1001 x
=	case 1:
=		work()
 	case 2:
 		work()
=	default: //cloudlint:ignore CL1001 x
=		work()
 	}
 	select {
=	case <-c: //cloudlint:ignore CL1001 x
=		work()
 	case <-d:
 	}
 }`},
		{"label", `
 func f() {
=	//cloudlint:ignore CL1001 x
=loop:
=	for {
=		break loop
=	}
 	after()
 }`},
		{"a spec in a group, and a group", `
 var (
 	a = 1
=	//cloudlint:ignore CL1001 x
=	b = func() int {
=		return 2
=	}()
 	c = 3
 )
=//cloudlint:ignore CL1001 x
=var (
=	d = 1
=	e = 2
=)
 var g = 1`},
		{"other comments between", `
 func f() {
=	//cloudlint:ignore CL1001 x
=	// It says why.
=	/* and
=	   more */
=	work()
 	after()
 }`},
		{"several above each other", `
 func f() {
 	//nolint:gosec // y
=	//cloudlint:ignore CL1001 x
=	//lint:ignore SA1000 z
=	work()
 	after()
 }`},
		{"several in one comment", `
 func f() {
=	work() //nolint:gosec //cloudlint:ignore CL1001 x
 	after()
 }`},
		{"for another rule", `
 func f() {
 	work() //cloudlint:ignore CL2001 x
 }`},
		{"without a reason", `
 func f() {
 	work() //cloudlint:ignore CL1001
=	work() //nolint:goroutineleak
 }`},
		{"method chain", `
 func f() {
 	client.
=		Get(x). //cloudlint:ignore CL1001 x
 		Do()
 }`},
		{"raw string", "\n func f() {\n 	work(`//cloudlint:ignore CL1001 x\n=	`) //cloudlint:ignore CL1001 x\n 	after()\n }"},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := strings.Split("package p"+test.source, "\n")
			var want []int
			for i, line := range lines[1:] {
				if strings.HasPrefix(line, "=") {
					want = append(want, i+2)
				}
				lines[i+1] = line[min(len(line), 1):]
			}
			for ending, name := range map[string]string{"\n": "LF", "\r\n": "CRLF"} {
				fset, file, ix := index(t, strings.Join(lines, ending))
				if diff := cmp.Diff(want, silenced(fset, file, ix)); diff != "" {
					t.Errorf("%s: lines that are silenced (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func TestPackageClause(t *testing.T) {
	for _, test := range []struct {
		name, source string
		want         []int
	}{
		{"above", "// Package p is a test.\n//\n//cloudlint:ignore CL1001 x\npackage p\n\nfunc f() {\n}", []int{3, 4, 5, 6, 7}},
		{"beside", "package p //cloudlint:ignore CL1001 x\n\nfunc f() {\n}", []int{1}},
		{"apart", "//cloudlint:ignore CL1001 x\n\npackage p\n\nfunc f() {\n}", []int{1}},
	} {
		fset, file, ix := index(t, test.source)
		if diff := cmp.Diff(test.want, silenced(fset, file, ix)); diff != "" {
			t.Errorf("%s the package clause: lines that are silenced (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestPositions(t *testing.T) {
	fset, _, ix := index(t, "package p\n\nvar x = 1 //nolint:gosec //cloudlint:ignore CL1001 x\n")
	var got []string
	for _, d := range ix.All {
		from, to := fset.Position(d.Pos), fset.Position(d.End)
		got = append(got, fmt.Sprintf("%s %d:%d-%d:%d", d.Kind, from.Line, from.Column, to.Line, to.Column))
	}
	want := []string{"nolint 3:11-3:26", "cloudlint:ignore 3:26-3:53"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
}

func TestGeneratedFilesHaveNoDirectives(t *testing.T) {
	const source = "package p\n\nvar x = 1 //cloudlint:ignore CL1001 x\n"
	if _, _, ix := index(t, source); len(ix.All) != 1 {
		t.Errorf("%d directives in an ordinary file, want 1", len(ix.All))
	}
	if _, _, ix := index(t, "// Code generated by stringer; DO NOT EDIT.\n\n"+source); len(ix.All) != 0 {
		t.Errorf("%d directives in a generated file, want none", len(ix.All))
	}
	if _, _, ix := index(t, "// Code generated by cmd/cgo; DO NOT EDIT.\n\n//line x.go:1:1\n"+source); len(ix.All) != 1 {
		t.Errorf("%d directives in what cmd/cgo made of an ordinary file, want 1", len(ix.All))
	}
}

// FuzzExtent: for every file, even one that the parser had to mend, a directive lies in the file and silences its own
// line.
func FuzzExtent(f *testing.F) {
	for _, seed := range []string{
		"package p\n//cloudlint:ignore CL1001 x\nfunc f() { //nolint\n}\n",
		"package p //cloudlint:ignore CL1001 x\n", "//cloudlint:ignore CL1001 x\n", "package p\r\nvar (\r\n//nolint:all\r\n",
		"package p\nfunc f() { switch {\n//nolint\ncase\n", "package p\n//line y.go:100:2\nvar x = /*\n*/ 1 //nolint\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		fset := token.NewFileSet()
		file, _ := parser.ParseFile(fset, "x.go", source, parser.ParseComments|parser.SkipObjectResolution)
		if file == nil {
			return
		}
		ix := indexOf(t, fset, file)
		tf := fset.File(file.FileStart)
		for _, d := range ix.All {
			if int(d.Pos) < tf.Base() || d.End < d.Pos {
				t.Errorf("%q: directive from %d to %d", source, d.Pos, d.End)
			}
			effective := d.Suppresses("CL1001", "stuck", "goroutineleak", "goroutines")
			by := ix.Suppressing(fset, d.Pos, "CL1001", "stuck", "goroutineleak", "goroutines")
			if effective && by == nil {
				t.Errorf("%q: a directive does not silence its own line", source)
			}
		}
	})
}
