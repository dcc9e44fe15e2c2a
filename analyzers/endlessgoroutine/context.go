package endlessgoroutine

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// ignoredContext returns the context that the goroutine was given and whose end it does not notice: a parameter of the
// function that loops, or one around it that the loop hands to what it calls. It is nil if there is none, or if nobody can
// cancel it.
func (c *checker) ignoredContext(s start) *ssa.Parameter {
	if p := contextOf(s.loop); p != nil && c.cancellable(s, p) {
		return p
	}
	return nil
}

// contextOf returns the context that a loop has and does not look at, or nil.
func contextOf(loop *trap) *ssa.Parameter {
	if loop.fn == nil {
		return nil
	}
	var found *ssa.Parameter
	for _, p := range loop.fn.Params {
		if irutil.IsContext(p.Type()) && p.Name() != "_" && p.Name() != "" {
			found = p
		}
	}
	for _, b := range loop.blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			op := skeleton.OpOf(instr)
			switch op.Kind {
			case skeleton.ContextErr, skeleton.ContextDone, skeleton.ContextWithoutCancel:
				return nil // it is looked at, in whatever way
			}
			for _, arg := range call.Common().Args {
				if p, ok := origin(arg).(*ssa.Parameter); ok && found == nil && irutil.IsContext(p.Type()) {
					found = p
				}
			}
		}
	}
	return found
}

// checkBlocking looks at a function that loops for ever itself, and that nothing in the package runs as a goroutine: who
// calls it with a context expects it to return when that is cancelled.
func (c *checker) checkBlocking(fn *ssa.Function) {
	loop := c.trapOf(fn)
	if loop == nil || loop.fn != fn || c.startedLoops[fn] || fn.Object() == nil || c.once(fn, 0) {
		return
	}
	p := contextOf(loop)
	if p == nil || p.Parent() != fn || c.contexts.State(p) != ctxflow.Unknown && c.contexts.State(p) != ctxflow.Cancellable {
		return
	}
	c.reportBlocking(fn, loop, p)
}

// cancellable reports whether somebody may cancel the context, as far as is known of what the goroutine is started with.
func (c *checker) cancellable(s start, p *ssa.Parameter) bool {
	arg := ssa.Value(p)
	if fn := s.target.Func; fn == p.Parent() {
		if i := slices.Index(fn.Params, p); i < len(s.target.Args) {
			arg = s.target.Args[i]
		}
	}
	switch c.contexts.State(arg) {
	case ctxflow.Unknown, ctxflow.Cancellable:
		return true
	}
	return false
}
