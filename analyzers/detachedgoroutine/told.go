package detachedgoroutine

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// told names the object of which a goroutine calls a method that is not known, where the function that starts it made
// the object: others who have it may learn so that the goroutine has ended, by a channel that it gives them or by
// waiting for the result.
func (c *checker) told(callee skeleton.Callee) root {
	if callee.Object == nil || callee.Func != nil && c.local[callee.Func] || callee.Object.Signature().Recv() == nil || len(callee.Args) == 0 {
		return root{}
	}
	for _, arg := range callee.Args {
		if hasDone(arg.Type()) {
			return root{} // a context is told by who cancels it, and what gets one works with it
		}
	}
	r := c.rootOf(callee.Args[0])
	switch r.base.(type) {
	case *ssa.Call, *ssa.Alloc:
	default:
		return root{}
	}
	r.object = true
	for _, arg := range callee.Args[1:] {
		r.delivers = r.delivers || resultOfWork(arg, 0)
	}
	r.escapes = r.kept()
	return r
}

// hasDone reports whether a type is a context.
func hasDone(t types.Type) bool { return types.TypeString(types.Unalias(t), nil) == "context.Context" }

const maxResultDepth = 6

// resultOfWork reports whether a value comes from a call that works with a context.
func resultOfWork(v ssa.Value, depth int) bool {
	if depth > maxResultDepth {
		return false
	}
	switch v := v.(type) {
	case *ssa.Extract:
		return resultOfWork(v.Tuple, depth+1)
	case *ssa.MakeInterface:
		return resultOfWork(v.X, depth+1)
	case *ssa.ChangeType:
		return resultOfWork(v.X, depth+1)
	case *ssa.UnOp:
		return resultOfWork(v.X, depth+1)
	case *ssa.FieldAddr:
		return resultOfWork(v.X, depth+1)
	case *ssa.Field:
		return resultOfWork(v.X, depth+1)
	case *ssa.Call:
		args := skeleton.CalleeOf(v.Common()).Args
		for _, arg := range args {
			if hasDone(arg.Type()) {
				return true
			}
		}
		return len(args) == 1 && resultOfWork(args[0], depth+1) // a part of the result
	}
	return false
}

// givenBy names the object whose method without arguments gives a value: the channel that Done of it returns.
func (c *checker) givenBy(v ssa.Value) root {
	call, ok := v.(*ssa.Call)
	if !ok {
		return root{}
	}
	callee := skeleton.CalleeOf(call.Common())
	if callee.Object == nil || callee.Object.Signature().Recv() == nil || len(callee.Args) != 1 {
		return root{}
	}
	return c.rootOf(callee.Args[0])
}
