package fix

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// A repo is a folder with a report about its files.
type repo struct {
	t      *testing.T
	dir    string
	report finding.Report
}

// newRepo writes files by name. Without a go.mod among them, the folder is the module example.com/m.
func newRepo(t *testing.T, files map[string]string) *repo {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &repo{t: t, dir: dir}
	r.report.Root = r.dir
	if files["go.mod"] == "" {
		r.write("go.mod", "module example.com/m\n\ngo 1.24\n")
	}
	for name, text := range files {
		r.write(name, text)
	}
	return r
}

func (r *repo) path(name string) string { return filepath.Join(r.dir, filepath.FromSlash(name)) }

func (r *repo) write(name, text string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(r.path(name)), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(r.path(name), []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repo) read(name string) string {
	r.t.Helper()
	text, err := os.ReadFile(r.path(name))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(text)
}

// A sub replaces the only occurrence of old in a file. "a|b" inserts at the bar between a and b.
type sub struct{ old, new string }

// fix adds a finding with a safe fix to the report.
func (r *repo) fix(file string, subs ...sub) *finding.Fix {
	r.t.Helper()
	text := r.read(file)
	fix := &finding.Fix{Message: "fix it", Safe: true}
	for _, s := range subs {
		before, after, insert := strings.Cut(s.old, "|")
		if strings.Count(text, before+after) != 1 {
			r.t.Fatalf("%q is not unique in %s", s.old, file)
		}
		start := strings.Index(text, before+after)
		end := start + len(before)
		if insert {
			start = end
		}
		fix.Edits = append(fix.Edits, finding.Edit{File: file, Start: start, End: end, New: s.new})
	}
	f := finding.Finding{Code: "CL2001", Fix: fix}
	f.File, f.Line, f.Column = file, 1+strings.Count(text[:fix.Edits[0].Start], "\n"), 1
	r.report.Findings = append(r.report.Findings, f)
	return fix
}

func (r *repo) prepare(opts Options) *Plan {
	r.t.Helper()
	plan, err := Prepare(r.t.Context(), &r.report, opts)
	if err != nil {
		r.t.Fatal(err)
	}
	return plan
}

// check applies the fixes and compares what becomes of them, as "status" or "status: part of the reason".
func (r *repo) check(want ...string) {
	r.t.Helper()
	r.checkWith(Options{}, want...)
}

func (r *repo) checkWith(opts Options, want ...string) {
	r.t.Helper()
	plan := r.prepare(opts)
	if len(plan.Outcomes) != len(want) {
		r.t.Fatalf("%d outcomes, want %d: %+v", len(plan.Outcomes), len(want), plan.Outcomes)
	}
	for i, o := range plan.Outcomes {
		got := string(o.Status)
		if o.Reason != "" {
			got += ": " + o.Reason
		}
		status, reason, _ := strings.Cut(want[i], ": ")
		if string(o.Status) != status || !strings.Contains(o.Reason, reason) || reason == "" && o.Reason != "" {
			r.t.Errorf("fix %d: %s\nwant %s", i+1, got, want[i])
		}
	}
	if err := plan.Apply(); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repo) wantFile(name, want string) {
	r.t.Helper()
	if diff := cmp.Diff(want, r.read(name)); diff != "" {
		r.t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

const server = `package m

import "net/http"

func Serve() error {
	s := &http.Server{Addr: ":80"}
	return s.ListenAndServe()
}

func Other() *http.Client {
	return &http.Client{}
}
`

func TestAFixIsAppliedAndFormatted(t *testing.T) {
	r := newRepo(t, map[string]string{"m.go": server})
	r.fix("m.go", sub{`"net/http"|`, "\nimport   \"time\""}, sub{`":80"|`, `,ReadHeaderTimeout:10*time.Second`})
	r.check("applied")
	r.wantFile("m.go", strings.NewReplacer(
		`import "net/http"`, "import \"net/http\"\nimport \"time\"",
		`":80"`, `":80", ReadHeaderTimeout: 10 * time.Second`).Replace(server))
}

func TestOnlySafeFixesUnlessAsked(t *testing.T) {
	r := newRepo(t, map[string]string{"m.go": server})
	r.fix("m.go", sub{"http.Client{|}", "Timeout: 1"}).Safe = false
	r.check("skipped: --unsafe-fixes")
	r.wantFile("m.go", server)
	r.checkWith(Options{Unsafe: true}, "applied")
	r.wantFile("m.go", strings.Replace(server, "Client{}", "Client{Timeout: 1}", 1))
}

func TestFindingsWithoutFixAreNoOutcome(t *testing.T) {
	r := newRepo(t, map[string]string{"m.go": server})
	r.report.Findings = []finding.Finding{{Code: "CL2001"}, {Code: "CL2002", Fix: new(finding.Fix)}}
	r.check()
}

func TestDiffWritesNothing(t *testing.T) {
	r := newRepo(t, map[string]string{"sub/m.go": server})
	r.fix("sub/m.go", sub{"http.Client{|}", "Timeout: 1"})
	var out bytes.Buffer
	if err := r.prepare(Options{}).Diff(&out); err != nil {
		t.Fatal(err)
	}
	want := `--- a/sub/m.go
+++ b/sub/m.go
@@ -8,5 +8,5 @@
 }
 
 func Other() *http.Client {
-	return &http.Client{}
+	return &http.Client{Timeout: 1}
 }
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	r.wantFile("sub/m.go", server)
}

func TestFilesThatMustNotBeEdited(t *testing.T) {
	const text = "package m\n\nvar X = 1\n"
	tests := []struct {
		name, want string
		files      map[string]string
		file       string // m.go if empty
		prepare    func(r *repo)
	}{
		{name: "generated", want: "skipped: generated",
			files: map[string]string{"m.go": "// Code generated by a tool. DO NOT EDIT.\n\n" + text}},
		{name: "read-only", want: "skipped: read-only",
			prepare: func(r *repo) { r.chmod("m.go", 0o444) }},
		{name: "vendored", want: "skipped: vendored", file: "vendor/example.com/v/v.go",
			files: map[string]string{"vendor/example.com/v/v.go": text}},
		{name: "in no module", want: "skipped: no module",
			prepare: func(r *repo) { r.remove("go.mod") }},
		{name: "gone", want: "skipped: cannot be read",
			prepare: func(r *repo) { r.remove("m.go") }},
		{name: "a syntax error since", want: "skipped: syntax error",
			prepare: func(r *repo) { r.write("m.go", text+"func {}\n") }},
		{name: "shorter now", want: "skipped: has changed",
			prepare: func(r *repo) { r.write("m.go", "package m\n") }},
		{name: "outside the root", want: "skipped: outside",
			prepare: func(r *repo) {
				r.report.Root = r.path("inner")
				r.write("inner/x.go", text)
				r.report.Findings[0].Fix.Edits[0].File = filepath.ToSlash(r.path("m.go"))
			}},
		{name: "outside the root by dots", want: "skipped: outside",
			prepare: func(r *repo) {
				r.report.Root = r.path("inner")
				r.write("inner/x.go", text)
				r.report.Findings[0].Fix.Edits[0].File = "../m.go"
			}},
		{name: "a symbolic link that leads outside", want: "skipped: symbolic link",
			prepare: func(r *repo) {
				outside := newRepo(r.t, map[string]string{"m.go": text})
				r.remove("m.go")
				r.symlink(outside.path("m.go"), "m.go")
			}},
		{name: "in the module cache", want: "skipped: belongs to",
			prepare: func(r *repo) { r.t.Setenv("GOMODCACHE", r.dir) }},
		{name: "not part of the build", want: "withdrawn: not part of the build",
			files: map[string]string{"m.go": "//go:build never\n\n" + text, "n.go": "package m\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"m.go": text}
			for name, text := range tt.files {
				files[name] = text
			}
			r := newRepo(t, files)
			if tt.file == "" {
				tt.file = "m.go"
			}
			r.fix(tt.file, sub{"1", "2"})
			if tt.prepare != nil {
				tt.prepare(r)
			}
			before, _ := os.ReadFile(r.path(tt.file))
			r.check(tt.want)
			if after, _ := os.ReadFile(r.path(tt.file)); !bytes.Equal(before, after) {
				t.Errorf("the file was changed to %q", after)
			}
		})
	}
}

func (r *repo) chmod(name string, mode os.FileMode) {
	r.t.Helper()
	if err := os.Chmod(r.path(name), mode); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repo) remove(name string) {
	r.t.Helper()
	if err := os.Remove(r.path(name)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repo) symlink(target, name string) {
	r.t.Helper()
	if err := os.Symlink(target, r.path(name)); err != nil {
		r.t.Skip(err)
	}
}

func TestAFileThatChangedAfterTheAnalysisBegan(t *testing.T) {
	r := newRepo(t, map[string]string{"m.go": server})
	r.fix("m.go", sub{"http.Client{|}", "Timeout: 1"})
	r.checkWith(Options{Started: time.Now().Add(-time.Hour)}, "skipped: changed since it was analysed")
	r.checkWith(Options{Started: time.Now().Add(time.Hour)}, "applied")
}

func TestAFileThatChangesBetweenPrepareAndApply(t *testing.T) {
	r := newRepo(t, map[string]string{"a/a.go": "package a\n\nvar X = 1\n", "b/b.go": "package b\n\nvar X = 1\n"})
	r.fix("a/a.go", sub{"1", "2"})
	r.fix("b/b.go", sub{"1", "2"})
	plan := r.prepare(Options{})
	r.write("b/b.go", "package b\n\nvar X = 3\n")
	if err := plan.Apply(); err == nil || !strings.Contains(err.Error(), "b/b.go has changed") {
		t.Errorf("Apply: %v", err)
	}
	r.wantFile("a/a.go", "package a\n\nvar X = 1\n")
	r.wantFile("b/b.go", "package b\n\nvar X = 3\n")
	r.wantNoTemporaryFiles()
}

func TestAFolderThatCannotBeWrittenToChangesNothing(t *testing.T) {
	if os.Getuid() <= 0 {
		t.Skip("permissions do not bind this user")
	}
	r := newRepo(t, map[string]string{"a/a.go": "package a\n\nvar X = 1\n", "b/b.go": "package b\n\nvar X = 1\n"})
	r.fix("a/a.go", sub{"1", "2"})
	r.fix("b/b.go", sub{"1", "2"})
	r.chmod("b", 0o555)
	defer r.chmod("b", 0o755)
	if err := r.prepare(Options{}).Apply(); err == nil {
		t.Error("no error")
	}
	r.wantFile("a/a.go", "package a\n\nvar X = 1\n")
	r.wantNoTemporaryFiles()
}

func (r *repo) wantNoTemporaryFiles() {
	r.t.Helper()
	if left, _ := filepath.Glob(r.path("*/.cloudlint*")); len(left) > 0 {
		r.t.Errorf("left behind: %v", left)
	}
}

func TestModeAndLinksAreKept(t *testing.T) {
	r := newRepo(t, map[string]string{"real/m.go": "package m\n\nvar X = 1\n", "link/n.go": "package m\n"})
	r.chmod("real/m.go", 0o751)
	r.symlink("../real/m.go", "link/m.go")
	r.fix("link/m.go", sub{"1", "2"})
	r.fix("real/m.go", sub{"1", "2"}) // the same file by its other name: the same edit
	r.check("applied", "applied")
	r.wantFile("real/m.go", "package m\n\nvar X = 2\n")
	info, err := os.Stat(r.path("real/m.go"))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o751 {
		t.Errorf("mode %v", info.Mode())
	}
	if target, err := os.Readlink(r.path("link/m.go")); err != nil {
		t.Errorf("the link is gone: %v %v", target, err)
	}
	r.wantNoTemporaryFiles()
}

func TestTheRootMayBeASymbolicLink(t *testing.T) {
	r := newRepo(t, map[string]string{"inner/m.go": "package m\n\nvar X int = 1\n", "inner/n.go": "package m\n\nvar Y int = 1\n"})
	r.symlink("inner", "link")
	r.fix("inner/m.go", sub{"1", "2"})
	r.fix("inner/n.go", sub{"1", `""`})
	r.report.Root = r.path("link")
	for i, name := range []string{"m.go", "n.go"} {
		r.report.Findings[i].Fix.Edits[0].File = name
	}
	r.check("applied", "withdrawn: would not compile")
	r.wantFile("inner/m.go", "package m\n\nvar X int = 2\n")
}

func TestConflicts(t *testing.T) {
	const text = "package m\n\nvar X = f(1)\n\nfunc f(n ...int) int { return len(n) }\n"
	type fix []sub
	tests := []struct {
		name   string
		fixes  []fix
		want   []string
		result string // replaces var X = f(1)
	}{
		{"overlapping replacements: the first wins", []fix{{{"f(1)", "f(2)"}}, {{"(1)", "(3)"}}},
			[]string{"applied", "conflict: it overlaps the fix of CL2001 at m.go:3:1"}, "var X = f(2)"},
		{"an insertion inside a replacement", []fix{{{"f(1)", "f(2)"}}, {{"f(1|)", ", 2"}}},
			[]string{"applied", "conflict: overlaps"}, "var X = f(2)"},
		{"equal edits are made once", []fix{{{"f(1)", "f(2)"}}, {{"f(1)", "f(2)"}}},
			[]string{"applied", "applied"}, "var X = f(2)"},
		{"insertions at one place, in order", []fix{{{"(1|)", ", 2"}}, {{"(1|)", ", 3"}}},
			[]string{"applied", "applied"}, "var X = f(1, 2, 3)"},
		{"an insertion beside a replacement", []fix{{{"1", "4"}}, {{"(1|)", ", 3"}}},
			[]string{"applied", "applied"}, "var X = f(4, 3)"},
		{"edits of one fix that overlap", []fix{{{"f(1)", "2"}, {"(1)", ""}}},
			[]string{"conflict: its own edits overlap"}, "var X = f(1)"},
		{"a fix is applied whole or not at all", []fix{{{"(1)", "(2)"}}, {{"(1)", "(3)"}, {"len(n)", "0"}}},
			[]string{"applied", "conflict: overlaps"}, "var X = f(2)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRepo(t, map[string]string{"m.go": text})
			for _, f := range tt.fixes {
				r.fix("m.go", f...)
			}
			r.check(tt.want...)
			r.wantFile("m.go", strings.Replace(text, "var X = f(1)", tt.result, 1))
		})
	}
}

func TestImports(t *testing.T) {
	const text = `package m

import (
	"net/http"
)

func A() *http.Client { return &http.Client{} }
func B() *http.Server { return &http.Server{} }
`
	const want = `package m

import (
	"net/http"
	"time"
)

func A() *http.Client { return &http.Client{Timeout: time.Second} }
func B() *http.Server { return &http.Server{ReadTimeout: time.Second} }
`
	a, b := sub{"Client{|} }", "Timeout: time.Second"}, sub{"Server{|} }", "ReadTimeout: time.Second"}

	t.Run("the same import added at the same place", func(t *testing.T) {
		r := newRepo(t, map[string]string{"m.go": text})
		r.fix("m.go", sub{"http\"|\n", "\n\t\"time\""}, a)
		r.fix("m.go", sub{"http\"|\n", "\n\t\"time\""}, b)
		r.check("applied", "applied")
		r.wantFile("m.go", want)
	})
	t.Run("the same import added at different places and in different forms", func(t *testing.T) {
		r := newRepo(t, map[string]string{"m.go": text})
		r.fix("m.go", sub{"http\"|\n", "\n\t\"time\""}, a)
		r.fix("m.go", sub{"http\"\n)|", "\nimport \"time\"\n"}, b)
		r.check("applied", "applied")
		r.wantFile("m.go", want)
	})
	t.Run("two fixes that each remove one of the last uses of a package", func(t *testing.T) {
		r := newRepo(t, map[string]string{"m.go": `package m

import (
	"fmt"
	"os" // for Exit
)

func A() { fmt.Println(1); os.Exit(1) }
func B() { fmt.Println(2); os.Exit(2) }
`})
		r.fix("m.go", sub{"; os.Exit(1)", ""})
		r.fix("m.go", sub{"; os.Exit(2)", ""})
		r.check("applied", "applied")
		r.wantFile("m.go", "package m\n\nimport (\n\t\"fmt\"\n)\n\nfunc A() { fmt.Println(1) }\nfunc B() { fmt.Println(2) }\n")
	})
	t.Run("the only import goes", func(t *testing.T) {
		r := newRepo(t, map[string]string{"m.go": "package m\n\nimport \"os\"\n\nfunc A() { os.Exit(1) }\n"})
		r.fix("m.go", sub{"os.Exit(1)", "panic(1)"})
		r.check("applied")
		r.wantFile("m.go", "package m\n\nfunc A() { panic(1) }\n")
	})
}

func TestLineEnds(t *testing.T) {
	crlf := func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
	r := newRepo(t, map[string]string{"m.go": crlf(server)})
	r.fix("m.go", sub{"http.Client{|}", "\n\t\tTimeout: 1,\n"})
	r.check("applied")
	r.wantFile("m.go", crlf(strings.Replace(server, "Client{}", "Client{\n\t\tTimeout: 1,\n\t}", 1)))
}
