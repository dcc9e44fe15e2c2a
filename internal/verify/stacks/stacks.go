// Package stacks reads what the runtime prints about goroutines: the text of runtime.Stack, of a panic and of a goroutine
// profile with debug=2, as Go 1.26 and 1.27 write it.
package stacks

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A Goroutine is one stack.
type Goroutine struct {
	ID      int
	State   string // why it does not run, in the runtime's words: "chan send", "sync.Mutex.Lock"
	Leaked  bool   // the garbage collector has proven that nothing can wake it
	Minutes int    // for how long it has waited, as far as the runtime knows
	Bubble  int    // of testing/synctest; 0: none
	Labels  map[string]string

	Frames  []Frame // innermost first
	Elided  bool    // the runtime has left out frames
	Created *Frame  // the go statement, and nothing for goroutines of the runtime's own
	Creator int     // the goroutine that executed it; 0 where it is not known
}

// A Frame is a call.
type Frame struct {
	Func string // with the import path: example.com/shop/cart.(*Cart).Add.func1
	File string
	Line int
}

// Package returns the import path of the frame's function, which is "main" for every command.
func (f Frame) Package() string {
	pkg, _ := f.cut()
	return pkg
}

// Name is Func with the import path as source code writes it: the linker writes nats%2ego for nats.go.
func (f Frame) Name() string {
	pkg, name := f.cut()
	return pkg + name
}

// cut cuts Func behind the import path.
func (f Frame) cut() (pkg, rest string) {
	slash := strings.LastIndexByte(f.Func, '/') + 1
	end := len(f.Func)
	if dot := strings.IndexByte(f.Func[slash:], '.'); dot >= 0 {
		end = slash + dot
	}
	return unescape(f.Func[:end]), f.Func[end:]
}

// unescape undoes the linker's way to write import paths whose last element has dots and the like.
func unescape(path string) string {
	if !strings.Contains(path, "%") {
		return path
	}
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] == '%' && i+2 < len(path) {
			if c, err := strconv.ParseUint(path[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(path[i])
	}
	return b.String()
}

const (
	maxLine   = 1 << 20 // how long a line may be: those with labels are the longest
	maxFrames = 1 << 10 // how many calls a goroutine may have; the runtime prints a tenth of that
)

// ErrNone is the error for a text that has no goroutine in it.
var ErrNone = errors.New("there is no goroutine in it")

// Read calls each with the goroutines of a dump, one after the other, in bounded memory. Lines before, between and behind
// them, such as a panic's, are passed over. The error is the reader's, one about a line that is too long, or ErrNone;
// goroutines before it have been told of.
func Read(r io.Reader, each func(*Goroutine)) error {
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	var g *Goroutine
	var pending *Frame // its file is on the next line
	created := false
	none := true
	end := func() {
		if g != nil {
			each(g)
			none = false
		}
		g, pending, created = nil, nil, false
	}
	for s.Scan() {
		line := strings.TrimSuffix(s.Text(), "\r")
		switch {
		case strings.HasPrefix(line, "goroutine "):
			if next, ok := header(line); ok {
				end()
				g = next
				continue
			}
			end()
		case g == nil:
		case line == "":
			end()
		case strings.HasPrefix(line, "\t"):
			if pending != nil {
				place(pending, line)
				if created {
					g.Created = pending
				} else {
					if len(g.Frames) == maxFrames {
						g.Frames, g.Elided = g.Frames[:maxFrames-1], true // the outermost tells more
					}
					g.Frames = append(g.Frames, *pending)
				}
				pending = nil
			}
		case strings.HasPrefix(line, "created by "):
			name := strings.TrimPrefix(line, "created by ")
			if i := strings.LastIndex(name, " in goroutine "); i >= 0 {
				g.Creator, _ = strconv.Atoi(name[i+len(" in goroutine "):])
				name = name[:i]
			}
			pending, created = &Frame{Func: name}, true
		case strings.HasPrefix(line, "..."):
			g.Elided, pending = true, nil
		default:
			if i := strings.LastIndexByte(line, '('); i > 0 {
				pending = &Frame{Func: line[:i]}
			} else {
				end()
			}
		}
	}
	end()
	if err := s.Err(); err != nil {
		return fmt.Errorf("goroutines: %w", err)
	}
	if none {
		return ErrNone
	}
	return nil
}

// NewFrame returns the call of a function in a place, "/src/a.go:12".
func NewFrame(function, at string) Frame {
	f := Frame{Func: function}
	place(&f, at)
	return f
}

// place notes the file and the line of a frame: "\t/src/a.go:12 +0x1d".
func place(f *Frame, line string) {
	text := strings.TrimPrefix(line, "\t")
	if i := strings.LastIndex(text, " +0x"); i >= 0 {
		text = text[:i]
	}
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		if n, err := strconv.Atoi(text[i+1:]); err == nil {
			f.File, f.Line = text[:i], n
			return
		}
	}
	f.File = text
}

// header reads the first line of a goroutine:
//
//	goroutine 21 [chan send (leaked), 3 minutes, synctest bubble 1 labels:{"k": "v"}]:     Go 1.26
//	goroutine 21 [chan send (leaked), 3 minutes, synctest bubble 1] {k: v}:                Go 1.27
func header(line string) (*Goroutine, bool) {
	rest := strings.TrimPrefix(line, "goroutine ")
	number, rest, ok := strings.Cut(rest, " ")
	if !ok {
		return nil, false
	}
	g := new(Goroutine)
	var err error
	if g.ID, err = strconv.Atoi(number); err != nil || g.ID <= 0 {
		return nil, false
	}
	open := strings.IndexByte(rest, '[') // after gp=0x… m=… of GOTRACEBACK=system
	if open < 0 || !strings.HasSuffix(rest, ":") {
		return nil, false
	}
	rest = strings.TrimSuffix(rest[open+1:], ":")
	var state string
	if before, labels, ok := strings.Cut(rest, " labels:{"); ok {
		state = before
		g.Labels = readLabels(strings.TrimSuffix(labels, "}]"))
	} else if before, labels, ok := strings.Cut(rest, "] {"); ok {
		state = before
		g.Labels = readLabels(strings.TrimSuffix(labels, "}"))
	} else if state, ok = strings.CutSuffix(rest, "]"); !ok {
		return nil, false
	}
	for i, part := range strings.Split(state, ", ") {
		if i == 0 {
			g.State = part
			continue
		}
		if n, ok := strings.CutSuffix(part, " minutes"); ok {
			g.Minutes, _ = strconv.Atoi(n)
		}
		if n, ok := strings.CutPrefix(part, "synctest bubble "); ok {
			g.Bubble, _ = strconv.Atoi(n)
		}
	}
	for _, mark := range []string{" (scan)", " (durable)", " (scan)", " (leaked)"} {
		var had bool
		if g.State, had = strings.CutSuffix(g.State, mark); had && mark == " (leaked)" {
			g.Leaked = true
		}
	}
	return g, true
}

// readLabels reads `k: v, "k 2": "v"`, each part quoted where it has to be.
func readLabels(text string) map[string]string {
	labels := make(map[string]string)
	for text != "" {
		var key, value string
		key, text = word(text, ": ")
		value, text = word(text, ", ")
		labels[key] = value
	}
	return labels
}

// word takes a word off the text, and the separator behind it.
func word(text, separator string) (word, rest string) {
	if quoted, err := strconv.QuotedPrefix(text); err == nil {
		if word, err = strconv.Unquote(quoted); err == nil {
			return word, strings.TrimPrefix(text[len(quoted):], separator)
		}
	}
	word, rest, _ = strings.Cut(text, separator)
	return word, rest
}
