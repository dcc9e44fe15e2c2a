package detachedgoroutine

import (
	"cmp"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/wire"
)

// A kind is what is done with a followed value that goes wrong when the request is over.
type kind uint8

const (
	works    kind = iota // a call that fails when its context is cancelled
	writes               // writes or reads the response
	reads                // reads the body
	touches              // anything with a value that is recycled
	sends                // sends on a stream
	receives             // receives from a stream
	calls                // the function is called
)

// A hop is one event on the way to a use.
type hop struct {
	pos  token.Pos
	at   *wire.Pos // in another package; then pos is not used
	text string    // what is called or used: "s.mailer.Send"
	// arg is the argument of the call at pos that is the value, the receiver of a method first; -1: none.
	arg int
}

// A use is a use of a followed value in a function, or in what it calls.
type use struct {
	kind   kind
	hops   []hop // the first is in the function itself
	form   bool  // reads the body only if no form was parsed before
	looped bool  // in a loop that only its own code ends: the goroutine is made to live as long as the request
}

// A late is a use in a goroutine that a function, or what it calls, starts and does not wait for.
type late struct {
	use
	calls []hop // from the function to the one that starts the goroutine
	start hop
	ret   hop // where that returns
	// in the function itself: the go statement, or the call that leads to it.
	site ssa.Instruction
	// pending are objects of the function's callers by which the goroutine tells that it has ended.
	pending []root
	spawned *ssa.Function // the goroutine's function, where it belongs to this package
}

// effects are what a function does with a value.
type effects struct {
	uses     []use
	lates    []late
	watches  bool // receives from Done, so it is made to end with the context
	parsed   bool // parses the form
	hijacked bool // takes the connection from the server
	returned []returned
}

// A returned tells that a result of the function holds the value.
type returned struct {
	result int
	path   path
	class  class
}

func (e *effects) empty() bool {
	return len(e.uses) == 0 && len(e.lates) == 0 && !e.watches && !e.parsed && !e.hijacked && len(e.returned) == 0
}

// addUse keeps the first use of each kind in the order of the source.
func (e *effects) addUse(u use) {
	i := slices.IndexFunc(e.uses, func(other use) bool { return other.kind == u.kind && other.form == u.form })
	switch {
	case i < 0:
		e.uses = append(e.uses, u)
	case u.hops[0].pos < e.uses[i].hops[0].pos:
		e.uses[i] = u
	}
}

// maxLates bounds what is kept of one function.
const maxLates = 20

func (e *effects) addLate(l late) {
	i := slices.IndexFunc(e.lates, func(other late) bool {
		return other.kind == l.kind && other.start.pos == l.start.pos && other.site == l.site && other.form == l.form
	})
	switch {
	case i >= 0 && l.hops[0].pos < e.lates[i].hops[0].pos:
		e.lates[i] = l
	case i < 0 && len(e.lates) < maxLates:
		e.lates = append(e.lates, l)
	}
}

func (e *effects) sort() {
	slices.SortStableFunc(e.lates, func(a, b late) int {
		return cmp.Or(cmp.Compare(a.start.pos, b.start.pos), cmp.Compare(a.hops[0].pos, b.hops[0].pos), cmp.Compare(a.kind, b.kind))
	})
}

// maxHops bounds the length of a chain of calls.
const maxHops = 8

// through is the use as the caller sees it.
func (u use) through(h hop) (use, bool) {
	if len(u.hops) >= maxHops {
		return use{}, false
	}
	u.hops = slices.Concat([]hop{h}, u.hops)
	return u, true
}
