package profiles

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

const (
	maxLine   = 1 << 20 // bytes: a line with a long stack's addresses, or with labels
	maxFrames = 256     // of one stack; Go's profiles have at most half as many, and what inlining adds
)

// readText reads the form of debug=1:
//
//	goroutine profile: total 12
//	10 @ 0x47a3ce 0x40fdcc 0x6f1a2b
//	# labels: {"k":"v"}
//	#	0x6f1a2a	example.com/shop.(*Cart).Add.func1+0x2a	/src/shop/cart.go:12
//
// It leaves out the runtime's calls at the top of a stack, which tell what it waits for.
func readText(r io.Reader, each func(*Sample)) error {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 64<<10), maxLine)
	names := make(interned)
	total, read := -1, 0
	var sample Sample
	end := func() {
		if sample.Count > 0 {
			read += sample.Count
			sample.State = state(sample.Frames, false)
			each(&sample)
		}
		sample = Sample{Goroutine: stacks.Goroutine{Frames: sample.Frames[:0]}}
	}
	for s.Scan() {
		line := s.Bytes()
		switch {
		case total < 0:
			_, number, _ := strings.Cut(string(line), " total ")
			n, err := strconv.Atoi(strings.TrimSpace(number))
			if err != nil || n < 0 {
				return errors.New("its first line does not say how many goroutines there are")
			}
			total = n
		case len(line) == 0:
			end()
		case line[0] == '#':
			if f, ok := names.frame(string(line)); ok && sample.Count > 0 {
				if len(sample.Frames) == maxFrames {
					sample.Frames = sample.Frames[:maxFrames-1] // the outermost tells more
					sample.Elided = true
				}
				sample.Frames = append(sample.Frames, f)
			}
		default:
			end()
			number, _, ok := strings.Cut(string(line), " @")
			n, err := strconv.Atoi(number)
			if !ok || err != nil || n <= 0 || n > total-read {
				return fmt.Errorf("it is damaged behind %d of %d goroutines", read, total)
			}
			sample.Count = n
		}
	}
	err := s.Err()
	if err == nil || len(sample.Frames) > 0 {
		end()
	}
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("it has a line of more than %d bytes", maxLine)
	case err != nil:
		return err
	case read < total:
		return fmt.Errorf("it ends behind %d of %d goroutines", read, total)
	}
	return nil
}

// interned holds the names of functions and files once: they come again and again.
type interned map[string]string

const maxInterned = 1 << 16

func (in interned) of(s string) string {
	if known, ok := in[s]; ok {
		return known
	}
	if len(in) < maxInterned {
		s = strings.Clone(s) // not the line that it is a part of
		in[s] = s
	}
	return s
}

// frame reads the line of a call: columns with tabs between them, "#", address, function+offset and file:line.
func (in interned) frame(line string) (f stacks.Frame, ok bool) {
	rest, ok := strings.CutPrefix(line, "#\t0x")
	if !ok {
		return f, false
	}
	_, rest, _ = strings.Cut(rest, "\t")
	name, place, _ := strings.Cut(strings.TrimLeft(rest, "\t"), "\t")
	if i := strings.LastIndex(name, "+0x"); i >= 0 {
		name = name[:i]
	}
	place = strings.TrimLeft(place, "\t")
	colon := strings.LastIndexByte(place, ':')
	if name == "" || colon < 0 {
		return f, false
	}
	number, err := strconv.Atoi(place[colon+1:])
	if err != nil || number < 0 {
		return f, false
	}
	return stacks.Frame{Func: in.of(name), File: in.of(place[:colon]), Line: number}, true
}
