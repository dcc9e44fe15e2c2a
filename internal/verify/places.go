package verify

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/paths"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// Places knows where packages are.
type Places struct {
	GOROOT string // of the run
	// Dir returns the folder of a package of the run, or nothing.
	Dir func(importPath string) string
	// Cases returns the lines of the operations that a select statement at a line of a file waits for; nil: it is not known.
	// The runtime says of a goroutine in one only where the statement begins.
	Cases func(file string, line int) []int
	// Elsewhere says that the program was perhaps built on another machine, from another version of the code. Then files are
	// found by the packages of functions, and a place counts only if it is in the same function.
	Elsewhere bool
	// Import returns the import path of the package in a folder, or nothing; it may be nil.
	Import func(dir string) string
	// Command returns the folder of the command that a file of package main is of, or nothing. It is asked where the
	// program was built elsewhere, and where the file's own name does not tell.
	Command func(file string) string
}

// File returns the absolute name of a frame's file, or nothing where it is not known. Programs built with -trimpath know
// files by import path, those of other modules with a version in it.
func (p Places) File(f stacks.Frame) string {
	if p.Elsewhere {
		return p.fileElsewhere(f)
	}
	name := filepath.FromSlash(f.File)
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	pkg := path.Dir(f.File)
	if before, after, ok := strings.Cut(pkg, "@"); ok {
		_, rest, _ := strings.Cut(after, "/")
		pkg = path.Join(before, rest)
	}
	if dir := p.Dir(pkg); dir != "" {
		return filepath.Join(dir, path.Base(f.File))
	}
	return ""
}

// Standard reports whether a frame is one of the standard library, or of what cgo has written.
func (p Places) Standard(f stacks.Frame) bool {
	if f.File == "_cgo_gotypes.go" {
		return true
	}
	if p.Elsewhere {
		return standardElsewhere(f)
	}
	if name := filepath.FromSlash(f.File); filepath.IsAbs(name) {
		_, ok := paths.Below(filepath.Join(p.GOROOT, "src"), name)
		return ok
	}
	first, _, _ := strings.Cut(f.File, "/")
	return !strings.Contains(first, ".") && p.File(f) == ""
}

// frameworks reports whether package testing has the goroutine wait: a test for its subtests, the program for its tests,
// or this verifier's own.
func (p Places) frameworks(g *stacks.Goroutine) bool {
	for _, f := range g.Frames {
		switch pkg := f.Package(); {
		case pkg == "testing" || pkg == "testing/synctest":
			return true // a function of the user's would be further in
		case !p.Standard(f):
			return false
		}
	}
	return false
}

// daemons are functions that run for as long as the process, whoever has started them. Only survivors are asked: of proven
// leaks no daemon is one.
var daemons = []string{
	"os/signal.", "runtime.ensureSigM", "runtime.ReadTrace",
	"net/http.(*persistConn).",                                // idle connections of a transport that is in use
	"database/sql.(*DB).connectionOpener",                     // of a DB that is in use
	"k8s.io/klog/v2.(*flushDaemon).",                          // one a process
	"github.com/golang/glog.(*fileSink).",                     // one a process
	"go.opencensus.io/stats/view.(*worker).",                  // one a process
	"github.com/hashicorp/go-metrics.(*Metrics).collectStats", // sleeps for ever, and nothing can stop it
	"github.com/valyala/fasthttp.updateServerDate",            // the date in responses: one a process, by a sync.Once
	"github.com/valyala/fasthttp/stackless.funcWorker",        // of package variables, for each processor
	"github.com/gofiber/fiber/v2/utils.StartTimeStampUpdater", // one a process, by a sync.Once
	"testing.runFuzzing", "testing.(*F).Fuzz",
}

func benign(g *stacks.Goroutine) bool {
	return slices.ContainsFunc(g.Frames, func(f stacks.Frame) bool {
		return slices.ContainsFunc(daemons, func(d string) bool { return strings.HasPrefix(f.Func, d) })
	})
}
