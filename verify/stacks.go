package verify

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
)

// A Frame is a call on a goroutine's stack.
type Frame struct {
	Func string `json:"func"` // with its import path: example.com/shop.(*Cart).Add.func1
	File string `json:"file"`
	Line int    `json:"line"`
}

func (f Frame) String() string { return fmt.Sprintf("%s (%s:%d)", f.Func, f.File, f.Line) }

// pkg returns the import path of the frame's function, as the linker writes it.
func (f Frame) pkg() string {
	slash := strings.LastIndexByte(f.Func, '/') + 1
	if dot := strings.IndexByte(f.Func[slash:], '.'); dot >= 0 {
		return f.Func[:slash+dot]
	}
	return f.Func
}

// A goroutine is one stack. internal/verify/stacks of the command reads the same text, and more of it: this module cannot
// import that one.
type goroutine struct {
	id, creator int    // creator is 0 where it is not known
	state       string // why it does not run, in the runtime's words
	leaked      bool   // the runtime has proven that nothing can wake it
	frames      []Frame
	created     *Frame
}

// maxDump bounds the text of all stacks, in bytes: about 64,000 goroutines.
const maxDump = 32 << 20

// dump returns the goroutines of the process, and whether these are all of them.
func dump() (list []*goroutine, whole bool) {
	for size := 64<<10 + runtime.NumGoroutine()<<10; ; size *= 2 {
		if size > maxDump {
			size = maxDump
		}
		buf := make([]byte, size)
		n := runtime.Stack(buf, true)
		if n < size || size == maxDump {
			return parseStacks(string(buf[:n])), n < size
		}
	}
}

// parseStacks reads what runtime.Stack writes.
func parseStacks(text string) []*goroutine {
	var list []*goroutine
	for text != "" {
		var one string
		one, text, _ = strings.Cut(text, "\n\n")
		if g := parseStack(one); g != nil {
			list = append(list, g)
		}
	}
	return list
}

func parseStack(text string) *goroutine {
	head, text, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	head, ok := strings.CutPrefix(head, "goroutine ")
	if !ok {
		return nil
	}
	number, head, _ := strings.Cut(head, " ")
	id, err := strconv.Atoi(number)
	if err != nil {
		return nil
	}
	g := &goroutine{id: id}
	if i := strings.IndexByte(head, '['); i >= 0 {
		g.setState(head[i+1:])
	}
	for text != "" {
		var call, place string
		call, text, _ = strings.Cut(text, "\n")
		if strings.HasPrefix(call, "\t") || strings.HasPrefix(call, "...") {
			continue
		}
		place, text, _ = strings.Cut(text, "\n")
		created := false
		if name, ok := strings.CutPrefix(call, "created by "); ok {
			created = true
			if i := strings.LastIndex(name, " in goroutine "); i >= 0 {
				g.creator, _ = strconv.Atoi(name[i+len(" in goroutine "):])
				name = name[:i]
			}
			call = name
		} else if i := strings.LastIndexByte(call, '('); i > 0 {
			call = call[:i]
		}
		if i := strings.LastIndex(place, " +0x"); i >= 0 {
			place = place[:i]
		}
		f := newFrame(call, strings.TrimPrefix(place, "\t"))
		if created {
			g.created = &f
		} else {
			g.frames = append(g.frames, f)
		}
	}
	return g
}

// setState reads `chan send (leaked), 3 minutes]:`. Go 1.26 may write labels before the bracket, later versions behind it.
func (g *goroutine) setState(text string) {
	text, _, _ = strings.Cut(text, " labels:{")
	if i := strings.IndexAny(text, ",]"); i >= 0 {
		text = text[:i]
	}
	for _, mark := range []string{" (scan)", " (durable)", " (scan)"} {
		text = strings.TrimSuffix(text, mark)
	}
	g.state, g.leaked = strings.CutSuffix(text, " (leaked)")
	if g.state == "runnable" {
		g.state = "running" // which of the two is chance
	}
}

func newFrame(name, place string) Frame {
	f := Frame{Func: name, File: place}
	if i := strings.LastIndexByte(place, ':'); i >= 0 {
		if line, err := strconv.Atoi(place[i+1:]); err == nil {
			f.File, f.Line = place[:i], line
		}
	}
	return f
}

// current returns the id of the goroutine that calls it, 0 if the runtime does not tell.
func current() int {
	var buf [64]byte
	head, _ := strings.CutPrefix(string(buf[:runtime.Stack(buf[:], false)]), "goroutine ")
	number, _, _ := strings.Cut(head, " ")
	id, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return id
}

// A sample is a number of goroutines with one stack and the same labels.
type sample struct {
	count  int
	labels string // as pprof writes them
	frames []Frame
}

// samples returns the goroutines of the process as a profile has them: with labels, without ids, states and creators. Of
// many goroutines that costs a twentieth of the time of their stacks.
func samples() []sample {
	var buf bytes.Buffer
	// There is no other error than the buffer's, which has none.
	_ = pprof.Lookup("goroutine").WriteTo(&buf, 1)
	return parseSamples(buf.String())
}

func parseSamples(text string) []sample {
	var list []sample
	_, text, _ = strings.Cut(text, "\n") // goroutine profile: total 3
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if frame, ok := strings.CutPrefix(line, "#\t"); ok && len(list) > 0 {
			_, frame, _ = strings.Cut(frame, "\t") // the address
			name, place, _ := strings.Cut(frame, "\t")
			if i := strings.LastIndexByte(name, '+'); i >= 0 {
				name = name[:i]
			}
			last := &list[len(list)-1]
			last.frames = append(last.frames, newFrame(name, strings.TrimLeft(place, "\t")))
		} else if labels, ok := strings.CutPrefix(line, "# labels: "); ok && len(list) > 0 {
			list[len(list)-1].labels = labels
		} else if number, _, ok := strings.Cut(line, " @"); ok {
			n, _ := strconv.Atoi(number)
			list = append(list, sample{count: n})
		}
	}
	return list
}

// stackKey tells stacks apart, alike for those of both sources: profiles leave out frames of the runtime's, and keep fewer.
func stackKey(frames []Frame) string {
	var b strings.Builder
	n := 0
	for _, f := range frames {
		if strings.HasPrefix(f.Func, "runtime.") {
			continue
		}
		fmt.Fprintf(&b, "%s:%d\n", f.Func, f.Line)
		if n++; n == 16 {
			break
		}
	}
	return b.String()
}
