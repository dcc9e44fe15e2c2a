// Package profiles reads the goroutine and goroutine-leak profiles of running programs, in the three forms in which Go
// writes them: pprof's own, a protocol buffer, compressed or not; the text of debug=1; the stacks of debug=2.
//
// A profile comes from another machine, through other hands: it may be cut, damaged or made to hurt. Reading one takes
// bounded memory and time, whatever is in it.
package profiles

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// A Sample is goroutines with the same stack. Those of a leak profile, and those that the stacks call so, are Leaked.
//
// Its State is in the words of the stacks. The other forms do not have it: it is then what the calls tell, or empty where
// they do not. They have neither the go statement nor the time.
type Sample struct {
	stacks.Goroutine
	Count int
}

// A Profile is what is known of one beside its goroutines.
type Profile struct {
	Form       string // "pprof", "debug=1" or "debug=2"
	Leaks      bool   // it is a goroutine-leak profile
	Goroutines int    // in the samples that were read
	Partial    string // why it is not all there; empty: it is
}

// Read calls each with the samples of a profile, one after the other, that are valid during the call only, and reads at
// most limit bytes, decompressed. If only a part can be read, Profile.Partial says so. The error is for one of which
// nothing can be used, and says what it is instead.
func Read(r io.Reader, limit int64, each func(*Sample)) (*Profile, error) {
	in := bufio.NewReaderSize(&bounded{r: r, left: limit, limit: limit}, 64<<10)
	if head, _ := in.Peek(2); string(head) == "\x1f\x8b" {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("its compression is damaged: %w", err)
		}
		in = bufio.NewReaderSize(&bounded{r: z, left: limit, limit: limit}, 64<<10)
	}
	head, err := in.Peek(512)
	if len(head) == 0 {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return nil, errors.New("it is empty")
	}
	p := new(Profile)
	count := func(s *Sample) {
		s.Leaked = s.Leaked || p.Leaks
		p.Goroutines += s.Count
		each(s)
	}
	switch text := string(head); {
	case strings.HasPrefix(text, "goroutine profile: "), strings.HasPrefix(text, "goroutineleak profile: "):
		p.Form, p.Leaks = "debug=1", strings.HasPrefix(text, "goroutineleak")
		err = readText(in, count)
	case other(text) != "":
		return nil, &OtherError{other(text)}
	case isBinary(head):
		p.Form = "pprof"
		err = readBinary(in, p, count)
	default:
		p.Form = "debug=2"
		err = readStacks(in, count)
	}
	if err != nil && p.Goroutines > 0 {
		p.Partial = err.Error()
		return p, nil
	}
	return p, err
}

// An OtherError is the error for what is no goroutine profile, and no damaged one.
type OtherError struct {
	What string // "a heap profile", "a web page"
}

func (e *OtherError) Error() string { return "it is " + e.What + ", not a goroutine profile" }

var namedProfile = regexp.MustCompile(`^(\w+) profile: `)

// other says what a text is that is no goroutine profile, as far as its beginning tells.
func other(text string) string {
	if m := namedProfile.FindStringSubmatch(text); m != nil {
		return "a " + m[1] + " profile"
	}
	trimmed := strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(text, "--- mutex:"):
		return "a mutex profile"
	case strings.HasPrefix(text, "--- contention:"):
		return "a block profile"
	case strings.HasPrefix(text, "go 1.") && strings.Contains(text, " trace\x00"):
		return "an execution trace"
	case strings.HasPrefix(trimmed, "<"):
		return "a web page"
	case strings.HasPrefix(trimmed, "{"), strings.HasPrefix(trimmed, "["):
		return "JSON"
	}
	return ""
}

// isBinary reports whether what begins so is no text: pprof's form has bytes at its very beginning that no text has.
func isBinary(head []byte) bool {
	for i, c := range head {
		switch {
		case c < ' ' && !strings.ContainsRune("\t\n\r\x1b", rune(c)):
			return true
		case c >= utf8.RuneSelf && !utf8.FullRune(head[i:]):
			return false // cut by the end of head
		}
	}
	return !utf8.Valid(head[:len(head)-min(len(head)-1, utf8.UTFMax)])
}

// stackLimit is where the runtime cuts the stacks of all goroutines.
const stackLimit = 64 << 20

// readStacks reads debug=2.
func readStacks(r io.Reader, each func(*Sample)) error {
	end := &tail{r: r}
	err := stacks.Read(end, func(g *stacks.Goroutine) { each(&Sample{Goroutine: *g, Count: 1}) })
	switch {
	case errors.Is(err, stacks.ErrNone):
		return &OtherError{"a text without goroutines"}
	case err != nil:
		return err
	case end.n == stackLimit:
		return fmt.Errorf("Go writes at most %d MB of stacks, and left out the other goroutines: take the profile without debug=2", stackLimit>>20)
	case !end.whole():
		return errors.New("it ends in the middle of a goroutine")
	}
	return nil
}

// A bounded reader fails where there is more than the limit.
type bounded struct {
	r           io.Reader
	left, limit int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		var more [1]byte
		if n, err := b.r.Read(more[:]); n == 0 {
			return 0, err
		}
		return 0, tooLarge(b.limit)
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

func tooLarge(limit int64) error {
	if limit < 1<<20 {
		return fmt.Errorf("it is larger than %d bytes", limit)
	}
	return fmt.Errorf("it is larger than %d MB", limit>>20)
}

// A tail counts what is read through it and remembers its end.
type tail struct {
	r    io.Reader
	n    int64
	last []byte
}

const tailSize = 4 << 10

func (t *tail) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.n += int64(n)
	t.last = append(t.last, p[max(0, n-tailSize):n]...)
	t.last = append(t.last[:0], t.last[max(0, len(t.last)-tailSize):]...)
	return n, err
}

var lastLine = regexp.MustCompile(`(?:^|\n)(?:\t[^\n]*:[0-9]+(?: \+0x[0-9a-f]+)?(?: fp=[^\n]*)?|\tgoroutine [^\n]*|exit status [0-9]+)\s*$`)

// whole reports whether stacks do not end within a goroutine's, as far as the last line tells: what was pasted may lack that
// line's end.
func (t *tail) whole() bool {
	return len(t.last) > 0 && t.last[len(t.last)-1] == '\n' || lastLine.Match(t.last)
}
