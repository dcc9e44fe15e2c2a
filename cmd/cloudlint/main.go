// Command cloudlint finds what makes Go services hang, leak or lose requests. `cloudlint --help` tells how to use it;
// as `go vet -vettool=$(command -v cloudlint)` it is a vet tool.
package main

import (
	"os"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/internal/app"
	"github.com/cloudlint/cloudlint/internal/driver/vettool"
	"github.com/cloudlint/cloudlint/internal/gocmd"
)

//go:generate go run . rules --format md=../../rules.md

func main() {
	// The go command starts this program once for each package: nothing else may happen before.
	if vettool.Main(os.Args[1:], analyzers.All) {
		return
	}
	gocmd.Guard()
	ctx, ended := app.WithSignals()
	a := app.New(os.Stdout, os.Stderr, os.Getenv)
	err := newRoot(a).ExecuteContext(ctx)
	os.Exit(a.Exit(err, ended()))
}
