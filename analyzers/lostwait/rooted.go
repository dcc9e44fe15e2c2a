package lostwait

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// rootedWait says whether an instruction calls a library's method that waits between tries, or until the context has ended
// that it knows, which never does.
func (c *checker) rootedWait(instr ssa.Instruction) (pause, bool) {
	row, root := c.rooted(instr)
	if row == nil || !row.Waits {
		return pause{}, false
	}
	text := c.source.Callee(instr.(*ssa.Call)) + ", which knows " + c.source.Callee(root) + "() only,"
	return pause{text: text, root: root, instead: "make it with %s, by " + row.New[strings.LastIndex(row.New, "/")+1:]}, true
}

// rooted returns what is known of a method that counts tries, or waits between them, and the call that makes the context
// which its object knows, if that never ends.
func (c *checker) rooted(instr ssa.Instruction) (row *models.Backoff, root *ssa.Call) {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return nil, nil
	}
	callee := skeleton.CalleeOf(call.Common())
	row = models.BackoffMethod(callee.Name())
	if row == nil || len(callee.Args) == 0 {
		return nil, nil
	}
	made := []ssa.Value{callee.Args[0]}
	if load, ok := made[0].(*ssa.UnOp); ok {
		if field, isField := load.X.(*ssa.FieldAddr); isField {
			made, ok = c.storedIn(irutil.FieldOf(field.X.Type(), field.Field))
		} else {
			made, ok = c.contexts.Stored(load.X)
		}
		if !ok || len(made) == 0 {
			return nil, nil
		}
	}
	for _, v := range made {
		by, ok := v.(*ssa.Call)
		if !ok || skeleton.CalleeOf(by.Common()).Name() != row.New {
			return nil, nil
		}
		if root = c.endless(by.Call.Args[row.Context]); root == nil {
			return nil, nil
		}
	}
	return row, root
}

// storedIn returns what the package stores in a field of any object. all is false if others can, or its address goes elsewhere.
func (c *checker) storedIn(field *types.Var) (values []ssa.Value, all bool) {
	if field == nil || field.Exported() && c.Pkg.Name() != "main" {
		return nil, false
	}
	for _, fn := range c.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				addr, ok := instr.(*ssa.FieldAddr)
				if !ok || irutil.FieldOf(addr.X.Type(), addr.Field) != field {
					continue
				}
				if !onlyRead(addr) {
					return nil, false
				}
				for _, use := range *addr.Referrers() {
					if store, ok := use.(*ssa.Store); ok {
						values = append(values, store.Val)
					}
				}
			}
		}
	}
	return values, true
}
