// Package shop has code behind calls that do not return, and behind calls that do.
package shop

import (
	"log"
	"os"
)

func dead() {}

func afterExit() {
	os.Exit(1)
	dead()
}

func afterFatal(err error) {
	if err == nil {
		return
	}
	log.Fatalf("cannot start: %v", err)
	dead()
}

func afterLoggerFatal(l *log.Logger) {
	l.Fatalln("cannot start")
	dead()
}

func usage(msg string) {
	print(msg)
	os.Exit(2)
}

func afterOwnFatal() {
	usage("no address")
	dead()
}

func check(err error) {
	if err != nil {
		usage(err.Error())
	}
	panic("nothing to do")
}

func afterOwnFatalNested() {
	check(nil)
	dead()
}

func fail[T any](v T) {
	os.Exit(3)
}

func afterGeneric() {
	fail("x")
	dead()
}

func onOtherBranch(bad bool) {
	if bad {
		os.Exit(1)
	}
	dead()
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func afterConditional(err error) {
	must(err)
	dead()
}

func afterDeferredExit() {
	defer os.Exit(0)
	dead()
}

func afterGoExit() {
	go os.Exit(0)
	dead()
}

func serve() {
	for {
	}
}

func afterEndlessLoopCall() {
	serve()
	dead()
}

func again(n int) {
	if n > 0 {
		again(n - 1)
	}
}

func afterRecursion() {
	again(3)
	dead()
}

func guarded() {
	defer func() { _ = recover() }()
	panic("x")
}

func afterRecovering() {
	guarded()
	dead()
}

type logger interface{ Die(string) }

func afterConfigured(l logger) {
	l.Die("no disk")
	dead()
}

func afterConstantLoop(tick chan int) {
	for ; true; <-tick {
		again(3)
	}
	dead()
}

// A till knows what to do when there is nothing left to do.
type till struct {
	quit func(string)
	warn func(string)
	Hook func(string)
}

func newTill() till { return till{quit: usage, warn: usage, Hook: usage} }

func newQuietTill(code int) *till {
	return &till{quit: func(msg string) { print(msg); os.Exit(code) }, warn: func(string) {}}
}

func afterFieldFatal(t *till) {
	t.quit("no change")
	dead()
}

func afterFieldReturns(t *till) {
	t.warn("no change")
	dead()
}

func afterExportedField(t *till) {
	t.Hook("no change")
	dead()
}
