package verify

import (
	"context"
	"fmt"
	"io"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// self is the prefix of this package's functions.
const self = "github.com/cloudlint/cloudlint/verify."

// labelKey is the key of the pprof label that goroutines inherit from the test that starts them.
const labelKey = "cloudlint.verify"

// commandKey is the key of the label that `cloudlint verify` sets, in the place of others, on the goroutine of each test and
// subtest: Label of internal/verify/hooks.
const commandKey = "cloudlint.test"

// An origin recognises the goroutines that a test has started: those that have inherited its label, whoever has started
// them, and those whose chain of creators leads to the test's own goroutine, where a label was replaced. Goroutines that
// were there before are none of them.
type origin struct {
	label  string // as pprof writes it
	name   string // the command's label, without the quote at its end
	id     int    // of the test's goroutine
	before map[int]bool
	older  map[string]int // with a label of the test, by their stacks: another run of it has left them
}

// newOrigin labels the goroutine that calls it, which has to be the one that runs the test.
func newOrigin(t testing.TB) *origin {
	o := &origin{id: current()}
	// Two tests have one name under -count. Goroutines' numbers are used once.
	value := fmt.Sprintf("%s#%d", t.Name(), o.id)
	o.label = strconv.Quote(labelKey) + ":" + strconv.Quote(value)
	o.name = strconv.Quote(commandKey) + ":" + strings.TrimSuffix(strconv.Quote(t.Name()), `"`)
	o.older = make(map[string]int)
	for key, s := range o.labelled() {
		o.older[key] = s.count
	}
	o.before = present()
	// The context has the command's label, if that runs the test.
	pprof.SetGoroutineLabels(pprof.WithLabels(contextOf(t), pprof.Labels(labelKey, value)))
	return o
}

// has reports whether labels are the test's: its own, or the command's of one of its subtests that has none.
func (o *origin) has(labels string) bool {
	if strings.Contains(labels, strconv.Quote(labelKey)+":") {
		return strings.Contains(labels, o.label)
	}
	return strings.Contains(labels, o.name+`"`) || strings.Contains(labels, o.name+"/")
}

// contextOf returns the test's context, which there is since Go 1.24.
func contextOf(t testing.TB) (ctx context.Context) {
	// A stand-in for testing.TB that embeds a nil one has the method, too.
	defer func() {
		if recover() != nil {
			ctx = context.Background()
		}
	}()
	if c, ok := t.(interface{ Context() context.Context }); ok {
		if ctx := c.Context(); ctx != nil {
			return ctx
		}
	}
	return context.Background()
}

// present returns the numbers of the goroutines that there are.
func present() map[int]bool {
	list, _ := dump()
	ids := make(map[int]bool, len(list))
	for _, g := range list {
		ids[g.id] = true
	}
	return ids
}

// started returns the test's goroutines that there are now. Of those that are only known by their label, the state, the
// creator and the number are not known where several have one stack.
func (o *origin) started() []*goroutine {
	labelled := o.labelled()
	list, _ := dump()
	byID := make(map[int]*goroutine, len(list))
	for _, g := range list {
		byID[g.id] = g
	}
	var mine []*goroutine
	others := make(map[string][]*goroutine)
	moved := 0 // known by their creators, and not with this stack by their label: they may have moved between the two looks
	for _, g := range list {
		if o.before[g.id] && g.id != o.id || own(g.frames) || ofRuntime(g) {
			continue
		}
		key := stackKey(g.frames)
		s := labelled[key]
		if g.id == o.id || o.descends(g, byID) {
			if g.id != o.id {
				mine = append(mine, g)
			}
			if s != nil && s.count > 0 {
				s.count--
			} else {
				moved++
			}
		} else if s != nil {
			others[key] = append(others[key], g)
		}
	}
	keys := make([]string, 0, len(labelled))
	for key := range labelled {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		s, same := labelled[key], others[key]
		for ; s.count > 0; s.count-- {
			switch {
			case len(same) > 0:
				mine, same = append(mine, same[0]), same[1:]
			case moved > 0:
				moved--
			default:
				mine = append(mine, &goroutine{frames: s.frames})
			}
		}
	}
	return mine
}

// labelled returns the goroutines with the test's label, by their stacks.
func (o *origin) labelled() map[string]*sample {
	found := make(map[string]*sample)
	for _, s := range samples() {
		if !o.has(s.labels) || own(s.frames) {
			continue
		}
		s, key := s, stackKey(s.frames)
		if same := found[key]; same != nil {
			same.count += s.count // other labels differ
		} else {
			found[key] = &s
		}
	}
	for key, s := range found {
		s.count = max(0, s.count-o.older[key])
	}
	return found
}

// descends reports whether the creators of a goroutine lead to the test's own.
func (o *origin) descends(g *goroutine, byID map[int]*goroutine) bool {
	seen := map[int]bool{g.id: true}
	for id := g.creator; id != 0 && !seen[id] && !o.before[id]; {
		seen[id] = true
		parent := byID[id]
		if parent == nil || ofTesting(parent.frames) {
			return false // a subtest's goroutines have a label, and may have an origin of their own
		}
		id = parent.creator
		if id == o.id {
			return true
		}
	}
	return g.creator == o.id && o.id != 0
}

// own reports whether the goroutine is one of this package's or of package testing's, or the one that asks.
func own(frames []Frame) bool {
	if len(frames) == 0 {
		return false // it has not begun to run, or runs this very moment
	}
	if ofTesting(frames) || strings.HasPrefix(frames[len(frames)-1].Func, self) {
		return true
	}
	for _, f := range frames {
		if f.Func == self+"samples" || f.Func == self+"dump" {
			return true
		}
	}
	return false
}

// ofTesting reports whether package testing has started the goroutine: to run a test, or to wait for one.
func ofTesting(frames []Frame) bool {
	if len(frames) == 0 {
		return false
	}
	pkg := frames[len(frames)-1].pkg()
	return pkg == "testing" || pkg == "testing/synctest"
}

// ofRuntime reports whether the goroutine is the main one or one that the runtime has started, for finalizers.
func ofRuntime(g *goroutine) bool {
	return g.created == nil || strings.HasPrefix(g.created.Func, "runtime.")
}

// provable reports whether the runtime offers to prove leaks.
func provable() bool { return pprof.Lookup(leakProfile) != nil }

// leakProfile is the name of the runtime's profile of leaked goroutines.
const leakProfile = "goroutineleak"

// detect has the runtime prove what it can, where it offers that. Stacks say (leaked) from then on.
func detect() bool {
	p := pprof.Lookup(leakProfile)
	return p != nil && p.WriteTo(io.Discard, 0) == nil
}

// runs reports whether one of the goroutines could go on, had it a processor.
func runs(list []*goroutine) bool {
	for _, g := range list {
		if g.state == "running" {
			return true
		}
	}
	return false
}

// settle waits until nothing is left that may still end, at most for the time that is given, and three times that where
// goroutines only wait for a processor. It returns what is left: proven leaks, and survivors that are not to be expected.
func settle(within time.Duration, look func() []*goroutine, ignored func(*goroutine) bool) []*goroutine {
	std := newStandard()
	start := time.Now()
	for wait := time.Millisecond; ; wait = min(2*wait, 128*time.Millisecond) {
		list := look()
		passed := time.Since(start)
		if len(list) > 0 && (passed >= within || wait >= 8*time.Millisecond) && detect() {
			list = look()
		}
		var left []*goroutine
		open := false
		for _, g := range list {
			if ignored(g) || benign(g, std) {
				continue
			}
			left = append(left, g)
			open = open || !g.leaked
		}
		late := passed >= within && !runs(left) || passed >= 3*within
		if late || !open {
			// Without goroutines that may still end there is nothing to wait for, but for a proof.
			if late || len(left) > 0 || len(list) == 0 || wait >= 8*time.Millisecond || !provable() {
				return left
			}
		}
		time.Sleep(wait)
	}
}
