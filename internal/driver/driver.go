// Package driver runs the analyzers over the packages that the user names and collects what they found.
//
// There are two ways to run them, with one result. The vet driver starts `go vet -vettool=<this program>`, so that Go's
// build cache makes runs incremental, and Go itself deals with modules, workspaces, vendoring, cgo, build tags and test
// variants. The source driver type-checks everything from source in this process, dependencies without function
// bodies; it is for a machine whose build cache is cold. Both analyse one package in the same code, package unit; the
// tool that `go vet` calls is package vettool.
//
// This package is the front of both: it maps arguments to modules and packages, lists them, runs a driver, and accounts
// for every package: analysed, or named in an error.
package driver

import (
	"context"

	"github.com/sirupsen/logrus"
	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A Mode chooses the driver.
type Mode string

const (
	Auto   Mode = "auto"   // Source if most of the dependencies' export data are missing and nobody will profit from making them; else Vet
	Vet    Mode = "vet"    // go vet
	Source Mode = "source" // in process
)

// A Request says what to analyse and how.
type Request struct {
	Dir      string   // absolute; where patterns and file names are relative to
	Patterns []string // package patterns or names of Go files; none: "./..."
	Mode     Mode     // empty: Auto
	Jobs     int      // how many packages at a time; 0: as many as there are cores
	Tags     string   // build tags, separated by commas
	NoTests  bool     // leave out _test.go files
	Overlay  string   // a file as for `go build -overlay`
	Self     string   // the vettool's executable; empty: this program
	// Changed says that the files among Patterns are those that git names of a change. Nobody has chosen them for analysis,
	// so that those that no "./..." matches are left out: files of testdata and the like, files outside a module, and files
	// that build constraints exclude, which are errors else. Folders among Patterns are chosen in any case.
	Changed bool
	// Deleted returns the absolute names of files that a comparison knows to be deleted. It is called if files among Patterns
	// are not there; others are looked for in git's history. It may be nil.
	Deleted func(context.Context) ([]string, error)
	// Analyzers returns fresh analyzers, those of Self, for the source driver. If it is nil, there is only the vet driver.
	Analyzers func() []*analysis.Analyzer

	// Configure returns how to analyse the packages of one module. It is called once a module. An error ends the run.
	Configure func(Module) (Settings, error)
	// Progress is called, never at the same time, when a package of the patterns is done. It may be nil.
	Progress func(Progress)
	Log      logrus.FieldLogger
}

// Settings are what the analyzers read of a module's configuration.
type Settings struct {
	// Flags are flags of the vettool, in canonical form ("-clientdeadline.cli=true"), sorted, defaults left out: they
	// are part of the build cache's key.
	Flags []string
	// Inside are import path patterns of the user's other modules ("corp.example/platform/...").
	Inside []string
}

// Progress says how far a run is.
type Progress struct {
	Done, Total int    // packages
	Package     string // the last one that is done; empty: dependencies are being built
}

// A Module is a module with packages that the patterns name.
type Module struct {
	Path      string // empty for the standard library
	Dir       string // absolute
	GoVersion string // its go directive: "1.26.0"
	Main      bool   // the main module, or one of the workspace
}

// A Package says where a package lies.
type Package struct {
	ImportPath string
	Dir        string // absolute
	Module     Module
	Named      bool // the patterns name it
	// Ignored are the Go files of a named package that are of other systems or under other tags.
	Ignored []string
}

// An Outcome is what a run found.
type Outcome struct {
	// Records are those of the packages that the patterns name, their test variants included, sorted by package. A
	// package with tests has up to three records, which repeat findings.
	Records []wire.Record
	// Packages holds every package that a wire.Pos of Records names, by import path.
	Packages map[string]Package
	// Errors says what could not be analysed, and why: type errors, missing imports, failed analyzers. Messages name
	// files relative to Request.Dir.
	Errors []finding.Error
	// NotAnalysed are the import paths of packages that the patterns name and that have no record. Each is in Errors.
	NotAnalysed []string
	Driver      Mode   // Vet or Source
	GoVersion   string // of the go command: "go1.26.8"
}

// A UsageError is the user's mistake: exit status 2. Any other error of Run means that nothing was analysed: exit
// status 3. Both are whole sentences for the user.
type UsageError struct{ Message string }

func (e *UsageError) Error() string { return e.Message }
