package contextdeadline

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/analyzers/internal/source"
	"github.com/cloudlint/cloudlint/internal/irutil"
)

// key identifies a root: one finding tells of it, however many calls it bounds.
func (r *root) key() string {
	if r.place.Foreign != nil {
		return fmt.Sprint(*r.place.Foreign)
	}
	return fmt.Sprint(int(r.place.Pos))
}

// unbounded reports an outbound call that a call proves to happen again and again without a deadline. Of several at one place,
// like those that a call of another package leads to, the first speaks and lists the others: the place is to be mended once.
func (c *checker) unbounded(call ssa.CallInstruction, d duty, often string) {
	at := c.source.Place(call)
	who := source.FuncName(irutil.Outermost(call.Parent()))
	steps := slices.Clone(d.calls)
	wait := pass.Step{Place: d.place, Message: d.call + " " + d.waits, Op: "wait", Object: d.call}
	steps = append(steps, wait)
	steps[0].Message += ", " + often

	diag := pass.Diagnostic{Rule: noDeadline, Op: "wait", Object: d.call, Subject: c.Call(d.place)}
	if d.root == nil {
		diag.Pos, diag.End = at.Pos, at.End
		diag.Message = fmt.Sprintf("%s %s as long as no answer comes: %s has no deadline, it ends only when the client goes away; bound the wait by context.WithTimeout(%[3]s, ...)",
			d.call, d.waits, d.param.Name())
		diag.Steps = steps
		c.tell(diag, pass.Related{Place: d.place, Message: fmt.Sprintf("%s %s as well", d.call, d.waits)})
		return
	}
	if c.spoken[d.root.key()] {
		return
	}
	c.spoken[d.root.key()] = true
	// The deadline belongs to where the root goes in; where that is in another package, the call that leads there is ours.
	place := d.root.entry
	diag.Pos, diag.End = place.Pos, place.End
	diag.Cause, diag.Origin, diag.Object = d.root.cause(c), d.root.place, d.root.text
	diag.Message = fmt.Sprintf("%s %s, for ever if no answer comes: its context comes from %s, which has no deadline, and %s; give it one with context.WithTimeout",
		d.call, d.waits, d.root.text, repeated(who, often))
	rooted := pass.Step{Place: d.root.place, Message: d.root.text + " has no deadline", Op: "context", Object: d.root.text}
	if d.root.command {
		diag.Message = fmt.Sprintf("%s %s, for ever if it hangs: %s gives it no context, and %s; use exec.CommandContext with one that has a deadline",
			d.call, d.waits, d.root.text, repeated(who, often))
		rooted.Message = d.root.text + " has no context"
	}
	// The root stands where it is made: before the call that it goes into.
	i := slices.IndexFunc(steps, func(s pass.Step) bool { return s.Place == d.root.entry })
	if d.root.place.Foreign != nil || i < 0 {
		i = len(steps) - 1
	}
	diag.Steps = slices.Insert(steps, i, rooted)
	c.tell(diag, pass.Related{Place: d.root.place, Message: fmt.Sprintf("%s has no deadline either: %s %s", d.root.text, d.call, d.waits)})
}

// tell notes a finding, or adds what else there is to say to the one of its place.
func (c *checker) tell(d pass.Diagnostic, another pass.Related) {
	if i, told := c.at[d.Pos]; told {
		c.found[i].Related = append(c.found[i].Related, another)
		return
	}
	c.at[d.Pos] = len(c.found)
	c.found = append(c.found, d)
}

// repeated says who does something how often.
func repeated(who, often string) string { return who + " runs it " + often }

func (r *root) cause(c *checker) string { return fmt.Sprint(c.wirePlace(r.place)) }
