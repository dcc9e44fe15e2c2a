package contextdeadline

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// A Summary is the fact about a function: what importers must know of the contexts that it hands on and returns.
type Summary struct {
	Owes    []Owed
	Results []ctxflow.Result
	Timeout time.Duration // of the context that is returned, if that is a constant
}

// AFact marks Summary as a fact.
func (*Summary) AFact() {}

// String is what analysistest compares with the expectations of a test.
func (s *Summary) String() string {
	var parts []string
	for _, o := range s.Owes {
		by := fmt.Sprint("parameter ", o.Param)
		if o.Root != nil {
			by = o.Root.Text
		}
		parts = append(parts, o.Call+" by "+by)
	}
	for _, r := range s.Results {
		switch r.State {
		case ctxflow.Unknown:
			parts = append(parts, fmt.Sprintf("result %d is parameter %d", r.Index, r.Param))
		case ctxflow.None:
			parts = append(parts, fmt.Sprintf("result %d has no deadline", r.Index))
		case ctxflow.Deadline:
			text := fmt.Sprintf("result %d has a deadline", r.Index)
			if s.Timeout > 0 {
				text += " of " + s.Timeout.String()
			}
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "; ")
}

// An Owed is an outbound call that a call of the function makes, bounded by the deadline of a parameter, or by none.
type Owed struct {
	Call, Waits string
	Pos         wire.Pos // of the outbound call
	Calls       []Hop
	Param       int // the receiver of a method first; counts where Root is nil
	Root        *Root
}

// A Hop is a call on the way to the outbound call.
type Hop struct {
	Pos    wire.Pos
	Callee string
}

// A Root is a context that never ends.
type Root struct {
	Pos  wire.Pos
	Text string
	In   string // the function that it is made in
	// Command tells that a command is made, without a context.
	Command bool
}

func (o *Owed) duty() duty {
	d := duty{call: o.Call, waits: o.Waits, place: pass.Place{Foreign: &o.Pos}}
	for i := range o.Calls {
		hop := &o.Calls[i]
		d.calls = append(d.calls, pass.Step{Place: pass.Place{Foreign: &hop.Pos}, Message: "calls " + hop.Callee, Op: "call", Object: hop.Callee})
	}
	if o.Root != nil {
		d.root = &root{place: pass.Place{Foreign: &o.Root.Pos}, text: o.Root.Text, fn: o.Root.In, command: o.Root.Command}
	}
	return d
}

// exportFacts tells importers about the functions that they can call.
func (c *checker) exportFacts() {
	if c.Pkg.Name() == "main" {
		return
	}
	for _, fn := range c.fns {
		obj, ok := fn.Object().(*types.Func)
		if !ok || obj.Pkg() != c.Pkg || !obj.Exported() || c.IsTest(fn.Pos()) {
			continue
		}
		s := &Summary{Results: c.contexts.Results(fn)}
		s.Timeout = c.givenTimeout(fn, s.Results)
		s.Owes = c.owes(fn)
		if len(s.Owes) > 0 || len(s.Results) > 0 {
			c.ExportObjectFact(obj, s)
		}
	}
}

// owes lists what a function brings to its callers, as facts have it.
func (c *checker) owes(fn *ssa.Function) []Owed {
	var list []Owed
	for _, d := range c.dutiesOf(fn) {
		o := Owed{Call: d.call, Waits: d.waits, Pos: c.wirePlace(d.place)}
		for _, step := range d.calls {
			o.Calls = append(o.Calls, Hop{Pos: c.wirePlace(step.Place), Callee: step.Object})
		}
		switch {
		case d.root != nil:
			o.Root = &Root{Pos: c.wirePlace(d.root.place), Text: d.root.text, In: d.root.fn, Command: d.root.command}
		case d.param.Parent() == fn:
			o.Param = slices.Index(fn.Params, d.param)
		default:
			continue
		}
		list = append(list, o)
	}
	return list
}

// wirePlace is a place in the form that facts carry; all that are followed lie in files of the package.
func (c *checker) wirePlace(at pass.Place) wire.Pos {
	pos, _ := c.WirePlace(at)
	return pos
}
