// Package vettool is the side of cloudlint that the go command calls: `go vet -vettool=cloudlint`. It analyses one
// package, described by a vet.cfg file, and leaves facts and findings where the go command finds them.
//
// It stands in for x/tools' unitchecker, which needs a package's dependencies to have been analysed one and all. Here
// types come from the compiler's export data, so that a dependency outside costs no more than the start of a process.
package vettool

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/internal/driver/unit"
)

// Main does what the go command asks a vet tool for, if args, without the program's name, are such a request:
// -V=full, -flags, or flags and a *.cfg file. Else it returns false at once. After a request it returns true, or ends
// the program with status 1 or 2.
//
// Main comes first in a program: one start per package is part of the price of a run. The analyzers are fresh ones,
// whose flags Main sets.
func Main(args []string, analyzers func() []*analysis.Analyzer) bool {
	if len(args) == 0 {
		return false
	}
	var err error
	switch last := args[len(args)-1]; {
	case len(args) == 1 && last == "-V=full":
		err = printVersion(os.Stdout)
	case len(args) == 1 && last == "-flags":
		err = printFlags(os.Stdout, analyzers())
	case strings.HasSuffix(last, ".cfg") && (len(args) == 1 || strings.HasPrefix(args[0], "-")):
		if status := run(args, analyzers, os.Stdout, os.Stderr); status != 0 {
			os.Exit(status)
		}
	default:
		return false
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cloudlint:", err)
		os.Exit(1)
	}
	return true
}

// printVersion identifies the program for the build cache. Of a line with "devel" only the build ID enters the keys.
func printVersion(w io.Writer) error {
	name, err := os.Executable()
	if err != nil {
		return err
	}
	id, err := identity(name)
	if err != nil {
		return err
	}
	program := strings.ReplaceAll(filepath.Base(name), " ", "_") // the line is split at blanks
	_, err = fmt.Fprintf(w, "%s version devel comments-go-here buildID=%s\n", program, id)
	return err
}

// printFlags tells the go command which flags it may pass on.
func printFlags(w io.Writer, analyzers []*analysis.Analyzer) error {
	data, err := json.MarshalIndent(unit.NewFlags(analyzers).List(), "", "\t")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", data)
	return err
}
