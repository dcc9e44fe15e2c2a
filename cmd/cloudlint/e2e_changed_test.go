package main

import (
	"path/filepath"
	"testing"
)

// client is a package whose only finding needs two files: CL1002 comes when client/answer.go goes.
const client = `
-- client/client.go --
package client

type Client struct{ answers chan int }

func New() *Client { return &Client{answers: make(chan int)} }

func (c *Client) Get() int { return <-c.answers }
-- client/answer.go --
package client

func (c *Client) Answer(n int) { c.answers <- n }
`

const clientFinding = "client/client.go:7:37: CL1002 "

// odd are files that no pattern matches, with which a commit may be full; one of them would not compile.
const odd = `
-- store/testdata/src/x/x.go --
package x(
-- _old/old.go --
package old(
-- store/gen.go --
//go:build ignore

package main

func main() {}
-- elsewhere/e.go --
//go:build never

package elsewhere
`

// --changed analyses the packages of the files of a change, whichever these are.
func TestChanged(t *testing.T) {
	tests := []struct {
		name   string
		change func(t *testing.T, dir string)
		args   []string // instead of --changed
		want   []string
		stderr string
	}{
		{
			name:   "no Go file",
			change: func(t *testing.T, dir string) { addFiles(t, dir, "-- README.md --\nshop\n") },
			stderr: "no findings in 0 packages",
		},
		{
			name:   "one package",
			change: func(t *testing.T, dir string) { edit(t, dir, "cart/cart.go", "sum += p", "sum += p + 1") },
			stderr: "no findings in 1 package",
		},
		{
			name:   "a line of an old package",
			change: func(t *testing.T, dir string) { edit(t, dir, "store/store.go", "return 0, false", "return 1, false") },
			stderr: "1 finding left out, not new",
		},
		{
			name: "two packages",
			change: func(t *testing.T, dir string) {
				addFiles(t, dir, stock)
				edit(t, dir, "cart/cart.go", "p\n", "p + 1\n")
			},
			want:   []string{stockFinding},
			stderr: "1 warning in 2 packages",
		},
		{
			name:   "a file is gone, and its package is not",
			change: func(t *testing.T, dir string) { remove(t, dir, "client/answer.go") },
			want:   []string{clientFinding},
		},
		{
			name:   "a package is gone",
			change: func(t *testing.T, dir string) { remove(t, dir, "client") },
			stderr: "no findings in 0 packages",
		},
		{
			name:   "a package has moved",
			change: func(t *testing.T, dir string) { addFiles(t, dir, stock); remove(t, dir, "store") },
			want:   []string{stockFinding},
			stderr: "1 warning in 1 package",
		},
		{
			name:   "files that no pattern matches",
			change: func(t *testing.T, dir string) { addFiles(t, dir, odd) },
			stderr: "no findings in 1 package", // what build constraints leave of store/ has an old one
		},
		{
			name:   "files that no pattern matches, named",
			change: func(t *testing.T, dir string) { addFiles(t, dir, odd) },
			args:   []string{"store/testdata/src/x/x.go", "_old/old.go", "store/gen.go", "elsewhere/e.go"},
			stderr: "no findings in 1 package",
		},
		{
			name: "two modules, one of which is new",
			change: func(t *testing.T, dir string) {
				addFiles(t, dir, "-- tool/go.mod --\nmodule corp.example/tool\n\ngo 1.26\n-- tool/main.go --\npackage main\n\nfunc ask() { <-make(chan int) }\n\nfunc main() { ask() }\n")
				addFiles(t, dir, stock)
			},
			want:   []string{stockFinding, "tool/main.go:3:"},
			stderr: "in 2 packages",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := module(t, price, clean, client)
			commitAll(t, dir)
			test.change(t, dir)
			args := test.args
			if args == nil {
				args = []string{"--changed"}
			}
			// What the work tree adds, and with nothing but that staged, what the commit adds.
			for range 2 {
				r := cloudlint(t, dir, append([]string{"--new-from-rev=HEAD", "--fail-on=note"}, args...)...)
				r.want(t, min(len(test.want), 1), test.want...)
				r.wantError(t, r.status, test.stderr)
				git(t, dir, "add", "-A")
				args = append(args, "--staged")
			}
		})
	}
}

// Files of folders above are none of the current folder's, and a repository may have no module in its root.
func TestChangedBelow(t *testing.T) {
	dir := module(t, "-- shop/go.mod --\nmodule corp.example/shop\n\ngo 1.26\n-- shop/shop.go --\npackage shop\n-- script/run.go --\npackage main\n")
	commitAll(t, dir)
	addFiles(t, dir, "-- shop/shop.go --\npackage shop\n\nfunc Ask() { <-make(chan int) }\n-- script/run.go --\npackage main\n\nfunc main() {}\n")
	args := []string{"--new-from-rev=HEAD", "--changed"}
	cloudlint(t, dir, args...).want(t, 1, "shop/shop.go:3:")
	cloudlint(t, filepath.Join(dir, "shop"), args...).want(t, 1, "shop.go:3:")
	cloudlint(t, filepath.Join(dir, "script"), args...).wantError(t, 0, "no findings in 0 packages")
}

// What git names as deleted need not be in the history of a branch that is behind the other one.
func TestChangedBehind(t *testing.T) {
	dir := module(t, price, client)
	remove(t, dir, "client/answer.go")
	commitAll(t, dir)
	git(t, dir, "branch", "topic")
	addFiles(t, dir, client+stock)
	commitAll(t, dir)
	git(t, dir, "checkout", "-q", "topic")
	finding := []string{clientFinding}
	cloudlint(t, dir, "--new-from-rev=main", "--changed").want(t, 1, finding...)
	cloudlint(t, dir, "--new-from-rev=main", "client/answer.go", "stock/stock.go").want(t, 1, finding...)
	cloudlint(t, dir, "--new-from-rev=main", "client/never.go").wantError(t, 2, "there is no file client/never.go")
}

func TestChangedMisuse(t *testing.T) {
	dir := module(t, price)
	commitAll(t, dir)
	cloudlint(t, dir, "--changed").wantError(t, 2, "--new-from-rev or --new-from-merge-base")
	cloudlint(t, dir, "--changed", "--new-from-rev=HEAD", "./...").wantError(t, 2, "./...")
	// Without a comparison somebody has chosen the file.
	addFiles(t, dir, odd)
	cloudlint(t, dir, "store/gen.go").wantError(t, 3, "1 error")
	// Somebody has chosen a folder in any case.
	cloudlint(t, dir, "--new-from-rev=HEAD", "./elsewhere").wantError(t, 3, "1 package not analysed")
}

func TestConfigCheckFiles(t *testing.T) {
	dir := module(t, price, "-- .cloudlint.yml --\nversion: 1\n-- tool/.cloudlint.yaml --\nversion: 1\ndisabel: [CL2012]\n")
	root, tool := filepath.Join(dir, ".cloudlint.yml"), filepath.Join(dir, "tool", ".cloudlint.yaml")
	cloudlint(t, dir, "config", "check", ".cloudlint.yml", root).want(t, 0, root+": ok")
	r := cloudlint(t, dir, "config", "check", ".cloudlint.yml", "tool/.cloudlint.yaml")
	r.want(t, 2, root+": ok")
	r.wantError(t, 2, tool+":2:1: ")
	cloudlint(t, dir, "config", "check", "nowhere.yml").wantError(t, 2, "nowhere.yml")
}
