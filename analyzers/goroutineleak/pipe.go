package goroutineleak

import (
	"cmp"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// pipes finds goroutines that block for ever on one end of an io.Pipe, because who has the other leaves without closing it.
// A pipe has no room: a write waits until all of it is read, or an end is closed.
//
// The rule is about pipes both of whose ends are seen at all times: one is used by one goroutine, the other by another one.
func (c *checker) pipes() {
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(*ssa.Call); ok && skeleton.OpOf(call).Kind == skeleton.Pipe && c.exits.Reachable(call) {
					c.pipe(fn, call)
				}
			}
		}
	}
}

func (c *checker) pipe(fn *ssa.Function, call *ssa.Call) {
	ends := [2]ssa.Value{extract(call, 0), extract(call, 1)}
	if ends[0] == nil || ends[1] == nil {
		return
	}
	u := &pipeUses{owner: fn, starts: make(map[*ssa.Function]ssa.Instruction), seen: make(map[pipeSeen]bool)}
	for i, v := range ends {
		u.follow(v, pipeHolder{end: end(i), fn: fn})
	}
	if u.lost {
		return
	}
	for _, e := range []end{readEnd, writeEnd} {
		leaver, waiter := u.user(e), u.user(1-e)
		if leaver == nil || waiter == nil || leaver == waiter {
			continue
		}
		c.abandonedPipe(u, call, e, leaver, waiter)
	}
}

// user returns the function whose goroutine alone uses an end. What closes it may be anywhere.
func (u *pipeUses) user(e end) (fn *ssa.Function) {
	for _, use := range u.uses {
		if use.end != e || use.act == pipeClosed {
			continue
		}
		if fn != nil && use.fn != fn {
			return nil
		}
		fn = use.fn
	}
	return fn
}

// abandonedPipe reports the use of one end by the waiter if the leaver can return without closing the other, which is e.
func (c *checker) abandonedPipe(u *pipeUses, call *ssa.Call, e end, leaver, waiter *ssa.Function) {
	if mainFunction(leaver) {
		return
	}
	d := &duty{tracker: newTracker(c, leaver)}
	start := u.starts[waiter]
	if leaver == u.owner {
		d.acquire = call
	} else if u.starts[leaver] == nil {
		return
	}
	if waiter != u.owner && (start == nil || leaver == u.owner && start.Parent() != leaver) {
		return
	}
	var blocked ssa.Instruction
	ended := make(map[ssa.Value]bool)
	for _, use := range u.uses {
		switch {
		case use.fn != leaver && use.fn != waiter:
			return // somebody else closes it, when that is needed
		case use.fn == leaver && (use.act != pipeUsed || use.end != e):
			d.mark(use.instr, transfers)
		case use.fn == leaver:
			d.mark(use.instr, leaves(use, ended))
		case use.act == pipeGone || use.end == e:
			return
		case use.act == pipeUsed && waits(use) && (blocked == nil || use.instr.Pos() < blocked.Pos()):
			blocked = use.instr
		}
	}
	if blocked == nil {
		return
	}
	d.done = func(cond ssa.Value, outcome bool) bool {
		if v, isNil, ok := nilTest(cond, outcome); ok {
			return !isNil && ended[v]
		}
		switch cond := cond.(type) {
		case *ssa.BinOp: // with io.EOF
			return (cond.Op == token.EQL) == outcome && (ended[cond.X] || ended[cond.Y])
		case *ssa.Call: // errors.Is, Scan
			return outcome && len(cond.Call.Args) == 2 && ended[cond.Call.Args[0]] || !outcome && ended[cond]
		}
		return false
	}
	lost, _ := c.losses(d)
	lost = slices.DeleteFunc(lost, func(l loss) bool {
		if _, ok := l.exit.(*ssa.Return); !ok {
			return true
		}
		return start != nil && start.Parent() == leaver && !(slices.Contains(l.blocks, start.Block()) && reached(start, l))
	})
	if len(lost) == 0 {
		return
	}
	slices.SortStableFunc(lost, func(a, b loss) int { return cmp.Compare(c.exitPos(a.exit), c.exitPos(b.exit)) })
	c.reportPipe(pipeLoss{call: call, end: e, blocked: blocked, start: start, waiter: waiter, leaver: leaver, owner: u.owner, loss: lost[0]})
}

// reached reports whether an instruction of a block on the way is done before the way ends.
func reached(instr ssa.Instruction, l loss) bool {
	return instr.Block() != l.exit.Block() || precedes(instr, l.exit)
}

// waits reports whether a use of an end goes on until the other is closed, or all is written. A single read or decode may
// be all that is wanted.
func waits(use pipeUse) bool {
	return use.end == writeEnd || !use.receiver || irutil.InCycle(use.inner.Block())
}

// leaves says what a use of the end by who may leave does for those who wait at the other one. It adds to ended what says
// that there is nobody any more.
func leaves(use pipeUse, ended map[ssa.Value]bool) effect {
	call, plain := use.instr.(*ssa.Call)
	switch {
	case use.end == writeEnd:
		if plain && failsOnlyClosed(call) {
			ended[errorOf(call)] = true
		}
		return keeps
	case !plain:
		return transfers // deferred
	case !use.receiver && !onlyReads(use.inner):
		return transfers // by way of a request, most often, and its transport closes it also when that fails
	case use.instr != use.inner:
		return transfersIfNil
	}
	err := errorOf(call)
	name := skeleton.CalleeOf(&call.Call).Name()
	copies := name == "io.Copy" || name == "io.CopyBuffer"
	switch {
	case use.receiver && irutil.InCycle(call.Block()):
		// The usual way out of a loop is the end of what there is to read.
		ended[call] = true // (*bufio.Scanner).Scan
		if err != nil {
			ended[err] = true
		}
		return keeps
	case copies && skeleton.MayFail(call.Call.Args[0]):
		// What it copies to may fail before the end.
		if comparedError(err) {
			return transfersIfNil
		}
		return keeps
	case copies, name == "io.ReadAll", name == "io/ioutil.ReadAll":
		return transfers // to the end, or a read has failed
	case err == nil && !use.receiver:
		return transfers
	}
	return transfersIfNil
}

// onlyReads reports whether a call is of a function of which it is known that it does not close what it reads, whatever
// else that is: those of the standard library that deal with data.
func onlyReads(instr ssa.Instruction) bool {
	call, ok := instr.(ssa.CallInstruction)
	if !ok {
		return false
	}
	callee := skeleton.CalleeOf(call.Common())
	if callee.Object == nil || callee.Object.Pkg() == nil {
		return false
	}
	path := callee.Object.Pkg().Path()
	first, _, _ := strings.Cut(path, "/")
	return slices.Contains([]string{"io", "bufio", "bytes", "encoding", "fmt", "compress", "archive", "mime", "image"}, first)
}

// failsOnlyClosed reports whether a write is to the pipe itself: that fails only where an end is closed. What encodes or
// copies has other reasons.
func failsOnlyClosed(call *ssa.Call) bool {
	callee := skeleton.CalleeOf(&call.Call)
	switch callee.Name() {
	case "(*io.PipeWriter).Write", "io.WriteString", "fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln":
		return errorOf(call) != nil
	}
	return false
}

// comparedError reports whether the error is compared with something.
func comparedError(err ssa.Value) bool {
	return err != nil && slices.ContainsFunc(*err.Referrers(), func(use ssa.Instruction) bool {
		_, ok := use.(*ssa.BinOp)
		return ok
	})
}
