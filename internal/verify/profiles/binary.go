package profiles

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// How much a profile may have of everything. Reading takes some times the memory of the profile: 100,000 goroutines with
// as many different stacks and labels are 4.5 MB.
const (
	maxBinary = 32 << 20 // bytes
	maxParts  = 1 << 20  // locations, functions, strings, and calls in locations, of each
	maxInline = 64       // calls in one location
	maxCalls  = 1 << 25  // in all stacks
)

var errDamaged = errors.New("it is no profile, or a damaged one")

// A table holds the parts of a profile that samples refer to. What they mean is found out when a sample does.
type table struct {
	strings   []message
	locations map[uint64]message
	functions map[uint64]message
	frames    map[uint64][]stacks.Frame // of locations
	names     interned
	calls     int      // in frames
	types     []uint64 // what the values of samples are: indexes of strings
}

// readBinary reads pprof's form. The samples come before what they refer to, so that it is read twice.
func readBinary(r io.Reader, p *Profile, each func(*Sample)) error {
	data, err := io.ReadAll(&bounded{r: r, left: maxBinary, limit: maxBinary})
	if err != nil {
		return fmt.Errorf("it cannot be read to its end: %w", err)
	}
	t := &table{
		locations: make(map[uint64]message), functions: make(map[uint64]message),
		frames: make(map[uint64][]stacks.Frame), names: make(interned),
	}
	for rest := message(data); len(rest) > 0; {
		f, err := rest.next()
		if err != nil {
			return err
		}
		if err := t.add(f); err != nil {
			return err
		}
	}
	if p.Leaks, err = t.kind(); err != nil {
		return err
	}
	var s Sample
	read, nameless, calls := 0, 0, 0
	for rest := message(data); len(rest) > 0; {
		f, err := rest.next()
		if err != nil {
			return err
		}
		if f.tag != 2 {
			continue
		}
		s = Sample{Goroutine: stacks.Goroutine{Frames: s.Frames[:0]}}
		if err := t.sample(&s, f.bytes); err != nil {
			return err
		}
		if calls += len(s.Frames); calls > maxCalls {
			return fmt.Errorf("its stacks have more than %d calls", maxCalls)
		}
		switch {
		case len(s.Frames) > 0 && s.Count > 0:
			each(&s)
			read++
		case s.Count > 0:
			nameless += s.Count // one that has not yet begun has no calls
		}
	}
	if nameless > 0 && read == 0 {
		return fmt.Errorf("it does not have the calls of its %d goroutines", nameless)
	}
	return nil
}

// add notes a field of the profile itself.
func (t *table) add(f field) error {
	switch f.tag {
	case 1: // sample_type
		for m := f.bytes; len(m) > 0; {
			part, err := m.next()
			if err != nil {
				return err
			}
			if part.tag == 1 && len(t.types) < 16 {
				t.types = append(t.types, part.value)
			}
		}
	case 4:
		return note(t.locations, f.bytes)
	case 5:
		return note(t.functions, f.bytes)
	case 6:
		if len(t.strings) == maxParts {
			return errDamaged
		}
		t.strings = append(t.strings, f.bytes)
	}
	return nil
}

// note puts a part in its place, by its number, which is its first field in most profiles.
func note(parts map[uint64]message, part message) error {
	if len(parts) == maxParts {
		return errDamaged
	}
	for m := part; len(m) > 0; {
		f, err := m.next()
		if err != nil {
			return err
		}
		if f.tag == 1 {
			parts[f.value] = part
			return nil
		}
	}
	return errDamaged
}

func (t *table) text(i uint64) string {
	if i >= uint64(len(t.strings)) {
		return ""
	}
	return t.names.of(string(t.strings[i]))
}

// kind reports whether the profile is one of leaks; the error is for one that is not of goroutines.
func (t *table) kind() (leaks bool, err error) {
	if len(t.types) == 0 {
		return false, errDamaged
	}
	switch name := t.text(t.types[0]); name {
	case "goroutine", "goroutines":
		return false, nil
	case "goroutineleak":
		return true, nil
	case "alloc_objects", "alloc_space", "inuse_objects", "inuse_space", "allocs", "objects", "space":
		return false, &OtherError{"a heap profile"}
	case "samples", "cpu":
		return false, &OtherError{"a CPU profile"}
	case "contentions", "delay":
		return false, &OtherError{"a block or mutex profile"}
	default:
		return false, &OtherError{fmt.Sprintf("a profile of %.40q", name)}
	}
}

// sample reads a sample, which may have no goroutines.
func (t *table) sample(s *Sample, m message) error {
	values := 0
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return err
		}
		switch f.tag {
		case 1:
			var broken error
			err = f.numbers(func(id uint64) {
				frames, err := t.location(id)
				if err != nil {
					broken = err
				}
				if room := maxFrames - len(s.Frames); len(frames) > room {
					frames, s.Elided = frames[:room], true
				}
				s.Frames = append(s.Frames, frames...)
			})
			err = errors.Join(err, broken)
		case 2:
			err = f.numbers(func(v uint64) {
				if values == 0 {
					s.Count = int(min(v, math.MaxInt32))
					if int64(v) < 0 { // of a difference of profiles
						s.Count = 0
					}
				}
				values++
			})
		}
		if err != nil {
			return errDamaged
		}
	}
	// The runtime's own first function is no call of the program's.
	if n := len(s.Frames) - 1; n > 0 && s.Frames[n].Func == "runtime.goexit" {
		s.Frames = s.Frames[:n]
	}
	s.State = state(s.Frames, true)
	return nil
}

// location returns the calls at a location, innermost first: more than one where functions are inlined.
func (t *table) location(id uint64) ([]stacks.Frame, error) {
	if frames, ok := t.frames[id]; ok {
		return frames, nil
	}
	m, ok := t.locations[id]
	if !ok {
		return nil, errDamaged
	}
	var frames []stacks.Frame
	for len(m) > 0 {
		f, err := m.next()
		if err != nil {
			return nil, err
		}
		if f.tag != 4 || len(frames) == maxInline { // line
			continue
		}
		var function, line uint64
		for m := f.bytes; len(m) > 0; {
			part, err := m.next()
			if err != nil {
				return nil, err
			}
			switch part.tag {
			case 1:
				function = part.value
			case 2:
				line = part.value
			}
		}
		frame, err := t.function(function)
		if err != nil {
			return nil, err
		}
		frame.Line = int(min(line, math.MaxInt32))
		frames = append(frames, frame)
	}
	if t.calls += len(frames); t.calls > maxParts {
		return nil, errDamaged
	}
	t.frames[id] = frames
	return frames, nil
}

func (t *table) function(id uint64) (f stacks.Frame, err error) {
	for m := t.functions[id]; len(m) > 0; {
		part, err := m.next()
		if err != nil {
			return f, err
		}
		switch part.tag {
		case 2:
			f.Func = t.text(part.value)
		case 4:
			f.File = t.text(part.value)
		}
	}
	return f, nil
}
