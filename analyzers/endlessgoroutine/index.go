package endlessgoroutine

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// An index finds what package ssa has no referrers of.
type index struct {
	callers  map[*ssa.Function][]ssa.CallInstruction // calls and starts of it
	asValue  map[*ssa.Function][]ssa.Instruction     // other uses: handed on, stored
	written  map[*types.Var]bool                     // fields that are assigned after their struct was made
	channels map[*types.Var][]ssa.Instruction        // FieldAddr and Field of channels
	invokes  map[string]bool                         // names of methods that are called through an interface
	stops    []ssa.CallInstruction                   // calls of (*time.Ticker).Stop and (*time.Timer).Stop
	resets   []ssa.CallInstruction                   // calls of (*time.Ticker).Reset
}

func newIndex(fns []*ssa.Function) *index {
	ix := &index{
		callers:  make(map[*ssa.Function][]ssa.CallInstruction),
		asValue:  make(map[*ssa.Function][]ssa.Instruction),
		written:  make(map[*types.Var]bool),
		invokes:  make(map[string]bool),
		channels: make(map[*types.Var][]ssa.Instruction),
	}
	for _, fn := range fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				ix.add(instr)
			}
		}
	}
	return ix
}

func (ix *index) add(instr ssa.Instruction) {
	var callee ssa.Value
	switch i := instr.(type) {
	case *ssa.FieldAddr:
		ix.addChannel(irutil.FieldOf(i.X.Type(), i.Field), instr)
	case *ssa.Field:
		ix.addChannel(irutil.FieldOf(i.X.Type(), i.Field), instr)
	case *ssa.Store:
		if addr, ok := i.Addr.(*ssa.FieldAddr); ok {
			if _, fresh := rootOf(addr.X).(*ssa.Alloc); !fresh {
				ix.written[irutil.FieldOf(addr.X.Type(), addr.Field)] = true
			}
		}
	case ssa.CallInstruction:
		common := i.Common()
		if common.IsInvoke() {
			ix.invokes[common.Method.Name()] = true
		}
		op := skeleton.OpOf(instr)
		if op.Kind == skeleton.TickerStop || op.Kind == skeleton.TimerStop {
			ix.stops = append(ix.stops, i)
		}
		if op.Callee.Name() == "(*time.Ticker).Reset" {
			ix.resets = append(ix.resets, i)
		}
		if f := skeleton.CalleeOf(common).Func; f != nil {
			ix.callers[f] = append(ix.callers[f], i)
			callee = common.Value
		}
	}
	var operands [10]*ssa.Value
	for _, op := range instr.Operands(operands[:0]) {
		if *op == callee {
			continue
		}
		switch v := (*op).(type) {
		case *ssa.Function:
			f := skeleton.Normal(v)
			ix.asValue[f] = append(ix.asValue[f], instr)
		case *ssa.MakeClosure:
			if f, ok := v.Fn.(*ssa.Function); ok {
				f = skeleton.Normal(f)
				ix.asValue[f] = append(ix.asValue[f], instr)
			}
		}
	}
}

func (ix *index) addChannel(f *types.Var, instr ssa.Instruction) {
	if f == nil {
		return
	}
	if _, ok := f.Type().Underlying().(*types.Chan); ok {
		ix.channels[f] = append(ix.channels[f], instr)
	}
}

// std reports whether the package is one of the standard library's, as far as its path tells.
func std(pkg *types.Package) bool {
	for i := 0; i < len(pkg.Path()); i++ {
		switch pkg.Path()[i] {
		case '.':
			return false
		case '/':
			return true
		}
	}
	return true
}
