package verify

import (
	"cmp"
	"errors"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/cloudlint/cloudlint/internal/verify/profiles"
	"github.com/cloudlint/cloudlint/internal/verify/stacks"
)

// A blocking is what goroutines of an instance have in common that are counted together. Positions are without folders, so
// that builds of different machines agree.
type blocking struct {
	proven  bool
	op      string
	at      stacks.Frame
	root    string       // the function that the goroutine began with
	created stacks.Frame // zero where it is not known
}

// place is what tells two blockings apart if one of them is from a form of profile that says less.
func (b blocking) place() blocking { return blocking{at: b.at, root: b.root} }

// An Instance is what profiles say of one running program.
type Instance struct {
	Name   string
	groups map[blocking]*blocked
}

type blocked struct {
	count, minutes int
	at             stacks.Frame
	example        *stacks.Goroutine
}

const (
	maxGroups  = 50_000 // of an instance; an honest one has some hundreds
	maxExample = 64     // calls that are kept of a stack
)

// ErrTooMany is the error about an instance that waits in more places than any program has.
var ErrTooMany = errors.New("its goroutines wait in more than 50000 places")

// Add counts the goroutines of a sample, which may be of any of the instance's profiles.
func (in *Instance) Add(s *profiles.Sample, places Places) error {
	if len(s.Frames) == 0 || places.frameworks(&s.Goroutine) {
		return nil
	}
	i := slices.IndexFunc(s.Frames, func(f stacks.Frame) bool { return !places.Standard(f) })
	started := s.Created != nil && !places.Standard(*s.Created) // by a go statement that is known, and the user's
	if i < 0 && !started && !s.Leaked {
		return nil // servers and clients of the standard library, say connections that are idle
	}
	if !s.Leaked && (benign(&s.Goroutine) || perConnection(&s.Goroutine)) {
		return nil
	}
	at := s.Frames[max(i, 0)]
	if i < 0 && started {
		at = *s.Created
	}
	key := blocking{proven: s.Leaked, op: operation(s.State), at: short(at), root: began(s.Frames)}
	if s.Created != nil {
		key.created = short(*s.Created)
	}
	g := in.groups[key]
	if g == nil {
		if len(in.groups) == maxGroups {
			return ErrTooMany
		}
		if in.groups == nil {
			in.groups = make(map[blocking]*blocked)
		}
		example := s.Goroutine
		example.Labels = nil // of the service's own, perhaps not for others
		example.Frames = slices.Clone(s.Frames)
		if n := max(maxExample, i+1); len(s.Frames) > n {
			example.Frames, example.Elided = slices.Clone(append(s.Frames[:n:n], s.Frames[len(s.Frames)-1])), true
		}
		g = &blocked{at: at, example: &example}
		in.groups[key] = g
	}
	g.count = min(g.count+s.Count, math.MaxInt32)
	g.minutes = max(g.minutes, s.Minutes)
	return nil
}

// short returns a frame without the file's folder.
func short(f stacks.Frame) stacks.Frame {
	f.File = path.Base(slashes(f.File))
	return f
}

// operation is a state as it is compared: that a channel is nil is not known of each form.
func operation(state string) string {
	if state == "runnable" {
		return "running"
	}
	return strings.TrimSuffix(state, " (nil chan)")
}

// began returns the function that a goroutine began with, as far as each form knows it.
func began(frames []stacks.Frame) string {
	n := len(frames)
	for n > 1 && strings.HasPrefix(frames[n-1].Func, "runtime.") {
		n--
	}
	return frames[n-1].Func
}

// perConnection reports whether a goroutine of a server serves a connection for as long as that is open, so that there are
// as many as there are clients, and runs no handler.
func perConnection(g *stacks.Goroutine) bool {
	first := began(g.Frames)
	return slices.ContainsFunc([]string{
		"net/http.(*conn).serve",
		"golang.org/x/net/http2.(*serverConn).",
		"google.golang.org/grpc.(*Server).",
		"google.golang.org/grpc/internal/transport.NewServerTransport.",
		"google.golang.org/grpc/internal/transport.(*http2Server).keepalive",
	}, func(prefix string) bool { return strings.HasPrefix(first, prefix) }) && !slices.ContainsFunc(g.Frames, func(f stacks.Frame) bool {
		return !strings.HasPrefix(f.Func, "google.golang.org/grpc") && !strings.HasPrefix(f.Func, "golang.org/x/net/") && !standardElsewhere(f)
	})
}

// Limits say from when on goroutines in one place are worth a look.
type Limits struct {
	Count  int    // in one instance
	Growth int    // by how many they must have become more in one instance, and by a quarter
	Rank   string // "rms", "count" or "growth": what comes first
}

// Services finds the leaks that profiles of instances show: what is proven, and where so many goroutines wait, or so many
// more than before, that the limits say so. before holds the same instances at an earlier time, nil for one that was not
// read; it is empty where there was no look before. The first is the one to look at.
func Services(instances, before []*Instance, limits Limits) []*Leak {
	leaks := make(map[blocking]*Leak)
	var order []blocking
	over := make(map[blocking]bool)
	proven := make(map[blocking]bool) // places
	for i, in := range instances {
		var old *Instance
		if i < len(before) {
			old = before[i]
		}
		for key, g := range in.distinct() {
			l := leaks[key]
			if l == nil {
				l = &Leak{Class: Blocked, Op: key.op, At: g.at, Created: g.example.Created, Example: g.example, Live: &Live{Of: len(instances), Compared: len(before) > 0}}
				if key.proven {
					l.Class = Proven
					proven[key.place()] = true
				}
				leaks[key] = l
				order = append(order, key)
			}
			count := InstanceCount{Name: in.Name, Count: g.count}
			if old != nil {
				count.Compared = true
				if was := old.groups[key]; was != nil {
					count.Before = was.count
				}
				l.Live.Before += count.Before
				l.Live.Grown += count.Count - count.Before
			}
			l.Count += g.count
			l.Live.Minutes = max(l.Live.Minutes, g.minutes)
			l.Live.Instances = append(l.Live.Instances, count)
			if !key.proven && !limits.reached(key.op, count, old != nil) {
				continue
			}
			reader := in.reader(g)
			if !over[key] {
				l.Live.Reader = reader
			} else if reader == nil {
				l.Live.Reader = nil // it has to be so wherever there are so many
			}
			over[key] = true
		}
	}
	var list []*Leak
	for _, key := range order {
		// What is proven is not told again.
		if l := leaks[key]; over[key] && (key.proven || !proven[key.place()]) {
			l.Live.finish()
			if key.proven {
				l.Live.Reader = nil
			}
			list = append(list, l)
		}
	}
	slices.SortFunc(list, limits.compare)
	for i, l := range list {
		l.Live.Rank = i + 1
	}
	return list
}

// reached reports whether an instance's goroutines in one place are worth a look. Those that wait for the network, sleep or
// work are so many because there is so much to do.
func (l Limits) reached(op string, c InstanceCount, compared bool) bool {
	grown := compared && c.Count-c.Before >= l.Growth && (c.Count-c.Before)*4 >= c.Before
	switch op {
	case "IO wait", "syscall", "running", "waiting":
		return false
	case "sleep":
		return grown
	}
	return grown || c.Count >= l.Count
}

// distinct returns the groups, without those of a form of profile that says less than another about the same goroutines.
func (in *Instance) distinct() map[blocking]*blocked {
	known := make(map[blocking]bool)
	for key := range in.groups {
		if key.created != (stacks.Frame{}) {
			key.created = stacks.Frame{}
			known[key] = true
		}
	}
	groups := make(map[blocking]*blocked, len(in.groups))
	for key, g := range in.groups {
		if key.created != (stacks.Frame{}) || !known[key] || !key.proven {
			groups[key] = g
		}
	}
	return groups
}

// compare ranks: proven leaks, then those with most goroutines; what waits on purpose last.
func (l Limits) compare(a, b *Leak) int {
	class := func(l *Leak) int {
		switch {
		case l.Deliberate() || l.Live.Reader != nil:
			return 2
		case l.Class == Proven:
			return 0
		}
		return 1
	}
	by := cmp.Compare(b.Live.RMS, a.Live.RMS)
	switch l.Rank {
	case "count":
		by = 0
	case "growth":
		by = cmp.Compare(b.Live.Grown, a.Live.Grown)
	}
	return cmp.Or(cmp.Compare(class(a), class(b)), by, compare(a, b), cmp.Compare(began(a.Example.Frames), began(b.Example.Frames)))
}
