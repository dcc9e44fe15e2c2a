package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The index is what git would commit; the work tree is something else.
func TestStaged(t *testing.T) {
	// want is what is found in the index, plain what is found in the work tree.
	tests := []struct {
		name        string
		stage       func(t *testing.T, dir string)
		after       func(t *testing.T, dir string) // in the work tree only
		args        []string
		want, plain []string
	}{
		{
			name: "a mended finding, not staged",
			after: func(t *testing.T, dir string) {
				addFiles(t, dir, "-- store/store.go --\npackage store\n")
			},
			want: []string{aFinding},
		},
		{
			name: "a new finding, not staged",
			after: func(t *testing.T, dir string) {
				addFiles(t, dir, strings.ReplaceAll(stock, "stock/", "cart/a_")+"-- cart/cart.go --\npackage stock\n")
			},
			want:  []string{aFinding},
			plain: []string{"cart/a_stock.go:6:15: CL1002 ", aFinding},
		},
		{
			name:  "staged in part",
			stage: func(t *testing.T, dir string) { edit(t, dir, "store/store.go", "package store\n", "package store\n\n") },
			after: func(t *testing.T, dir string) {
				edit(t, dir, "store/store.go", "package store\n", "package store\n\n\n")
			},
			want:  []string{"store/store.go:7:15: CL1002 "},
			plain: []string{"store/store.go:9:15: CL1002 "},
		},
		{
			name:  "added, and gone again from the work tree",
			stage: func(t *testing.T, dir string) { addFiles(t, dir, stock) },
			after: func(t *testing.T, dir string) { remove(t, dir, "stock") },
			args:  []string{"stock/stock.go", "store/store.go"},
			want:  []string{stockFinding, aFinding},
		},
		{
			name:  "deleted, and kept in the work tree",
			stage: func(t *testing.T, dir string) { git(t, dir, "rm", "-q", "--cached", "store/store.go") },
			args:  []string{"store/store.go", "cart/cart.go"},
			plain: []string{aFinding},
		},
		{
			name:  "untracked, and announced",
			after: func(t *testing.T, dir string) { addFiles(t, dir, stock); git(t, dir, "add", "-N", "stock") },
			want:  []string{aFinding}, plain: []string{stockFinding, aFinding},
		},
		{
			name: "a new module",
			stage: func(t *testing.T, dir string) {
				addFiles(t, dir, stock+"-- stock/go.mod --\nmodule corp.example/stock\n\ngo 1.26\n")
			},
			after: func(t *testing.T, dir string) { remove(t, dir, "stock/go.mod") },
			args:  []string{"stock/stock.go", "store/store.go"},
			want:  []string{stockFinding, aFinding}, plain: []string{stockFinding, aFinding},
		},
		{
			name: "ignored code that the package needs",
			stage: func(t *testing.T, dir string) {
				edit(t, dir, "cart/cart.go", "(sum int) {", "(sum int) {\n\tsum = Start")
				addFiles(t, dir, "-- .gitignore --\n*.pb.go\n-- cart/cart.pb.go --\npackage cart\n\nconst Start = 1\n")
			},
			want: []string{aFinding}, plain: []string{aFinding},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := module(t, price, clean)
			commitAll(t, dir)
			if test.stage != nil {
				test.stage(t, dir)
				if !strings.HasPrefix(test.name, "deleted") {
					git(t, dir, "add", "-A")
				}
			}
			if test.after != nil {
				test.after(t, dir)
			}
			status := func(findings []string) int { return min(len(findings), 1) }
			before := sums(t, dir)
			cloudlint(t, dir, append([]string{"--staged"}, test.args...)...).want(t, status(test.want), test.want...)
			if diff := cmp.Diff(before, sums(t, dir)); diff != "" {
				t.Errorf("the work tree or the index is changed: %s", diff)
			}
			if test.args == nil {
				cloudlint(t, dir).want(t, status(test.plain), test.plain...)
			}
		})
	}
}

// The hook of a commit: what the index adds to HEAD, in the files of the commit, deleted ones among them.
func TestHook(t *testing.T) {
	dir := module(t, price, clean, "-- tool/go.mod --\nmodule corp.example/tool\n\ngo 1.26\n-- tool/main.go --\npackage main\n\nfunc main() {}\n-- cart/old.go --\npackage cart\n")
	hook := func(args ...string) result {
		t.Helper()
		before := sums(t, dir)
		r := cloudlint(t, dir, append([]string{"--staged", "--new-from-rev=HEAD", "--fail-on=note"}, args...)...)
		if diff := cmp.Diff(before, sums(t, dir)); diff != "" {
			t.Errorf("the work tree or the index is changed: %s", diff)
		}
		return r
	}
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "add", "-A")
	hook("store/store.go").want(t, 1, aFinding) // the first commit adds everything
	commitAll(t, dir)

	edit(t, dir, "store/store.go", "return 0, false", "return 1, false")
	edit(t, dir, "tool/main.go", "func main() {}", "func ask() { <-make(chan int) }\n\nfunc main() { ask() }")
	remove(t, dir, "cart/old.go")
	git(t, dir, "add", "-A")
	edit(t, dir, "store/store.go", "ok := <-make", "ok := <-undefined") // half-done work
	addFiles(t, dir, stock)
	files := []string{"store/store.go", "tool/main.go", "cart/old.go"}
	r := hook(files...)
	r.want(t, 1, "tool/main.go:3:")
	r.wantError(t, 1, "1 finding left out, not new")
	hook(append(files, "--new-mode=lines")...).want(t, 1, aFinding, "tool/main.go:3:")

	// Code frames show the index.
	shown := hook("tool/main.go", "--color=always")
	if !strings.Contains(shown.stdout, "make(chan int)") {
		t.Errorf("got\n%s", shown.stdout)
	}
	git(t, dir, "commit", "-q", "-m", "m", "--no-verify")
	hook().want(t, 0)
}

// git commit -a hands its hook another index.
func TestRealHook(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the hook is a shell script")
	}
	dir := module(t, price)
	commitAll(t, dir)
	addFiles(t, dir, "-- .git/hooks/pre-commit --\n#!/bin/sh\nexec '"+binary+"' --staged --new-from-rev=HEAD ./...\n")
	chmod(t, filepath.Join(dir, ".git", "hooks", "pre-commit"))
	commit := func(args ...string) result {
		return execute(t, command(dir, "git", append([]string{"-c", "user.name=n", "-c", "user.email=e@x.y", "commit", "-q", "-m", "m"}, args...)...))
	}
	edit(t, dir, "store/store.go", "return 0, false", "return 1, false")
	if r := commit("-a"); r.status != 0 {
		t.Errorf("a change in an old function: %+v", r)
	}
	edit(t, dir, "store/store.go", "func Price", "func Ask() { <-make(chan int) }\n\nfunc Price")
	if r := commit("-a"); r.status == 0 || !strings.Contains(r.stderr+r.stdout, "store/store.go:5:") {
		t.Errorf("a new finding: %+v", r)
	}
	if r := commit("store/store.go"); r.status == 0 {
		t.Errorf("a new finding in a named file: %+v", r)
	}
	if r := commit("--no-verify", "-a"); r.status != 0 {
		t.Errorf("without the hook: %+v", r)
	}
}

func chmod(t *testing.T, file string) {
	t.Helper()
	if err := os.Chmod(file, 0o755); err != nil {
		t.Fatal(err)
	}
}
