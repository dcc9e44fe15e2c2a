package skeleton

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// collect makes the classes of the nodes, with all that is done to them.
func (c *Classes) collect() {
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				op := OpOf(instr)
				if op.Kind == Select {
					for i, s := range op.Cases {
						c.addOp(s.Chan, ClassOp{Op: op, Fn: fn, Case: i})
					}
					continue
				}
				if operates(op.Kind) {
					c.addOp(op.Object, ClassOp{Op: op, Fn: fn, Case: -1})
				}
			}
		}
	}
}

// operates reports whether an operation of the kind is one on an object of a class.
func operates(k Kind) bool {
	switch k {
	case MakeChan, Send, Recv, Close, WaitGroupAdd, WaitGroupDone, WaitGroupWait, WaitGroupGo,
		CondWait, CondSignal, CondBroadcast, GroupGo, GroupTryGo, GroupSetLimit, GroupWait:
		return true
	}
	return false
}

func (c *Classes) addOp(v ssa.Value, op ClassOp) {
	n := c.nodes[v]
	if n == nil {
		return
	}
	n = n.root()
	class := c.classes[n]
	if class == nil {
		class = &Class{
			Makes: slices.Clone(n.makes), Escapes: n.escapes, Kept: n.kept, Global: n.global, Fields: n.fields, Returned: n.result, Nil: n.isNil,
		}
		c.classes[n] = class
		c.made = append(c.made, class)
	}
	if op.Kind != MakeChan {
		class.Ops = append(class.Ops, op)
	}
}

// Does reports whether the operation is a send, receive or another kind, also as a case of a select.
func (op ClassOp) Does(k Kind) bool {
	if op.Kind != Select {
		return op.Kind == k
	}
	sends := op.Cases[op.Case].Send != nil
	return k == Send && sends || k == Recv && !sends
}
