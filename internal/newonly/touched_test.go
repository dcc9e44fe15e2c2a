package newonly

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// checkout makes a repository with one commit of the files; the work tree gets the changes, and with staged the index.
func checkout(t *testing.T, files, changes map[string]string, staged bool) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	// Settings of whoever runs the tests have no influence.
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "GIT_") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=n", "-c", "user.email=e@x.y"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	write := func(files map[string]string) {
		for name, text := range files {
			file := filepath.Join(dir, name)
			if text == "" {
				err = os.Remove(file)
			} else if err = os.MkdirAll(filepath.Dir(file), 0o777); err == nil {
				err = os.WriteFile(file, []byte(text), 0o666)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	git("init", "-q")
	write(files)
	git("add", ".")
	git("commit", "-q", "-m", "m")
	write(changes)
	if staged {
		git("add", "-A")
	}
	return dir
}

const shop = `package shop

// Open opens.
func Open() {
	a()
	close(ch)
	b()
}

func Close() {
	c()
}

var handler = func() {
	d()
	e()
}
`

func TestTouched(t *testing.T) {
	edit := func(old, new string) map[string]string {
		return map[string]string{"shop.go": strings.Replace(shop, old, new, 1)}
	}
	at := func(line int) finding.Range { return finding.Range{File: "shop.go", Line: line} }
	tests := []struct {
		name    string
		changes map[string]string
		finding finding.Finding
		want    bool
	}{
		{"its line", edit("a()", "a(1)"), finding.Finding{Range: at(5)}, true},
		{"its function", edit("a()", "a(1)"), finding.Finding{Range: at(7)}, true},
		{"a line of its function is gone", edit("\tclose(ch)\n", ""), finding.Finding{Range: at(4)}, true},
		{"the first lines of its function are gone", edit("\ta()\n\tclose(ch)\n", ""), finding.Finding{Range: at(5)}, true},
		{"the last line of its function is gone", edit("\tb()\n", ""), finding.Finding{Range: at(5)}, true},
		{"the comment of its function is gone", edit("// Open opens.\n", ""), finding.Finding{Range: at(4)}, true},
		{"another function", edit("c()", "c(1)"), finding.Finding{Range: at(5)}, false},
		{"lines before", edit("// Open opens.\n", "// Open opens.\n\nfunc before() {}\n\n"), finding.Finding{Range: at(14)}, false},
		{"lines behind", edit("func Close", "func behind() {}\n\nfunc Close"), finding.Finding{Range: at(5)}, false},
		{"a function behind is gone", edit("\nfunc Close() {\n\tc()\n}\n", ""), finding.Finding{Range: at(5)}, false},
		{"a step", edit("c()", "c(1)"), finding.Finding{Range: at(5), Related: []finding.Related{{Range: at(11)}}}, true},
		{"the function of a step", edit("c()", "c(1)"), finding.Finding{Range: at(5), Related: []finding.Related{{Range: at(10)}}}, false},
		{"a variable's function", edit("d()", "d(1)"), finding.Finding{Range: at(16)}, true},
		{"a range", edit("b()", "b(1)"), finding.Finding{Range: finding.Range{File: "shop.go", Line: 5, EndLine: 7}}, true},
		{"another file", map[string]string{"new.go": "package shop\n"}, finding.Finding{Range: at(5)}, false},
		{"an untracked file", map[string]string{"new.go": "package shop\n"}, finding.Finding{Range: finding.Range{File: "new.go", Line: 1}}, true},
		{"a file that does not parse", edit("func Close", "func func"), finding.Finding{Range: at(5)}, true},
		{"a manifest", map[string]string{"deploy.yml": "a: 2\nb: 1\n"}, finding.Finding{Range: finding.Range{File: "deploy.yml", Line: 2}}, true},
		{"another manifest", edit("a()", "a(1)"), finding.Finding{Range: finding.Range{File: "deploy.yml", Line: 2}}, false},
		{"no file", nil, finding.Finding{}, true},
		{"no line", nil, finding.Finding{Range: finding.Range{File: "shop.go"}}, true},
		{"outside", nil, finding.Finding{Range: finding.Range{File: "/elsewhere/a.go", Line: 1}}, true},
		{"another repository within", nil, finding.Finding{Range: finding.Range{File: "sub/a.go", Line: 1}}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := checkout(t, map[string]string{"shop.go": shop, "deploy.yml": "a: 1\nb: 1\n", ".gitignore": "sub\n"}, test.changes, false)
			if err := os.MkdirAll(filepath.Join(dir, "sub", ".git"), 0o777); err != nil {
				t.Fatal(err)
			}
			c, err := Open(t.Context(), Options{Dir: dir, Rev: "HEAD", Mode: Lines})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			touched, err := c.touch(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			if got := touched.finding(&test.finding); got != test.want {
				t.Errorf("got %v, want %v; changes %+v", got, test.want, touched.files)
			}
		})
	}
}
