package endlessgoroutine

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// tickerStop returns a call that stops the ticker which the loop waits for, and nothing else, or nil. Who calls it means
// to end the loop; but Stop does not close the channel, so that the goroutine waits for ever.
func (c *checker) tickerStop(ticker ssa.Value, loop *trap) ssa.CallInstruction {
	for _, reset := range c.index.resets {
		if args := skeleton.CalleeOf(reset.Common()).Args; len(args) > 0 && sameTicker(ticker, args[0]) {
			return nil // it is stopped for a while
		}
	}
	for _, stop := range c.index.stops {
		op := skeleton.OpOf(stop)
		if len(op.Callee.Args) == 0 || !sameTicker(ticker, op.Callee.Args[0]) || within(stop.Parent(), loop.fn) || !c.counts(stop) {
			continue
		}
		return stop
	}
	return nil
}

// within reports whether fn is outer or a closure in it.
func within(fn, outer *ssa.Function) bool {
	for ; fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// waitsOnlyFor returns the ticker or timer that every wait of the loop is for, or nil.
func waitsOnlyFor(loop *trap) ssa.Value {
	var ticker ssa.Value
	for _, b := range loop.blocks {
		for _, instr := range b.Instrs {
			op := skeleton.OpOf(instr)
			var chans []ssa.Value
			switch op.Kind {
			case skeleton.Recv:
				chans = append(chans, op.Object)
			case skeleton.Select:
				if op.Default {
					return nil
				}
				for _, s := range op.Cases {
					chans = append(chans, s.Chan)
				}
			case skeleton.Sleep:
				return nil
			}
			for _, ch := range chans {
				t := tickerOf(ch)
				if t == nil || ticker != nil && !sameTicker(ticker, t) {
					return nil
				}
				ticker = t
			}
		}
	}
	return ticker
}

// tickerOf returns the *time.Ticker that the channel belongs to, or nil.
func tickerOf(ch ssa.Value) ssa.Value {
	load, ok := origin(ch).(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return nil
	}
	addr, ok := load.X.(*ssa.FieldAddr)
	if !ok || !isTimerField(addr.X.Type(), addr.Field) || pointerTo(addr.X.Type()).Obj().Name() != "Ticker" {
		return nil
	}
	return addr.X
}

// sameTicker reports whether both can be one ticker: the same local variable, or one that is kept in the same field of
// whatever object, by itself or among others.
func sameTicker(a, b ssa.Value) bool {
	for _, x := range tickerKeys(a) {
		if slices.Contains(tickerKeys(b), x) {
			return true
		}
	}
	return false
}

// tickerKeys returns the variables that the ticker is known by: a value of the function, fields of structs.
func tickerKeys(v ssa.Value) []any {
	v = origin(v)
	keys := []any{v}
	if f := keptIn(v); f != nil {
		keys = append(keys, f)
	}
	for _, alias := range aliases(v) {
		for _, use := range *alias.Referrers() {
			var f *types.Var
			switch use := use.(type) {
			case *ssa.Store:
				if use.Val == alias {
					f = storedIn(use.Addr)
				}
			case *ssa.MapUpdate:
				if use.Value == alias {
					f = keptIn(origin(use.Map))
				}
			}
			if f != nil {
				keys = append(keys, f)
			}
		}
	}
	return keys
}

// aliases returns the value and the loads of the variable that holds it and nothing else.
func aliases(v ssa.Value) []ssa.Value {
	all := []ssa.Value{v}
	if v.Referrers() == nil {
		return nil
	}
	for _, use := range *v.Referrers() {
		s, ok := use.(*ssa.Store)
		if !ok || s.Val != v {
			continue
		}
		cell, ok := s.Addr.(*ssa.Alloc)
		if !ok || onlyStore(cell) == nil {
			continue
		}
		for _, use := range *cell.Referrers() {
			if load, ok := use.(*ssa.UnOp); ok && load.Op == token.MUL {
				all = append(all, load)
			}
		}
	}
	return all
}

// keptIn returns the field that a value was read from, directly or from the map or slice in it, or nil.
func keptIn(v ssa.Value) *types.Var {
	for range maxSteps {
		switch x := v.(type) {
		case *ssa.UnOp:
			if x.Op != token.MUL {
				return nil
			}
			v = x.X
		case *ssa.FieldAddr:
			return irutil.FieldOf(x.X.Type(), x.Field)
		case *ssa.Field:
			return irutil.FieldOf(x.X.Type(), x.Field)
		case *ssa.IndexAddr:
			v = x.X
		case *ssa.Lookup:
			v = x.X
		case *ssa.Extract:
			v = x.Tuple
		case *ssa.Next:
			v = x.Iter
		case *ssa.Range:
			v = x.X
		default:
			return nil
		}
	}
	return nil
}

// storedIn returns the field that an address lies in, or that the slice goes to whose element it is, or nil.
func storedIn(addr ssa.Value) *types.Var {
	index, ok := addr.(*ssa.IndexAddr)
	if !ok {
		if a, ok := addr.(*ssa.FieldAddr); ok {
			return irutil.FieldOf(a.X.Type(), a.Field)
		}
		return nil
	}
	list, ok := index.X.(*ssa.Alloc)
	if !ok {
		return keptIn(index.X)
	}
	// The list of the arguments of append.
	for _, use := range *list.Referrers() {
		slice, ok := use.(*ssa.Slice)
		if !ok {
			continue
		}
		for _, use := range *slice.Referrers() {
			call, ok := use.(*ssa.Call)
			if !ok {
				continue
			}
			if b, ok := call.Call.Value.(*ssa.Builtin); !ok || b.Name() != "append" {
				continue
			}
			for _, use := range *call.Referrers() {
				if s, ok := use.(*ssa.Store); ok && s.Val == call {
					if a, ok := s.Addr.(*ssa.FieldAddr); ok {
						return irutil.FieldOf(a.X.Type(), a.Field)
					}
				}
			}
		}
	}
	return nil
}

// handedOut returns a return statement of the function that starts the goroutine, or of one around it, that hands the
// ticker to the caller, who can do nothing with it but stop it.
func handedOut(fn *ssa.Function, ticker ssa.Value) *ssa.Return {
	for _, b := range irutil.Outermost(fn).Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		for _, r := range ret.Results {
			if named := pointerTo(r.Type()); named != nil && isTimerField(r.Type(), 0) && origin(r) == origin(ticker) {
				return ret
			}
		}
	}
	return nil
}
