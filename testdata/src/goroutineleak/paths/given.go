package paths

import "errors"

func note(string) {}

// Of the ways through, the one that returns early needs arguments that no call gives.
func purge(items []string, old, hidden, unfinished bool) error {
	work := make(chan string)
	for range 2 {
		go func() {
			for item := range work {
				if unfinished {
					note(item)
				}
			}
		}()
	}
	if old {
		if hidden && unfinished {
			note("all")
		} else if hidden {
			note("hidden")
		} else if unfinished {
			note("unfinished")
		} else {
			return errors.New("nothing to do")
		}
	}
	for _, item := range items {
		work <- item
	}
	close(work)
	return nil
}

// Purge removes everything.
func Purge(items []string) error { return purge(items, false, false, false) }

// CleanUp removes what is old.
func CleanUp(items []string) error { return purge(items, true, true, true) }

func cleanUp(items []string, hidden, unfinished bool) error {
	return purge(items, true, hidden, unfinished)
}

// CleanHidden hands its constants on.
func CleanHidden(items []string) error { return cleanUp(items, true, false) }

// CleanUnfinished hands its constants on.
func CleanUnfinished(items []string) error { return cleanUp(items, false, true) }

// The same, and one of the calls gives them.
func drop(items []string, old, hidden bool) error {
	work := make(chan string)
	go func() {
		for item := range work { // want `CL1002`
			note(item)
		}
	}()
	if old && !hidden {
		return errors.New("nothing to do")
	}
	for _, item := range items {
		work <- item
	}
	close(work)
	return nil
}

// Drop removes everything.
func Drop(items []string) error { return drop(items, false, false) }

// DropOld removes nothing.
func DropOld(items []string) error { return drop(items, true, false) }

// What a function is given that is also used as a value, nobody knows.
func sweep(items []string, old bool) error {
	work := make(chan string)
	go func() {
		for item := range work { // want `CL1002`
			note(item)
		}
	}()
	if old {
		return errors.New("nothing to do")
	}
	for _, item := range items {
		work <- item
	}
	close(work)
	return nil
}

// Sweep removes everything.
func Sweep(items []string) error { return sweep(items, false) }

// Sweeper gives the function away.
func Sweeper() func([]string, bool) error { return sweep }

type sweeper interface {
	sweep(items []string, old bool) error
}

type broom struct{}

// A method that is called through an interface may be given anything.
func (broom) sweep(items []string, old bool) error {
	work := make(chan string)
	go func() {
		for item := range work { // want `CL1002`
			note(item)
		}
	}()
	if old {
		return errors.New("nothing to do")
	}
	for _, item := range items {
		work <- item
	}
	close(work)
	return nil
}

// SweepWith calls it with one constant.
func SweepWith(b broom, items []string) error { return b.sweep(items, false) }

// SweepAll calls it with another.
func SweepAll(s sweeper, items []string, old bool) error { return s.sweep(items, old) }
