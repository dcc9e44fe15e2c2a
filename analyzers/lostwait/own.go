package lostwait

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// ownHelper returns what is known of a function of the package that calls a parameter again after any failure, and waits in
// between, without a context.
func (c *checker) ownHelper(callee skeleton.Callee) *models.RetryHelper {
	fn := callee.Func
	if fn == nil || len(fn.Blocks) == 0 || fn.Parent() != nil {
		return nil
	}
	if helper, asked := c.helpers[fn]; asked {
		return helper
	}
	c.helpers[fn] = nil
	if slices.ContainsFunc(fn.Params, func(p *ssa.Parameter) bool { return c.isContext(p) }) {
		return nil
	}
	for i, p := range fn.Params {
		if _, isFunc := p.Type().Underlying().(*types.Signature); isFunc && c.callsAgain(fn, p) {
			c.helpers[fn] = &models.RetryHelper{Operation: i, Policy: -1, Instead: instead}
			break
		}
	}
	return c.helpers[fn]
}

// instead is what is to be done where a function that tries again belongs to the user.
const instead = "give it the context too, and have it wait for its end beside the timer"

// A fact is about a function that calls a parameter again after any failure, waits in between, and knows no context.
type fact struct {
	Operation int // the parameter, the receiver of a method first
}

// AFact marks fact as one.
func (*fact) AFact() {}

// String is what analysistest compares with the expectations of a test.
func (f *fact) String() string { return fmt.Sprintf("calls parameter %d again", f.Operation) }

// exportFacts tells importers about the functions that try again.
func (c *checker) exportFacts() {
	if c.Pkg.Name() == "main" {
		return
	}
	for _, fn := range c.fns {
		obj, ok := fn.Object().(*types.Func)
		if !ok || obj.Pkg() != c.Pkg || !obj.Exported() || c.IsTest(fn.Pos()) {
			continue
		}
		if helper := c.ownHelper(skeleton.Callee{Func: fn}); helper != nil {
			c.ExportObjectFact(obj, &fact{Operation: helper.Operation})
		}
	}
}

// foreignHelper returns what another package has told of a function of its own that tries again, or nil.
func (c *checker) foreignHelper(callee skeleton.Callee) *models.RetryHelper {
	var told fact
	if callee.Object == nil || callee.Invoke || callee.Object.Pkg() == nil || callee.Object.Pkg() == c.Pkg || !c.ImportObjectFact(callee.Object.Origin(), &told) {
		return nil
	}
	return &models.RetryHelper{Operation: told.Operation, Policy: -1, Instead: instead}
}

// callsAgain reports whether a function calls a parameter in a loop until that succeeds, with a wait between the calls.
func (c *checker) callsAgain(fn *ssa.Function, p *ssa.Parameter) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || call.Call.Value != ssa.Value(p) && !loads(call.Call.Value, p) {
				continue
			}
			loops := c.around(b)
			of := failures(call)
			if len(loops) == 0 || of == nil {
				continue
			}
			l := loops[0]
			if c.leavesOn(call, l, of, true) || c.classified(l, of) || !endsOnSuccess(l, of) || slices.ContainsFunc(loops, func(l *irutil.Loop) bool { return c.consultsBut(l, call) }) {
				continue
			}
			if c.pauses(l) {
				return true
			}
		}
	}
	return false
}

// loads reports whether a value is read from the variable that a captured parameter is kept in.
func loads(v ssa.Value, p *ssa.Parameter) bool {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	return slices.ContainsFunc(*p.Referrers(), func(use ssa.Instruction) bool {
		store, ok := use.(*ssa.Store)
		return ok && store.Addr == load.X
	})
}

// pauses reports whether a loop waits between its rounds long enough to matter.
func (c *checker) pauses(l *irutil.Loop) bool {
	for b := range l.Has {
		for _, instr := range b.Instrs {
			p, ok := c.pauseOf(instr)
			if !ok {
				continue
			}
			d, known := longest(p.value, 0)
			if known && (d < shortest || c.rounds(l) > 0 && time.Duration(c.rounds(l))*d < enough) {
				continue
			}
			return true
		}
	}
	return false
}
