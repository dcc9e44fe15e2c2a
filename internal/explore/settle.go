package explore

import (
	"slices"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// restless reports whether another goroutine than i can go on without the environment.
func (x *explorer) restless(s *state, i int) bool {
	for j, g := range s.gs {
		if j == i || g.done {
			continue
		}
		if !g.parked || g.preempted || slices.ContainsFunc(x.alternatives(s, j), func(a alternative) bool { return !a.env }) {
			return true
		}
	}
	return false
}

// settles reports whether a goroutine waits for the others to come to rest.
func (g *goroutine) settles() bool { return len(g.wait) == 1 && g.wait[0].kind == skeleton.Settle }
