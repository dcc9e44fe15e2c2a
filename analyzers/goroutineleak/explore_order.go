package goroutineleak

import (
	"slices"
	"strconv"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/explore"
)

// maxSchedule bounds the steps of a schedule. Nobody reads more, and no run of the code follows them.
const maxSchedule = 200

// schedule returns the execution that leads to a stuck goroutine, or nothing where it is longer than anybody wants.
func (c *checker) schedule(s explore.Stuck) []pass.Step {
	if len(s.Order) > maxSchedule {
		return nil
	}
	var out []pass.Step
	for _, t := range s.Order {
		st := pass.Step{Place: pass.Place{Pos: t.Pos}, Goroutine: t.Goroutine + 1, Op: opName(t.Kind), Waits: t.Waits}
		switch {
		case t.Enters:
			st.Op, st.Message = "call", "it begins here"
		case t.Starts > 0:
			st.Op, st.Starts, st.Message = "go", t.Starts+1, "starts goroutine "+strconv.Itoa(t.Starts+1)
		default:
			st.Pos, st.End, st.Object = c.operation(t.Pos)
			st.Message = describeOp(t.Kind, st.Object)
			if t.Stays {
				st.Message += " waits"
			}
		}
		out = append(out, st)
	}
	return out
}

// starterOf returns the goroutine that has started a stuck one.
func starterOf(s explore.Stuck) int {
	i := slices.IndexFunc(s.Steps, func(st explore.Step) bool { return st.What == "start" && st.Other == s.Goroutine })
	if i < 0 {
		return 0
	}
	return s.Steps[i].Goroutine
}
