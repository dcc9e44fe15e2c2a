package verify

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/paths"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// maxTests is how many tests a message or a piece of evidence names.
const maxTests = 5

// Finding returns a leak as one that no analyzer has reported. root is what files are relative to. The caller fills in what
// the rule, whose code is set, says about itself, and the module.
func (l *Leak) Finding(places Places, root string) finding.Finding {
	f := finding.Finding{
		Code:     CodeProven,
		Package:  l.At.Package(),
		Function: function(l.At),
		Range:    places.at(l.At, root),
		Evidence: l.Evidence(finding.RuntimeOnly, places, root),
	}
	switch l.Class {
	case Survivor:
		f.Code = CodeSurvivor
	case Blocked:
		f.Code = CodeBlocked
	}
	if f.Package == "main" {
		switch file := places.File(l.At); {
		case len(l.Tests) > 0:
			f.Package = l.Tests[0].Package // a command is linked into no other program
		case places.Import != nil && file != "":
			f.Package = cmp.Or(places.Import(filepath.Dir(file)), f.Package)
		}
	}
	name := f.Function
	if filepath.IsAbs(filepath.FromSlash(f.File)) { // of another module or of Go itself, where the name alone says little
		name += " of " + l.At.Package()
	}
	f.Message = l.message(name)
	if l.Created != nil {
		starter := function(*l.Created)
		if l.Created.Func == "time.goFunc" {
			starter = "a timer (time.AfterFunc)"
		}
		f.Path = append(f.Path, finding.Step{Goroutine: 1, Op: "go", Message: starter + " starts the goroutine", Range: places.at(*l.Created, root)})
	}
	// From the outermost call that is the user's to the place.
	for i := len(l.Example.Frames) - 1; i >= 0; i-- {
		frame := l.Example.Frames[i]
		if places.Standard(frame) {
			continue
		}
		step := finding.Step{Goroutine: 2, Op: "call", Message: function(frame), Range: places.at(frame, root)}
		if frame == l.At {
			step.Op, step.Message = l.Op, function(frame)+": "+what(l.Op)
			f.Path = append(f.Path, step)
			break
		}
		f.Path = append(f.Path, step)
	}
	for _, s := range f.Path {
		f.Related = append(f.Related, finding.Related{Message: s.Message, Range: s.Range})
	}
	f.Related = append(f.Related, l.others(places, root)...)
	parts := finding.Parts{Code: f.Code, Package: f.Package, Function: f.Function, Op: l.Op}
	switch {
	case l.Of.path != "": // which place comes first is chance
		parts = finding.Parts{Code: f.Code, Package: l.Of.path}
	case l.Live != nil:
		parts.Object = began(l.Example.Frames) // which each form of profile knows
	case l.Created != nil:
		parts.Object = function(*l.Created)
	}
	f.Fingerprint = finding.Fingerprint(parts)
	return f
}

// Severity is the one of a leak for which the rule's own is too hard; empty: the rule's own.
func (l *Leak) Severity() rule.Severity {
	if l.Deliberate() || l.perConnection() {
		return rule.Note
	}
	return ""
}

// at is the place of a frame. What lies outside the folders that are known has only its name.
func (p Places) at(f stacks.Frame, root string) finding.Range {
	name := p.File(f)
	if name == "" {
		return finding.Range{File: f.File, Line: f.Line}
	}
	if rel, ok := paths.Below(root, name); ok {
		name = rel
	}
	return finding.Range{File: filepath.ToSlash(name), Line: f.Line}
}

// function returns the name of a frame's function as findings name it: without the package, closures and type parameters.
func function(f stacks.Frame) string {
	name := f.Func[strings.LastIndexByte(f.Func, '/')+1:]
	_, name, _ = strings.Cut(name, ".")
	name = strings.ReplaceAll(name, "[...]", "")
	if strings.HasPrefix(name, "(") {
		recv, rest, _ := strings.Cut(name, ").")
		method, _, _ := strings.Cut(rest, ".")
		return recv + ")." + method
	}
	first, rest, ok := strings.Cut(name, ".")
	second, _, _ := strings.Cut(rest, ".")
	if !ok || second == "" || literal(second) {
		return first
	}
	return first + "." + second // a method of a value
}

// literal reports whether the linker has made up a name: for a function literal, a go or defer statement with arguments,
// the body of a range over a function.
func literal(name string) bool {
	for _, prefix := range []string{"func", "gowrap", "deferwrap"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "" && strings.Trim(rest, "0123456789") == "" {
			return true
		}
	}
	return name != "" && (strings.Trim(name, "0123456789") == "" || strings.HasPrefix(name, "func") && strings.Contains(name, "-range"))
}

// message tells of the leak; name is that of the function where it waits.
func (l *Leak) message(name string) string {
	var b strings.Builder
	who := "a goroutine"
	if l.Hang {
		who = "the goroutine of a test"
	}
	switch {
	case l.Deliberate():
		fmt.Fprintf(&b, "%s waits for nothing in %s, on purpose: an empty select", who, name)
	case l.Class == Blocked:
		fmt.Fprintf(&b, "%d goroutines wait in %s: each%s", l.Count, name, strings.TrimPrefix(what(l.Op), "it"))
	case l.Class == Proven:
		fmt.Fprintf(&b, "%s waits for ever in %s: %s, and nothing that can still run reaches what it waits for", who, name, what(l.Op))
	case len(l.Others) > 0:
		fmt.Fprintf(&b, "%d goroutines of %s %s are still there after all tests, in %d places: one is in %s, where %s",
			l.Count, l.Of.path, l.Of.version, len(l.Others)+1, name, what(l.Op))
	default:
		fmt.Fprintf(&b, "%s is still in %s after all tests: %s", who, name, what(l.Op))
	}
	if l.Count > 1 && l.Class != Blocked && len(l.Others) == 0 {
		fmt.Fprintf(&b, "; %d such", l.Count)
	}
	if tests := l.tests(); tests != "" {
		b.WriteString("; started by " + tests)
	}
	if l.Live != nil {
		b.WriteString(l.Live.message())
	}
	if advice := l.advice(); advice != "" {
		b.WriteString("; " + advice)
	}
	return b.String()
}

// tests names the tests that have started the goroutines.
func (l *Leak) tests() string {
	var names []string
	for _, t := range l.Tests {
		if t.Name != "" {
			names = append(names, t.Name)
		}
	}
	switch {
	case len(names) == 0:
		return ""
	case len(names) == 1:
		return names[0]
	case len(names) == 2:
		return names[0] + " and " + names[1]
	}
	return fmt.Sprintf("%s and %d other tests", names[0], len(names)-1)
}

// Words says for people in which function the goroutines wait, and what they do.
func (l *Leak) Words() (in, does string) { return function(l.At), what(l.Op) }

// what says in Go's words what a goroutine does that the runtime describes with op.
func what(op string) string {
	return cmp.Or(map[string]string{
		"chan send":               "it sends on a channel",
		"chan send (nil chan)":    "it sends on a nil channel",
		"chan receive":            "it receives from a channel",
		"chan receive (nil chan)": "it receives from a nil channel",
		"select":                  "it waits in a select",
		"select (no cases)":       "it waits in an empty select",
		"sync.Mutex.Lock":         "it locks a mutex",
		"sync.RWMutex.RLock":      "it read-locks a mutex",
		"sync.RWMutex.Lock":       "it locks a mutex",
		"sync.WaitGroup.Wait":     "it waits for a WaitGroup",
		"sync.Cond.Wait":          "it waits for a Cond",
		"semacquire":              "it waits for a semaphore of the runtime",
		"sleep":                   "it sleeps",
		"IO wait":                 "it waits for input or output",
		"running":                 "it runs",
		"syscall":                 "it is in a system call",
		"synctest.Wait":           "it waits for the other goroutines of its bubble",
		"waiting":                 "it waits",
		"":                        "it waits for something that a profile with debug=1 does not tell",
	}[op], "it is in "+op)
}

// advice says what to write instead.
func (l *Leak) advice() string {
	if l.Deliberate() || l.perConnection() {
		return ""
	}
	switch {
	case l.Class == Proven:
	case l.Class == Blocked:
		return "if they are not so many on purpose, bound how many are started, and have each wait for a context that ends as well"
	case l.Of.path != "":
		return "close or stop what the tests have opened of it; what nothing can stop is no fault of theirs"
	case l.Op == "sleep":
		return "unless it ends when it wakes, stop it where the test ends"
	default:
		return "stop it where the test ends"
	}
	switch l.Op {
	case "chan send":
		return "receive on every path, give the channel room for the value, or select with the context's Done"
	case "chan receive", "select":
		return "close or send on every path, or also wait for a context that ends"
	case "chan send (nil chan)", "chan receive (nil chan)":
		return "make the channel before it is used"
	case "sync.WaitGroup.Wait":
		return "call Done once for each Add, on every path"
	case "sync.Cond.Wait":
		return "Signal or Broadcast after each change, on every path"
	case "sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock":
		return "unlock on every path, and lock in the same order everywhere"
	}
	return ""
}

// Evidence returns the leak as what a run says about a finding.
func (l *Leak) Evidence(status finding.EvidenceStatus, places Places, root string) *finding.Evidence {
	e := &finding.Evidence{Status: status, Class: string(l.Class), Goroutines: l.Count, Waits: l.Op, Schedules: l.Runs}
	for i, t := range l.Tests {
		if i == maxTests {
			e.MoreTests = len(l.Tests) - maxTests
			break
		}
		e.Tests = append(e.Tests, finding.EvidenceTest{Package: t.Package, Test: t.Name, Goroutines: t.Count})
	}
	e.OverTime = l.overTime(places, root)
	l.Live.evidence(e)
	for _, f := range l.Example.Frames {
		at := places.at(f, root)
		e.Stack = append(e.Stack, finding.Frame{Function: f.Name(), File: at.File, Line: at.Line})
	}
	if l.Created != nil {
		at := places.at(*l.Created, root)
		e.Created = &finding.Frame{Function: l.Created.Name(), File: at.File, Line: at.Line}
	}
	return e
}
