package witness

import (
	"fmt"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// entry is the operation of the first step of a schedule, which is a call of the function in which all begins.
const entry = "call"

// A turn is the nth arrival of a goroutine at a site.
type turn struct {
	site   *site
	nth    int
	role   int  // which goroutine, from 1; 0: any
	child  int  // the role that starts there; 0: none does
	told   bool // the child says itself who it is
	ends   bool // it ends before the next begins
	enters bool
	step   finding.Step
}

// String returns the turn as hooks.Witness has it.
func (t turn) String() string {
	text := fmt.Sprintf("%d.%d", t.site.id, t.nth)
	if t.role > 0 {
		text += fmt.Sprintf("@%d", t.role)
	}
	if t.ends {
		text += "."
	}
	switch {
	case t.enters:
		text += "!"
	case t.child > 0 && t.told:
		text += fmt.Sprintf(">%d", t.child)
	case t.child > 0:
		text += fmt.Sprintf("~%d", t.child)
	}
	return text
}

// switches leaves those turns out in the middle of what one goroutine does on end: its code decides their order, and a way
// through it that differs there is as good. What starts a goroutine stays, because it tells who is who.
func switches(turns []turn) []turn {
	var out []turn
	for i, t := range turns {
		inside := i > 0 && i < len(turns)-1 && turns[i-1].role == t.role && turns[i+1].role == t.role
		if t.enters || t.child > 0 || !inside {
			out = append(out, t)
		}
	}
	return out
}
