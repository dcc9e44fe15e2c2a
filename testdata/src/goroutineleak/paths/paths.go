// Package paths has paths that cannot be taken, beside those that can.
package paths

import (
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
)

var errLost = errors.New("lost")

// wrap is not nil where err is not.
func wrap(who string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", who, err)
}

func open() error { return nil }

// The channel is nil where the error is not.
func stream(fail func(string, error) error) (<-chan int, error) {
	if err := open(); err != nil {
		return nil, fail("open", err)
	}
	events := make(chan int)
	go func() {
		defer close(events)
		events <- 1
	}()
	return events, nil
}

// Whoever wraps an error gives one.
func sum(fail func(string, error) error) (n int, err error) {
	events, err := stream(fail)
	if err != nil {
		return 0, err
	}
	for e := range events {
		n += e
	}
	return n, nil
}

func streamWrapped() (<-chan int, error) {
	if err := open(); err != nil {
		return nil, wrap("open", err)
	}
	events := make(chan int)
	close(events)
	return events, nil
}

func sumWrapped() (n int, err error) {
	events, err := streamWrapped()
	if err != nil {
		return 0, err
	}
	for e := range events {
		n += e
	}
	return n, nil
}

// Both are nil where the error is not known to be there.
func streamOf(err error) (<-chan int, error) {
	if len(errLost.Error()) > 4 {
		return nil, wrap("open", err)
	}
	events := make(chan int)
	close(events)
	return events, nil
}

func sumOf(err error) (n int) {
	events, err := streamOf(err)
	if err != nil {
		return 0
	}
	for e := range events { // want `CL1002`
		n += e
	}
	return n
}

// The flag has one value, however often it is asked for.
func hashes(flags *flag.FlagSet, lookup func(*flag.FlagSet, string) bool, words []string) {
	done := make(chan error, len(words))
	for range words {
		go func() { done <- open() }()
		if !isSet(flags, "parallel") {
			<-done
		}
	}
	if isSet(flags, "parallel") {
		for range words {
			<-done
		}
	}
}

func isSet(flags *flag.FlagSet, name string) bool { return flags.Lookup(name) != nil }

// Two flags may have different values.
func twoFlags(flags *flag.FlagSet, words []string) {
	done := make(chan error, len(words))
	for range words {
		go func() { done <- open() }()
		if !isSet(flags, "parallel") {
			<-done
		}
	}
	if isSet(flags, "wait") {
		for range words {
			<-done // want `CL1002`
		}
	}
}

// guarded logs a panic of what it runs.
func guarded(run func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(r)
		}
	}()
	run()
}

// One of the functions that guarded runs closes the channel, and it is that one that this waits for.
func drained(nodes []int) {
	progress, done := make(chan int), make(chan struct{})
	go guarded(func() { fmt.Println("watching") })
	go guarded(func() {
		defer close(done)
		for n := range progress {
			fmt.Println(n)
		}
	})
	for _, n := range nodes {
		progress <- n
	}
	close(progress)
	<-done
}

// The function that should send may leave without.
func undrained(nodes []int) {
	done := make(chan struct{})
	go guarded(func() { fmt.Println("watching") })
	go guarded(func() {
		if len(nodes) > 7 && open() != nil {
			return
		}
		done <- struct{}{}
	})
	<-done // want `CL1002`
}

type transport struct{ listening chan struct{} }

// Random bytes are there, or the program ends.
func (t *transport) listen(serve func([]byte)) error {
	t.listening = make(chan struct{})
	var key [8]byte
	if _, err := rand.Read(key[:]); err != nil {
		return err
	}
	go func() {
		defer close(t.listening)
		serve(key[:])
	}()
	return nil
}

func listenAndWait(serve func([]byte)) {
	t := new(transport)
	t.listen(serve)
	<-t.listening
}

// A reader may fail.
func (t *transport) listenFrom(r io.Reader, serve func([]byte)) error {
	t.listening = make(chan struct{})
	var key [8]byte
	if _, err := r.Read(key[:]); err != nil {
		return err
	}
	go func() {
		defer close(t.listening)
		serve(key[:])
	}()
	return nil
}

func listenFromAndWait(r io.Reader, serve func([]byte)) {
	t := new(transport)
	t.listenFrom(r, serve)
	<-t.listening // want `CL1002`
}
