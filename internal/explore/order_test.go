package explore

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The order in which goroutines go on tells who may have to wait for a later turn, and who comes no further.
func TestOrder(t *testing.T) {
	p := load(t, "testdata/order/order.go")
	want := map[string]string{
		// The time is no turn: the select goes on by itself, and before the send.
		"Timeout": "0 enters 9, 0 starts 1 11, 0 12, 1 stays 11",
		// Of two that meet, the first may have to wait.
		"Partner": "0 enters 18, 0 starts 1 20, 0 waits 27, 1 21, 1 stays 25",
		// Who waits for a Cond has given its lock back, and stays where it came to.
		"Missed": "0 enters 49, 0 starts 1 52, 0 58, 0 59, 0 60, 1 53, 1 waits 54",
		// A writer that waits keeps readers out, so it comes first of those that stay.
		"Nested": "0 enters 30, 0 starts 1 33, 0 starts 2 40, 1 34, 2 stays 41, 0 stays 45, 1 stays 35",
	}
	for _, fn := range p.fns {
		if want[fn.Name()] == "" {
			continue
		}
		t.Run(fn.Name(), func(t *testing.T) {
			stuck, _ := Root(p.Program, p.Func(fn), DefaultBudget)
			if len(stuck) == 0 {
				t.Fatal("nothing is stuck")
			}
			var turns []string
			for _, turn := range stuck[0].Order {
				text := fmt.Sprint(turn.Goroutine)
				switch {
				case turn.Enters:
					text += " enters"
				case turn.Starts > 0:
					text += fmt.Sprint(" starts ", turn.Starts)
				case turn.Stays:
					text += " stays"
				case turn.Waits:
					text += " waits"
				}
				turns = append(turns, fmt.Sprint(text, " ", p.fset.Position(turn.Pos).Line))
			}
			if diff := cmp.Diff(want[fn.Name()], strings.Join(turns, ", ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
