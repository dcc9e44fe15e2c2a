package goroutineleak

import (
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// A holding is what a goroutine has done to one lock since it entered the function under analysis.
type holding struct {
	path *skeleton.Path
	// write and read are how often it has locked more than it has unlocked. Negative: it released what its caller held.
	write, read int8
	// maybe is set where it is not known: somebody else may release it, or it was locked under a condition.
	maybe bool
	// lost is set with maybe where a lock of the caller's may have been released.
	lost bool
	// dynamic is set where it is a sync.Locker of which nobody knows what lock it is.
	dynamic bool
	// at took the lock: a call of Lock, or of a function that returns with the lock held.
	at ssa.Instruction
	// by is that function.
	by *ssa.Function
}

// releases reports whether a lock may be released that was not taken here.
func (h holding) releases() bool { return h.write < 0 || h.read < 0 || h.maybe && h.lost }

// couldRelease reports whether what one function does can be the release of what another holds.
func (h holding) couldRelease(held holding) bool {
	return h.write < 0 && held.write > 0 || h.read < 0 && held.read > 0 || h.maybe && h.lost
}

// held reports whether the lock is certainly held.
func (h holding) held() bool { return !h.maybe && (h.write > 0 || h.read > 0) }

// A lockState is what is known at one point of one path, but for facts.
type lockState struct {
	locks  []holding // in the order in which they were taken
	defers []*ssa.Defer
}

func (s lockState) find(p *skeleton.Path) int {
	return slices.IndexFunc(s.locks, func(h holding) bool { return h.path == p })
}

// with returns the state with another holding of the same path.
func (s lockState) with(h holding) lockState {
	locks := make([]holding, 0, len(s.locks)+1)
	for _, old := range s.locks {
		if old.path != h.path {
			locks = append(locks, old)
		}
	}
	if h.maybe || h.write != 0 || h.read != 0 {
		locks = append(locks, h)
	}
	s.locks = locks
	return s
}

// doubt returns the state in which nothing is known any more of the locks for which f holds.
func (s lockState) doubt(f func(holding) bool) lockState {
	for i, h := range s.locks {
		if !h.maybe && f(h) {
			s.locks = slices.Clone(s.locks)
			s.locks[i].maybe = true
		}
	}
	return s
}

// lockIDs numbers what keys of states mention.
type lockIDs map[any]int

func (ids lockIDs) of(v any) int {
	id, ok := ids[v]
	if !ok {
		id = len(ids) + 1
		ids[v] = id
	}
	return id
}

// key is the same for equal states.
func (s lockState) key(ids lockIDs) string {
	if len(s.locks) == 0 && len(s.defers) == 0 {
		return ""
	}
	b := make([]byte, 0, 64)
	for _, h := range s.locks {
		maybe := byte('=')
		if h.maybe {
			maybe = '?'
		}
		b = strconv.AppendInt(b, int64(ids.of(h.path)), 10)
		b = append(b, maybe, byte('m'+h.write), byte('m'+h.read))
		b = strconv.AppendInt(b, int64(ids.of(h.at)), 10)
		b = append(b, ';')
	}
	for _, d := range s.defers {
		b = strconv.AppendInt(append(b, 'd'), int64(ids.of(d)), 10)
	}
	return string(b)
}

// A lockFact is that a value equals a constant, or does not.
type lockFact struct {
	key   any // of the value; see (*lockWalk).keyOf
	value string
	is    bool
	// after is set where the function assigned it: it holds after, not before.
	after bool
}

// contradicts reports whether two facts about the same value cannot both hold.
func (f lockFact) contradicts(g lockFact) bool {
	if f.is && g.is {
		return f.value != g.value
	}
	return f.is != g.is && f.value == g.value
}

// lockFacts are what is known on a path. They are never changed, only copied.
type lockFacts []lockFact

// maxLockFacts bounds the facts of a path; the oldest are forgotten.
const maxLockFacts = 40

func (fs lockFacts) find(key any) (lockFact, bool) {
	for _, f := range fs {
		if f.key == key {
			return f, true
		}
	}
	return lockFact{}, false
}

// without forgets what is known of a value.
func (fs lockFacts) without(key any) lockFacts {
	i := slices.IndexFunc(fs, func(f lockFact) bool { return f.key == key })
	if i < 0 {
		return fs
	}
	return slices.Delete(slices.Clone(fs), i, i+1)
}

func (fs lockFacts) with(f lockFact) lockFacts {
	if f.key == nil {
		return fs
	}
	if !f.is && (f.value == "true" || f.value == "false") {
		f.is = true
		f.value = map[string]string{"true": "false", "false": "true"}[f.value]
	}
	if old, ok := fs.find(f.key); ok && old == f {
		return fs
	}
	out := make(lockFacts, 0, len(fs)+1)
	for _, old := range fs {
		if old.key != f.key {
			out = append(out, old)
		}
	}
	out = append(out, f)
	if len(out) > maxLockFacts {
		out = out[1:]
	}
	return out
}

// common returns the facts that both have.
func (fs lockFacts) common(other lockFacts) lockFacts {
	var out lockFacts
	for _, f := range fs {
		if g, ok := other.find(f.key); ok && f.value == g.value && f.is == g.is {
			f.after = f.after || g.after
			out = append(out, f)
		}
	}
	return out
}

// denies reports whether a fact is known not to hold.
func (fs lockFacts) denies(f lockFact) bool {
	old, ok := fs.find(f.key)
	return ok && old.contradicts(f)
}
