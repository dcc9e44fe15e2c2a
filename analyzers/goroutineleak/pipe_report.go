package goroutineleak

import (
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
)

// A pipeLoss is a way on which the one who has an end of a pipe leaves the other one waiting.
type pipeLoss struct {
	call                  *ssa.Call // of io.Pipe
	end                   end       // that is not closed
	blocked               ssa.Instruction
	start                 ssa.Instruction // of the waiter's goroutine, or nil
	waiter, leaver, owner *ssa.Function
	loss                  loss
}

func (c *checker) reportPipe(l pipeLoss) {
	names := c.targets(l.call)
	if len(names) != 2 {
		names = []string{"the read side", "the write side"}
	}
	left, kept := names[l.end], names[1-l.end]
	who, leaver := "the function", "the function"
	if l.start != nil {
		who = "the goroutine started at " + c.line(l.start)
	}
	if l.leaver != l.owner {
		leaver = "the goroutine that has " + left
	}
	where := "when " + leaver + " returns at " + c.line(l.loss.exit)
	d := pass.Diagnostic{Rule: abandonedSender, Op: "pipe write", Object: kept}
	if l.end == readEnd {
		d.Message = who + " blocks for ever in a write to " + kept + " " + where + ": nobody reads the rest, and " + left + " is not closed on this way"
		if l.leaver == l.owner {
			d.Message += "; write defer " + left + ".Close() after io.Pipe"
		} else {
			d.Message += "; write defer " + left + ".Close() where the goroutine begins"
		}
	} else {
		d.Rule, d.Op = abandonedReceiver, "pipe read"
		d.Message = who + " waits for ever for more from " + kept + " " + where + ": " + left + " is not closed on this way; call " +
			left + ".CloseWithError(err) on every way out, which ends the reads, too, and tells them why"
	}
	c.tell(l.call.Pos(), 1-l.end)
	at := c.placeOf(l.blocked)
	d.Pos, d.End = at.Pos, at.End
	waits, leaves := 1, 1 // which goroutines
	d.Steps = []pass.Step{{Place: c.placeOf(l.call), Message: "the pipe is made here: it has no room, each write waits until it is read", Op: "make", Object: kept, Goroutine: 1}}
	if l.start != nil {
		waits = 2
		d.Steps = append(d.Steps, pass.Step{Place: c.placeOf(l.start), Message: "starts the goroutine that uses " + kept, Op: "start", Object: kept, Goroutine: 1})
	}
	if l.leaver != l.owner {
		leaves = waits + 1
	}
	d.Steps = append(d.Steps,
		pass.Step{Place: pass.Place{Pos: c.exitPos(l.loss.exit)}, Message: "leaves here, and " + left + " stays open", Op: "leave", Object: left, Goroutine: leaves},
		pass.Step{Place: at, Message: "waits here for ever", Op: d.Op, Object: kept, Goroutine: waits})
	c.add(finding{Diagnostic: d, blocked: l.blocked.Pos(), rank: shown})
}
