// Package vettool is the side of cloudlint that the go command calls: `go vet -vettool=cloudlint`. It analyses one
// package, described by a vet.cfg file, and leaves facts and findings where the go command finds them.
package vettool

import "golang.org/x/tools/go/analysis"

// Main does what the go command asks a vet tool for, if args, without the program's name, are such a request:
// -V=full, -flags, or flags and a *.cfg file. Else it returns false at once. After a request it returns true, or ends
// the program with status 1 or 2.
//
// Main comes first in a program: one start per package is part of the price of a run. The analyzers are fresh ones,
// whose flags Main sets.
func Main(args []string, analyzers func() []*analysis.Analyzer) bool {
	return false
}
