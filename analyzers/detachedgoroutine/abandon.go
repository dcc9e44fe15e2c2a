package detachedgoroutine

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// abandoning are the methods that keep a context from being recycled when the handler returns.
var abandoning = []string{
	"(github.com/gofiber/fiber/v3.Ctx).Abandon", "(*github.com/gofiber/fiber/v3.DefaultCtx).Abandon",
	"(*github.com/valyala/fasthttp.RequestCtx).TimeoutError", "(*github.com/valyala/fasthttp.RequestCtx).TimeoutErrorWithCode",
	"(*github.com/valyala/fasthttp.RequestCtx).TimeoutErrorWithResponse",
}

// maxAbandon bounds the functions that are looked at.
const maxAbandon = 100

// keepsContext reports whether a handler, or a function of the package that it calls, takes its context out of
// circulation: then the ways on which it does are those on which the goroutine outlives it, most likely.
func keepsContext(fn *ssa.Function, seen map[*ssa.Function]bool) bool {
	if seen[fn] || len(seen) > maxAbandon {
		return false
	}
	seen[fn] = true
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			callee := skeleton.CalleeOf(call.Common())
			if slices.Contains(abandoning, callee.Name()) || callee.Func != nil && keepsContext(callee.Func, seen) {
				return true
			}
		}
	}
	return false
}
