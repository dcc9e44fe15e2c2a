package iterpull

import (
	"errors"
	"iter"
)

var errOdd = errors.New("odd number of values")

// The early return leaves the coroutine.
func firstLong(lines iter.Seq[string], n int) string {
	next, stop := iter.Pull(lines) // want `CL1012: the coroutine of next stays for ever when the function returns at line 19: stop is not called on this way`
	for {
		line, ok := next()
		if !ok {
			break
		}
		if len(line) > n {
			return line
		}
	}
	stop()
	return ""
}

func neverStopped(lines iter.Seq[string]) (string, bool) {
	next, stop := iter.Pull(lines) // want `CL1012: the coroutine of next stays for ever when the function returns before the sequence has ended: stop is never called; write defer stop\(\)`
	_ = stop
	return next()
}

func unnamed(lines iter.Seq2[int, string]) string {
	next, _ := iter.Pull2(lines) // want `CL1012: .* nobody can stop it, because stop is assigned to _`
	_, line, ok := next()
	if !ok {
		return ""
	}
	return line
}

// Two sequences: the longer one is left behind.
func zip(a, b iter.Seq[int], yield func(int, int)) error {
	nextA, stopA := iter.Pull(a)
	defer stopA()
	nextB, stopB := iter.Pull(b) // want `CL1012: the coroutine of nextB`
	for {
		x, ok := nextA()
		if !ok {
			return nil
		}
		y, ok := nextB()
		if !ok {
			stopB()
			return errOdd
		}
		yield(x, y)
	}
}

// What follows is right.

func deferred(lines iter.Seq[string]) (string, bool) {
	next, stop := iter.Pull(lines)
	defer stop()
	return next()
}

func deferredInClosure(lines iter.Seq[string]) (string, bool) {
	next, stop := iter.Pull(lines)
	defer func() { stop() }()
	return next()
}

// The sequence has ended wherever the function returns.
func drained(lines iter.Seq[string]) (n int) {
	next, _ := iter.Pull(lines)
	for {
		line, ok := next()
		if !ok {
			return n
		}
		n += len(line)
	}
}

func drainedByCondition(lines iter.Seq[string]) (n int) {
	next, _ := iter.Pull(lines)
	for line, ok := next(); ok; line, ok = next() {
		n += len(line)
	}
	return n
}

func stoppedOnEachPath(lines iter.Seq[string]) string {
	next, stop := iter.Pull(lines)
	line, ok := next()
	if !ok {
		return ""
	}
	stop()
	return line
}

type reader struct {
	next func() (string, bool)
	stop func()
}

func newReader(lines iter.Seq[string]) *reader {
	r := new(reader)
	r.next, r.stop = iter.Pull(lines)
	return r
}

func (r *reader) Close() { r.stop() }

func handedOn(lines iter.Seq[string]) (func() (string, bool), func()) {
	return iter.Pull(lines)
}

func consumedElsewhere(lines iter.Seq[string]) int {
	next, _ := iter.Pull(lines)
	return count(next)
}

func count(next func() (string, bool)) (n int) {
	for {
		if _, ok := next(); !ok {
			return n
		}
		n++
	}
}
