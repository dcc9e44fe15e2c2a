package endlessgoroutine

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A Summary is the fact about a function: what importers must know of the goroutines without end that it starts.
type Summary struct {
	Loop   *Loop   // a call never returns, because of this loop
	Spawns []int   // parameters, the receiver first, that it runs as goroutines
	Starts []Start // goroutines without end that each call starts
}

// AFact marks Summary as a fact.
func (*Summary) AFact() {}

// String is what analysistest compares with the expectations of a test.
func (s *Summary) String() string {
	var parts []string
	if s.Loop != nil {
		parts = append(parts, "loops "+s.Loop.Text)
	}
	for _, p := range s.Spawns {
		parts = append(parts, fmt.Sprint("spawns ", p))
	}
	for _, d := range s.Starts {
		text := "starts " + d.Goes + " (" + d.Loop.Text + ")"
		if d.Object > 0 {
			text += fmt.Sprint(" once for ", d.Object)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// A Loop is one that nothing leaves.
type Loop struct {
	Pos  wire.Pos
	Text string // its head
	In   string // the function that it is in
	Why  string // why nothing leaves it

	Always bool // every call gets there
}

func (l *Loop) trap() *trap {
	return &trap{place: pass.Place{Foreign: &l.Pos}, text: l.Text, in: l.In, why: l.Why, always: l.Always}
}

func (c *checker) loopFact(t *trap) Loop {
	return Loop{Pos: c.wirePlace(t.place), Text: t.text, In: t.in, Why: t.why, Always: t.always}
}

// A Start is a goroutine without end that a function starts.
type Start struct {
	Pos    wire.Pos // the go statement
	Goes   string   // what it starts
	Loop   Loop
	Calls  []Call // from the function to the start
	Object int    // once for each object that is handed in as this argument, counted from 1; 0: at each call
}

// A Call is one on the way to a start.
type Call struct {
	Pos    wire.Pos
	Callee string
}

func (s *Start) duty() duty {
	d := duty{
		place: pass.Place{Foreign: &s.Pos},
		loop:  s.Loop.trap(),
		goes:  s.Goes,
	}
	for i := range s.Calls {
		call := &s.Calls[i]
		d.calls = append(d.calls, pass.Step{Place: pass.Place{Foreign: &call.Pos}, Message: "calls " + call.Callee, Op: "call", Object: call.Callee})
	}
	return d
}

// exportFacts tells importers about the functions that they can call.
func (c *checker) exportFacts() {
	for _, fn := range c.fns {
		obj, ok := fn.Object().(*types.Func)
		if !ok || obj.Pkg() != c.Pkg || !obj.Exported() || c.Pkg.Name() == "main" || c.IsTest(fn.Pos()) {
			continue
		}
		s := &Summary{Spawns: c.spawnedParams(fn)}
		if t := c.trapOf(fn); t != nil {
			loop := c.loopFact(t)
			s.Loop = &loop
		}
		for _, d := range c.dutiesOf(fn) {
			o := Start{Pos: c.wirePlace(d.place), Goes: d.goes, Loop: c.loopFact(d.loop)}
			if d.object != nil {
				p, ok := d.object.(*ssa.Parameter)
				if !ok || p.Parent() != fn {
					continue
				}
				o.Object = slices.Index(fn.Params, p) + 1
			}
			for _, call := range d.calls {
				o.Calls = append(o.Calls, Call{Pos: c.wirePlace(call.Place), Callee: call.Object})
			}
			s.Starts = append(s.Starts, o)
		}
		if s.Loop != nil || len(s.Spawns) > 0 || len(s.Starts) > 0 {
			c.ExportObjectFact(obj, s)
		}
	}
}

// wirePlace is a place in the form that facts carry; all that are followed lie in files of the package.
func (c *checker) wirePlace(at pass.Place) wire.Pos {
	pos, _ := c.WirePlace(at)
	return pos
}
