package perturb

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/kernels"
)

func TestInject(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"nothing that meets", "a := 1; _ = a", "a := 1; _ = a"},
		{"a send", "c := make(chan int, 1); c <- 1", "@c := make(chan int, 1); @c <- 1"},
		{"a receive in an expression", "x := 1 + <-c; _ = x", "@x := 1 + <-c; @_ = x"},
		{"locks, and what is deferred", "mu.Lock(); defer mu.Unlock(); n++", "@mu.Lock(); defer mu.Unlock(); @n++"},
		{"only the block that has it", "if ok { mu.Lock() } else { n++ }; n--", "if ok { @mu.Lock() } else { n++ }; n--"},
		{"a goroutine", "go func() { n++; n-- }()", "@go func() { @n++; n-- }()"},
		{"a select", "select { case <-c: n++; n--; case c <- 1: default: }", "@select { case <-c: @n++; n--; case c <- 1: default: }"},
		{"a label", "again: for { <-c; break again }", "again: for { @<-c; @break again }"},
		{"a switch", "switch n { case 1: close(c); return; case 2: n++ }", "switch n { case 1: @close(c); @return; case 2: n++ }"},
		{"a closure in an argument", "do(func() { wg.Wait() })", "do(func() { @wg.Wait() })"},
	} {
		t.Run(test.name, func(t *testing.T) {
			const before, after = "package a\n\nfunc f() {\n\t", "\n}\n"
			got, n, err := inject("a.go", []byte(before+test.body+after), 7)
			if err != nil {
				t.Fatal(err)
			}
			text := string(got)
			for i := range n {
				call := "cloudlintPerturb(" + strings.Join([]string{itoa(7 + i), "7", itoa(n)}, ", ") + "); "
				if strings.Count(text, call) != 1 {
					t.Errorf("there is no single call %q", call)
				}
				text = strings.Replace(text, call, "@", 1)
			}
			if text != before+test.want+after {
				t.Errorf("got %s", text)
			}
		})
	}
	if _, _, err := inject("a.go", []byte("package a\nfunc {"), 0); err == nil {
		t.Error("a file with mistakes is taken")
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// What is put into the standard library's own files can be parsed, and leaves each line where it was.
func TestInjectStandardLibrary(t *testing.T) {
	sites := 0
	for _, dir := range []string{"sync", "net/http", "os/exec", "testing", "context", "database/sql", "go/printer"} {
		files, err := filepath.Glob(filepath.Join(kernels.Goroot(t), "src", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text, n, err := inject(file, src, 0)
			if err != nil {
				t.Fatal(err)
			}
			sites += n
			if _, err := parser.ParseFile(token.NewFileSet(), file, text, 0); err != nil {
				t.Error(err)
			}
			if bytes.Count(src, []byte("\n")) != bytes.Count(text, []byte("\n")) {
				t.Errorf("%s has other lines", file)
			}
		}
	}
	if sites < 1000 {
		t.Errorf("only %d sites", sites)
	}
}

func TestSchedules(t *testing.T) {
	for text, want := range map[string]string{"sleep:7": "sleep:7", "race": "race:0", "site:1,plain": "site:1 plain:0", "nap:1": "", "sleep:x": "", "": "", "sleep:-1": ""} {
		runs, err := Parse(text)
		var names []string
		for _, r := range runs {
			names = append(names, r.String())
		}
		if got := strings.Join(names, " "); err == nil && got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	seen := make(map[string]bool)
	for _, r := range Portfolio(40, 1, true) {
		if seen[r.String()] {
			t.Errorf("%s is there twice", r)
		}
		seen[r.String()] = true
	}
	for _, r := range Portfolio(40, 1, false) {
		if r.Way == Race {
			t.Error("the race detector without a compiler")
		}
	}
}
