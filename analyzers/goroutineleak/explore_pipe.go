package goroutineleak

import (
	"fmt"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/explore"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// pipeState is what was found of the pipes of a package.
type pipeState struct {
	stuckPipes []explore.Stuck
	told       map[toldPipe]bool
}

// A toldPipe is who waits for ever at a pipe: those who read, or those who write.
type toldPipe struct {
	made token.Pos
	kind skeleton.Kind
}

// tell notes that a finding is about those who wait at an end.
func (p *pipeState) tell(made token.Pos, e end) {
	if p.told == nil {
		p.told = make(map[toldPipe]bool)
	}
	kind := skeleton.PipeRead
	if e == writeEnd {
		kind = skeleton.PipeWrite
	}
	p.told[toldPipe{made, kind}] = true
}

// pipeEnd is the end of a pipe at which an operation waits.
func pipeEnd(k skeleton.Kind) (e end, ok bool) {
	return map[skeleton.Kind]end{skeleton.PipeRead: readEnd, skeleton.PipeWrite: writeEnd}[k], k == skeleton.PipeRead || k == skeleton.PipeWrite
}

// provenPipes reports what the explorer found to be stuck at a pipe, but for what the flow rule has told already: it says
// better who leaves.
func (c *checker) provenPipes() {
	for _, s := range c.stuckPipes {
		if !slices.ContainsFunc(slices.Concat([]explore.Stuck{s}, s.With), func(st explore.Stuck) bool { return c.told[toldPipe{st.Made, st.Kind}] }) {
			c.provenPipe(s)
		}
	}
}

func (c *checker) provenPipe(s explore.Stuck) {
	e, _ := pipeEnd(s.Kind)
	names := c.pipeNames(s.Made)
	kept, left := names[e], names[1-e]
	pos, end, _ := c.operation(s.Pos)
	d := pass.Diagnostic{Rule: abandonedReceiver, Pos: pos, End: end, Op: opName(s.Kind), Object: kept, Schedule: c.schedule(s)}
	why, advice := "nobody is left to write to "+left+" or to close it", "call "+left+".CloseWithError(err) on every way out of the one who writes, which ends the reads, too, and tells them why"
	who := c.leaverOf(s)
	if who != "" {
		why = who + " can return without closing " + left
	}
	if e == writeEnd {
		d.Rule = abandonedSender
		why, advice = "nobody reads from "+left+" while it waits, and a pipe has no room", "read in a goroutine of its own"
		if who != "" {
			why, advice = who+" can return without reading the rest or closing "+left, "close "+left+" on every way out of the one who reads (defer "+left+".Close())"
		}
	}
	d.Message = fmt.Sprintf("%s blocks for ever: %s; %s", describeOp(s.Kind, kept), why, advice)
	d.Steps = slices.Concat([]pass.Step{{Place: c.madeAt(s.Made), Goroutine: 0, Op: "make", Object: kept, Message: "the pipe is made here: it has no room, each write waits until it is read"}}, c.steps(s, kept))
	for _, other := range s.With {
		if p, e, o := c.operation(other.Pos); p.IsValid() {
			d.Related = append(d.Related, pass.Related{Place: pass.Place{Pos: p, End: e}, Message: describeOp(other.Kind, c.objectOf(other, o)) + " blocks too"})
		}
	}
	f := finding{Diagnostic: d, blocked: pos, rank: proven}
	if alone(s) {
		f.at, f.start = s.At, c.startOf(s)
	}
	c.add(f)
}

// leaverOf names who has left, where that may be why: nobody that could serve the one who waits is still there.
func (c *checker) leaverOf(s explore.Stuck) (who string) {
	if len(s.With) > 0 {
		return ""
	}
	for _, st := range s.Steps {
		if st.What != "return" || st.Goroutine == s.Goroutine {
			continue
		}
		if st.Goroutine == 0 {
			return st.Func.Name
		}
		i := slices.IndexFunc(s.Steps, func(by explore.Step) bool { return by.What == "start" && by.Other == st.Goroutine })
		if i >= 0 && s.Steps[i].Pos.IsValid() {
			who = fmt.Sprintf("the goroutine started at line %d", c.Fset.Position(s.Steps[i].Pos).Line)
		}
	}
	return who
}

// objectOf is what an operation is on, in the user's words: those of pipes are mostly by way of something else.
func (c *checker) objectOf(s explore.Stuck, text string) string {
	if e, ok := pipeEnd(s.Kind); ok {
		return c.pipeNames(s.Made)[e]
	}
	return text
}

// pipeCall returns the call of io.Pipe at a position, or nil.
func (c *checker) pipeCall(made token.Pos) *ssa.Call {
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(*ssa.Call); ok && call.Pos() == made {
					return call
				}
			}
		}
	}
	return nil
}

// pipeNames returns the names of the ends.
func (c *checker) pipeNames(made token.Pos) [2]string {
	if call := c.pipeCall(made); call != nil {
		if names := c.targets(call); len(names) == 2 {
			return [2]string{names[0], names[1]}
		}
	}
	return [2]string{"the read side", "the write side"}
}

func (c *checker) madeAt(made token.Pos) pass.Place {
	if call := c.pipeCall(made); call != nil {
		return c.placeOf(call)
	}
	return pass.Place{Pos: made}
}
