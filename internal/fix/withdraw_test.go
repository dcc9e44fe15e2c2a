package fix

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestAFixThatDoesNotParseIsWithdrawn(t *testing.T) {
	r := newRepo(t, map[string]string{"m.go": server})
	r.fix("m.go", sub{"return s.ListenAndServe()", "return ((s.ListenAndServe()"})
	r.fix("m.go", sub{"http.Client{|}", "Timeout: 1"})
	r.check("withdrawn: not be a Go file", "applied")
	r.wantFile("m.go", strings.Replace(server, "Client{}", "Client{Timeout: 1}", 1))
}

func TestAFixThatDoesNotCompileIsWithdrawnAndTheOthersStay(t *testing.T) {
	const n = 9
	text := "package m\n"
	for i := range n {
		text += fmt.Sprintf("\nvar V%d int = %d%d\n", i, i, i)
	}
	want := strings.NewReplacer("= 00", "= 100", "= 11", "= 101", "= 33", "= 103", "= 44", "= 104", "= 55", "= 105", "= 66", "= 106", "= 88", "= 108").Replace(text)
	r := newRepo(t, map[string]string{"m.go": text, "other/o.go": "package other\n\nvar X = 1\n"})
	var outcomes []string
	for i := range n {
		replacement, outcome := fmt.Sprintf("= 10%d", i), "applied"
		if i == 2 || i == 7 {
			replacement, outcome = `= "text"`, `withdrawn: the result would not compile: m.go:`
		}
		r.fix("m.go", sub{fmt.Sprintf("= %d%d", i, i), replacement})
		outcomes = append(outcomes, outcome)
	}
	r.fix("other/o.go", sub{"1", "2"})
	r.check(append(outcomes, "applied")...)
	r.wantFile("m.go", want)
	r.wantFile("other/o.go", "package other\n\nvar X = 2\n")
}

func TestTwoFixesThatDoNotGoTogether(t *testing.T) {
	r := newRepo(t, map[string]string{"m.go": "package m\n\nfunc F() {\n\tx := 1\n\tprint(x)\n\tprint(x + 1)\n}\n"})
	r.fix("m.go", sub{"print(x)", "print()"})
	r.fix("m.go", sub{"print(x + 1)", "print()"})
	r.check("applied", "withdrawn: declared and not used: x")
}

func TestAFixThatBreaksATest(t *testing.T) {
	r := newRepo(t, map[string]string{
		"m.go":          "package m\n\nfunc f() int { return 1 }\n",
		"m_test.go":     "package m\n\nvar _ int = f()\n",
		"x/x.go":        "package x\n\nvar X = 1\n",
		"x/all_test.go": "package x_test\n\nimport \"example.com/m/x\"\n\nvar _ int = x.X\n",
	})
	r.fix("m.go", sub{"int { return 1", "string { return \"\""})
	r.fix("x/x.go", sub{"1", "\"\""})
	r.check("withdrawn: m_test.go:3:", "withdrawn: all_test.go:5:")
}

func TestAFixThatBreaksAnotherPackage(t *testing.T) {
	files := map[string]string{
		"m.go":      "package m\n\nfunc F() int { return 1 }\n\nfunc G() int { return 2 }\n",
		"use/u.go":  "package use\n\nimport \"example.com/m\"\n\nvar V = m.F()\n",
		"far/f.go":  "package far\n\nimport \"example.com/m/use\"\n\nvar W int = use.V\n",
		"else/e.go": "package other\n\nvar X int = \"broken all along\"\n",
	}
	r := newRepo(t, files)
	r.fix("m.go", sub{"F() int { return 1", "F() string { return \"\""})
	r.fix("m.go", sub{"2", "3"})
	r.check("withdrawn: far/f.go:5:", "applied")
	r.wantFile("m.go", strings.Replace(files["m.go"], "2", "3", 1))
}

func TestPackagesThatDidNotCompileBefore(t *testing.T) {
	r := newRepo(t, map[string]string{
		"bad/b.go":       "package bad\n\nvar X int = \"\"\n\nvar Y = 1\n",
		"bad/b_test.go":  "package bad\n",
		"on/o.go":        "package on\n\nimport _ \"example.com/m/bad\"\n\nvar Y = 1\n",
		"good/g.go":      "package good\n\nvar Y = 1\n",
		"good/g_test.go": "package good\n\nvar X int = \"only the test is broken\"\n",
		"fine/f.go":      "package fine\n\nvar Y = 1\n",
	})
	for _, file := range []string{"bad/b.go", "on/o.go", "good/g.go", "fine/f.go"} {
		r.fix(file, sub{"Y = 1", "Y = 2"})
	}
	r.check("skipped: did not compile before: bad/b.go:3:", "skipped: did not compile before", "applied", "applied")
}

func TestSeveralModules(t *testing.T) {
	r := newRepo(t, map[string]string{
		"go.mod":     "module example.com/one\n\ngo 1.24\n",
		"one.go":     "package one\n\nvar X = 1\n",
		"two/go.mod": "module example.com/two\n\ngo 1.24\n",
		"two/two.go": "package two\n\nvar X int = 1\n",
	})
	r.fix("one.go", sub{"1", "2"})
	r.fix("two/two.go", sub{"1", `""`})
	r.fix("one.go", sub{"X", "Y"}, sub{"|1", "0"})
	r.report.Findings[2].Fix.Edits[1].File = "two/two.go"
	r.check("applied", "withdrawn: would not compile", "skipped: several modules")
}

func TestTagsAndOverlay(t *testing.T) {
	r := newRepo(t, map[string]string{
		"m.go":         "//go:build special\n\npackage m\n\nvar X = helper()\n\nvar Y = 1\n",
		"h.go":         "package m\n",
		"replaced.txt": "package m\n\nfunc helper() int { return 1 }\n",
	})
	r.write("overlay.json", fmt.Sprintf(`{"Replace": {%q: %q}}`, r.path("h.go"), r.path("replaced.txt")))
	r.fix("m.go", sub{"1", "2"})
	r.fix("h.go", sub{"package m\n|", "\nvar Z = 1\n"})
	r.checkWith(Options{Tags: "special", Overlay: r.path("overlay.json")}, "applied", "skipped: overlay")
	r.wantFile("m.go", "//go:build special\n\npackage m\n\nvar X = helper()\n\nvar Y = 2\n")
}

func TestCancellation(t *testing.T) {
	r := newRepo(t, map[string]string{"m.go": server})
	r.fix("m.go", sub{"http.Client{|}", "Timeout: 1"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Prepare(ctx, &r.report, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestSurface(t *testing.T) {
	const text = "package p\n\nvar C = &T{A: 1}\n\nvar L = [...]int{1}\n\nfunc F(n int) int { return n }\n"
	tests := []struct {
		name, old, new string
		same           bool
	}{
		{"a body", "return n", "return n + 1", true},
		{"an element", "A: 1", "A: 2, B: 3", true},
		{"an import and a comment", "package p\n", "package p\n\nimport \"os\"\n\n// C is c.\n", true},
		{"a parameter", "n int", "n int64", false},
		{"a type", "&T", "T", false},
		{"the length of an array", "{1}", "{1, 2}", false},
		{"a declaration more", "package p\n", "package p\n\ntype T struct{}\n", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changed := strings.Replace(text, tt.old, tt.new, 1)
			if got := surface([]byte(text)) == surface([]byte(changed)); got != tt.same {
				t.Errorf("same: %v\n%s\n%s", got, surface([]byte(text)), surface([]byte(changed)))
			}
		})
	}
}
