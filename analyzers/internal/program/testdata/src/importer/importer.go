// Command importer starts goroutines in what it runs once, and in what it runs again.
package main

import (
	"sync"

	"github.com/spf13/cobra"
)

func work() {}

var warm = begin()

func begin() int {
	go work() // want "once"
	return 1
}

func init() { direct() }

func main() {
	go work() // want "once"
	for range 3 {
		go work()
		looped()
	}
	go started() // want "once"
	if warm > 0 {
		branch()
	}
	deferred := func() { go work() } // want "once"
	defer deferred()
	apply(passed)
	apply2(looping)
	recursive(3)
	var s shape = circle{}
	s.draw()
	plain{}.draw()
	value := kept
	keep = value
	var one sync.Once
	one.Do(inOnce)
	unknown(dynamic)
	both()
	(&worker{}).run()
}

func direct()  { go work() } // want "once"
func looped()  { go work() }
func started() { go work() } // want "once"
func branch()  { go work() } // want "once"
func passed()  { go work() } // want "once"
func looping() { go work() }
func inOnce()  { go work() } // want "once"

// Who calls what a variable of the package holds is not followed.
func kept() { go work() }

var keep func()

func apply(fn func()) { fn() }

func apply2(fn func()) {
	for range 2 {
		fn()
	}
}

func recursive(n int) {
	go work()
	if n > 0 {
		recursive(n - 1)
	}
}

type shape interface{ draw() }

type circle struct{}

// It may be called by way of the interface.
func (circle) draw() { go work() }

type plain struct{}

func (plain) draw() { go work() } // want "once"

// A function that is not seen may call it as often as it likes.
func dynamic() { go work() }

func unknown(fn func()) { warmers = append(warmers, fn) }

var warmers []func()

// Of its two callers, one is a loop.
func both() { go work() }

type worker struct{}

func (w *worker) run() {
	for {
		both()
	}
}

// Nobody calls it.
func unused() { go work() }

var _ = &cobra.Command{Use: "importer", RunE: func(*cobra.Command, []string) error {
	go work() // want "once, in a command"
	inCommand()
	return nil
}}

func inCommand() { go work() } // want "once, in a command"
