package main

import (
	"crypto/sha256"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// commitAll makes a repository of a folder, if it is none, and commits everything in it.
func commitAll(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, ".git")); err != nil {
		git(t, dir, "init", "-q", "-b", "main")
	}
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "--no-verify", "-m", "m")
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	cmd := command(dir, "git", append([]string{"-c", "user.name=n", "-c", "user.email=e@x.y", "-c", "commit.gpgSign=false"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

// edit replaces a text in a file.
func edit(t *testing.T, dir, name, old, new string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%s has no %q: %v", name, old, err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o666); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
		t.Fatal(err)
	}
}

// sums returns the contents of all files in a folder, those of git included.
func sums(t *testing.T, dir string) map[string][sha256.Size]byte {
	t.Helper()
	all := make(map[string][sha256.Size]byte)
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		all[name] = sha256.Sum256(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// pipeline is a package whose goroutines end, as long as the channel is closed.
const pipeline = `
-- pipeline/pipeline.go --
package pipeline

func Sum(xs []int) (sum int) {
	ch := make(chan int)
	done := make(chan int)
	go func() {
		n := 0
		for x := range ch {
			n += x
		}
		done <- n
	}()
	for _, x := range xs {
		ch <- x
	}
	close(ch)
	return <-done
}
`

// stock is another package with a finding, CL1002 at stock/stock.go:6:15.
const stock = `
-- stock/stock.go --
package stock

// Count waits for an answer that nobody gives.

func Count(item string) (int, bool) {
	count, ok := <-make(chan int)
	if !ok {
		return 0, false
	}
	return count, true
}
`

const stockFinding = "stock/stock.go:6:15: CL1002 "

func TestOnlyWhatIsNew(t *testing.T) {
	dir := module(t, price, pipeline, clean)
	commitAll(t, dir)
	r := cloudlint(t, dir, "--new-from-rev=HEAD")
	r.want(t, 0)
	r.wantError(t, 0, "no findings in 3 packages")
	r.wantError(t, 0, "1 finding left out, not new")

	// A change in the function of an old finding, lines that move it, and a new package that git does not know yet.
	edit(t, dir, "store/store.go", "package store\n", "package store\n\n// Prices come from a service.\n")
	edit(t, dir, "store/store.go", "return 0, false", "return -1, false")
	addFiles(t, dir, stock)
	cloudlint(t, dir, "--new-from-rev=HEAD").want(t, 1, stockFinding)
	cloudlint(t, dir, "--new-from-rev=HEAD", "--new-mode=lines").want(t, 1, stockFinding, "store/store.go:8:15: CL1002 ")
	cloudlint(t, dir, "--new-from-rev=HEAD", "./store").want(t, 0)

	// The same from the branch's point of view, one commit later, and with statistics.
	git(t, dir, "checkout", "-q", "-b", "topic")
	commitAll(t, dir)
	r = cloudlint(t, dir, "--new-from-merge-base=main", "--format=json")
	if got := report(t, []byte(r.stdout)); r.status != 1 || len(got.Findings) != 1 || got.Findings[0].File != "stock/stock.go" || got.Stats.NotNew != 1 {
		t.Errorf("got exit status %d and %+v", r.status, got)
	}
	cloudlint(t, dir, "--new-from-rev=HEAD").want(t, 0)
	cloudlint(t, filepath.Join(dir, "stock"), "--new-from-merge-base=main", "--driver=source").want(t, 1, "stock.go:6:15: CL1002 ")
}

// A line that is gone makes a leak elsewhere in the function.
func TestDeletedLine(t *testing.T) {
	dir := module(t, price, pipeline)
	commitAll(t, dir)
	edit(t, dir, "pipeline/pipeline.go", "\tclose(ch)\n", "")
	for _, mode := range []string{"compare", "lines"} {
		r := cloudlint(t, dir, "--new-from-rev=HEAD", "--new-mode", mode, "--format=json")
		got := report(t, []byte(r.stdout))
		if r.status != 1 || len(got.Findings) == 0 || got.Findings[0].File != "pipeline/pipeline.go" || got.Stats.NotNew != 1 {
			t.Errorf("%s: got exit status %d, %+v\n%s", mode, r.status, got, r.stderr)
		}
	}
}

// Packages and modules that have new names have their old findings.
func TestRenamed(t *testing.T) {
	dir := module(t, price, "-- store/more.go --\npackage store\n\n// More is more.\nconst More = 1\n")
	commitAll(t, dir)
	git(t, dir, "mv", "store", "shelf")
	r := cloudlint(t, dir, "--new-from-rev=HEAD")
	r.want(t, 0)
	r.wantError(t, 0, "1 finding left out, not new")
	edit(t, dir, "go.mod", "corp.example/shop", "corp.example/market")
	cloudlint(t, dir, "--new-from-rev=HEAD").want(t, 0)
	// git sees the finding's lines unchanged, too.
	cloudlint(t, dir, "--new-from-rev=HEAD", "--new-mode=lines").want(t, 0)
}

// Where the base does not compile, the lines decide, and somebody is told.
func TestBrokenBase(t *testing.T) {
	dir := module(t, price, stock)
	edit(t, dir, "store/store.go", "return 0, false", "return none, false")
	commitAll(t, dir)
	edit(t, dir, "store/store.go", "return none, false", "return 0, false")
	r := cloudlint(t, dir, "--new-from-rev=HEAD")
	r.want(t, 1, aFinding)
	if !strings.Contains(r.stderr, "could be analysed in part only (store/store.go:8:10: undefined: none): in 1 of the packages") {
		t.Errorf("standard error:\n%s", r.stderr)
	}
	// go refuses everything.
	edit(t, dir, "go.mod", "go 1.26", "go 1.26\n\nnonsense")
	commitAll(t, dir)
	edit(t, dir, "go.mod", "\n\nnonsense", "")
	edit(t, dir, "store/store.go", "return 0, false", "return 1, false")
	r = cloudlint(t, dir, "--new-from-rev=HEAD")
	r.want(t, 1, aFinding)
	if !strings.Contains(r.stderr, "before the change could") {
		t.Errorf("standard error:\n%s", r.stderr)
	}
}

// Several modules, one of them used by another by replacement, a workspace, and a vendor folder.
func TestNewInModules(t *testing.T) {
	const tool = `
-- tool/go.mod --
module corp.example/tool

go 1.26

require corp.example/shop v0.0.0

replace corp.example/shop => ../
-- tool/main.go --
package main

import "corp.example/shop/store"

func main() {
	store.Price("tea")
	ask()
}

func ask() { <-make(chan int) }
`
	for name, files := range map[string]string{
		"modules":   tool,
		"workspace": tool + "-- go.work --\ngo 1.26\n\nuse (\n\t.\n\t./tool\n)\n",
		"vendored": `
-- go.mod --
module corp.example/shop

go 1.26

require corp.example/lib v1.0.0
-- vendor/modules.txt --
# corp.example/lib v1.0.0
## explicit; go 1.26
corp.example/lib
-- vendor/corp.example/lib/lib.go --
package lib

const Name = "lib"
-- tool/main.go --
package main

import _ "corp.example/lib"

func main() {
	ask()
}

func ask() { <-make(chan int) }
`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := module(t, price, files)
			commitAll(t, dir)
			patterns := []string{"store/store.go", "tool/main.go"}
			edit(t, dir, "store/store.go", "return 0, false", "return 1, false")
			edit(t, dir, "tool/main.go", "func main() {\n", "func fresh() {\n\t<-make(chan int)\n}\n\nfunc main() {\n\tfresh()\n")
			r := cloudlint(t, dir, append(patterns, "--new-from-rev=HEAD", "--fail-on=note")...)
			r.want(t, 1, "tool/main.go:6:")
			quiet := func(r result) {
				t.Helper()
				if !strings.Contains(r.stderr, "2 findings left out, not new") || strings.Contains(r.stderr, "warning: ") {
					t.Errorf("standard error:\n%s", r.stderr)
				}
			}
			quiet(r)
			if name == "vendored" { // another version, which the code before the change would not be consistent with
				edit(t, dir, "go.mod", "lib v1.0.0", "lib v1.1.0")
				edit(t, dir, "vendor/modules.txt", "lib v1.0.0", "lib v1.1.0")
				edit(t, dir, "vendor/corp.example/lib/lib.go", "Name", "Title")
				quiet(cloudlint(t, dir, append(patterns, "--new-from-rev=HEAD", "--fail-on=note")...))
			}
		})
	}
}

func TestNewMisuse(t *testing.T) {
	dir := module(t, price)
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"--staged"}, "not in a git repository"},
		{[]string{"--new-from-rev", ""}, "it is empty"},
		{[]string{"--new-from-merge-base="}, "it is empty"},
		{[]string{"--new-from-rev", "--output=x"}, "begins with a dash"},
		{[]string{"--new-from-rev=HEAD", "--new-from-merge-base=main"}, "give one of them"},
		{[]string{"--new-mode=lines"}, "--new-mode goes with"},
		{[]string{"--new-mode=both", "--new-from-rev=HEAD"}, "compare, lines"},
		{[]string{"--staged", "--fix"}, "give one of them"},
		{[]string{"--staged", "--diff"}, "give one of them"},
		{[]string{"--staged", "--overlay=o.json"}, "an overlay of their own"},
	}
	for _, test := range tests {
		r := cloudlint(t, dir, test.args...)
		r.want(t, 2)
		r.wantError(t, 2, test.want)
	}
	commitAll(t, dir)
	for _, args := range [][]string{{"--new-from-rev=nowhere"}, {"--new-from-merge-base=origin/main"}} {
		r := cloudlint(t, dir, args...)
		r.want(t, 2)
		r.wantError(t, 2, "git fetch origin")
	}
	if diff := cmp.Diff([]string{".git", "go.mod", "store"}, entries(t, dir)); diff != "" {
		t.Error(diff)
	}
}
