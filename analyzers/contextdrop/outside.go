package contextdrop

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// asksOutside reports whether a call waits for something outside the program: by itself, or by what the functions of the
// package do that it calls. Of a call through an interface, those count that types of the package implement it with.
func (c *checker) asksOutside(call ssa.CallInstruction) bool {
	if _, ok := c.outbound.Of(call.Common()); ok {
		return true
	}
	callee := skeleton.CalleeOf(call.Common())
	if fn := callee.Func; fn != nil {
		return c.scope.Local(fn) && c.goesOutside(fn)
	}
	if !call.Common().IsInvoke() {
		return false
	}
	for _, fn := range c.implementations(call.Common()) {
		if c.goesOutside(fn) {
			return true
		}
	}
	return false
}

// goesOutside reports whether a function of the package makes a call that waits for something outside the program.
func (c *checker) goesOutside(fn *ssa.Function) bool {
	if known, ok := c.outside[fn]; ok {
		return known
	}
	c.outside[fn] = false // a recursive call adds nothing
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok && c.exits.Reachable(call) && c.asksOutside(call) {
				c.outside[fn] = true
				return true
			}
		}
	}
	return false
}

// implementations are the methods of the package that a call through an interface can mean.
func (c *checker) implementations(call *ssa.CallCommon) []*ssa.Function {
	iface, ok := call.Value.Type().Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	var list []*ssa.Function
	for _, fn := range c.scope.Functions() {
		if recv := fn.Signature.Recv(); recv != nil && fn.Signature.RecvTypeParams().Len() == 0 && fn.Name() == call.Method.Name() && types.Implements(recv.Type(), iface) {
			list = append(list, fn)
		}
	}
	return list
}
