package skeleton

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

func (c *compiler) translate(instr ssa.Instruction) (Instr, bool) {
	switch i := instr.(type) {
	case *ssa.Alloc:
		return Instr{Code: Alloc, Type: c.p.TypeOf(i.Type().Underlying().(*types.Pointer).Elem())}, true
	case *ssa.FieldAddr:
		if ptr, ok := i.X.Type().Underlying().(*types.Pointer); ok {
			if t := c.p.TypeOf(ptr.Elem()); t.Shape == Struct && i.Field < len(t.Where) {
				return Instr{Code: FieldAddr, Args: c.args(i.X), N: t.Where[i.Field]}, true
			}
		}
		return Instr{Code: Derived, Args: c.args(i.X), N: i.Field}, true
	case *ssa.Field:
		if t := c.p.TypeOf(i.X.Type()); t.Shape == Struct && i.Field < len(t.Where) {
			return Instr{Code: FieldOf, Args: c.args(i.X), N: t.Where[i.Field]}, true
		}
		return Instr{Code: Derived, Args: c.args(i.X), N: i.Field}, true
	case *ssa.IndexAddr:
		elem := c.p.TypeOf(i.Type().Underlying().(*types.Pointer).Elem())
		return Instr{Code: IndexAddr, Args: c.args(i.X, i.Index), N: elem.Slots}, true
	case *ssa.Index:
		return Instr{Code: Derived, Args: c.args(i.X, i.Index)}, true
	case *ssa.Store:
		return Instr{Code: Store, Args: c.args(i.Addr, i.Val), Type: c.p.TypeOf(i.Val.Type())}, true
	case *ssa.UnOp:
		switch i.Op {
		case token.MUL:
			return Instr{Code: Load, Args: c.args(i.X)}, true
		case token.ARROW:
			return Instr{Code: Perform, CommaOk: i.CommaOk, Call: &Call{Kind: Recv, Args: c.args(i.X), Result: c.p.TypeOf(i.X.Type().Underlying().(*types.Chan).Elem())}}, true
		case token.NOT:
			return Instr{Code: Not, Args: c.args(i.X)}, true
		}
		return Instr{Code: Derived, Args: c.args(i.X), N: int(i.Op)}, true
	case *ssa.BinOp:
		return Instr{
			Code: Binary, CommaOk: c.p.TypeOf(i.X.Type()).Shape == Int, Own: c.own(i.X) || c.own(i.Y), Counts: counter(i.X, i) || counter(i.Y, i), Args: c.args(i.X, i.Y), N: int(i.Op),
		}, true
	case *ssa.Send:
		return Instr{Code: Perform, Call: &Call{Kind: Send, Args: c.args(i.Chan, i.X), Result: c.p.TypeOf(i.X.Type())}}, true
	case *ssa.MakeChan:
		return Instr{Code: Perform, Call: &Call{Kind: MakeChan, Args: c.args(i.Size), Result: c.p.TypeOf(i.Type())}}, true
	case *ssa.Select:
		choice := &Choice{Default: !i.Blocking}
		for _, st := range i.States {
			k := ChoiceCase{Send: st.Dir == types.SendOnly, Chan: c.arg(st.Chan), Value: NoArg, Pos: st.Pos}
			if k.Send {
				k.Value = c.arg(st.Send)
			}
			if ch, ok := st.Chan.Type().Underlying().(*types.Chan); ok {
				k.Elem = c.p.TypeOf(ch.Elem())
			}
			choice.Cases = append(choice.Cases, k)
		}
		return Instr{Code: Choose, Select: choice}, true
	case *ssa.Go:
		return Instr{Code: GoFunc, Call: c.call(i.Common())}, true
	case *ssa.Defer:
		in := Instr{Code: DeferFunc, Call: c.call(i.Common())}
		if i.DeferStack != nil {
			in.Args = c.args(i.DeferStack)
		}
		return in, true
	case *ssa.Call:
		return c.callInstr(i)
	case *ssa.RunDefers:
		return Instr{Code: RunDefers}, true
	case *ssa.Return:
		return Instr{Code: Return, Args: c.args(i.Results...)}, true
	case *ssa.If:
		return Instr{Code: Branch, Args: c.args(i.Cond)}, true
	case *ssa.Jump:
		return Instr{Code: Jump}, true
	case *ssa.Panic:
		return Instr{Code: Crash}, true
	case *ssa.MakeClosure:
		fn := c.p.ref(i.Fn.(*ssa.Function))
		if fn == nil {
			return Instr{Code: Unknown, Args: c.args(i.Bindings...)}, true
		}
		return Instr{Code: MakeClosure, Func: fn, Args: c.args(i.Bindings...)}, true
	case *ssa.MakeInterface:
		return Instr{Code: MakeIface, Args: c.args(i.X), Type: c.p.TypeOf(i.X.Type())}, true
	case *ssa.TypeAssert:
		return Instr{Code: Assert, CommaOk: i.CommaOk, Args: c.args(i.X), Type: c.p.TypeOf(i.AssertedType)}, true
	case *ssa.ChangeType:
		return Instr{Code: Move, Args: c.args(i.X)}, true
	case *ssa.ChangeInterface:
		return Instr{Code: Move, Args: c.args(i.X)}, true
	case *ssa.Convert:
		if c.p.TypeOf(i.Type()).Shape == Int && c.p.TypeOf(i.X.Type()).Shape == Int {
			return Instr{Code: Move, Args: c.args(i.X)}, true
		}
		return Instr{Code: Derived, Args: c.args(i.X)}, true
	case *ssa.Extract:
		t := c.p.TypeOf(i.Tuple.Type())
		in := Instr{Code: Extract, Args: c.args(i.Tuple), N: i.Index}
		if i.Index < len(t.Where) {
			in.N = t.Where[i.Index]
		}
		return in, true
	case *ssa.MakeSlice:
		return Instr{Code: MakeSlice, Args: c.args(i.Len)}, true
	case *ssa.Slice:
		return c.slice(i), true
	case *ssa.MakeMap:
		return Instr{Code: MakeMap}, true
	case *ssa.MapUpdate:
		return Instr{Code: MapSet, Args: c.args(i.Map, i.Key, i.Value), Type: c.p.TypeOf(i.Value.Type())}, true
	case *ssa.Lookup:
		if m, ok := i.X.Type().Underlying().(*types.Map); ok {
			return Instr{Code: MapGet, CommaOk: i.CommaOk, Args: c.args(i.X, i.Index), Type: c.p.TypeOf(m.Elem())}, true
		}
		return Instr{Code: Unknown}, true
	case *ssa.Range:
		if _, ok := i.X.Type().Underlying().(*types.Map); ok {
			return Instr{Code: Iterate, Args: c.args(i.X)}, true
		}
		return Instr{Code: Unknown}, true
	case *ssa.Next:
		if !i.IsString {
			return Instr{Code: Next, Args: c.args(i.Iter)}, true
		}
		return Instr{Code: Unknown}, true
	case ssa.Value:
		var args []Arg
		for _, op := range instr.Operands(nil) {
			args = append(args, c.arg(*op))
		}
		return Instr{Code: Unknown, Args: args}, true
	}
	return Instr{}, false
}

// slice translates the expression x[low:high].
func (c *compiler) slice(i *ssa.Slice) Instr {
	in := Instr{Code: SliceOf, Args: c.args(i.X, ssa.NewConst(constant.MakeInt64(0), types.Typ[types.Int]))}
	switch t := i.X.Type().Underlying().(type) {
	case *types.Slice:
	case *types.Pointer:
		array, ok := t.Elem().Underlying().(*types.Array)
		if !ok {
			return Instr{Code: Unknown, Args: c.args(i.X)}
		}
		in.N = int(array.Len())
	default:
		return Instr{Code: Unknown, Args: c.args(i.X)}
	}
	if i.Low != nil {
		in.Args[1] = c.arg(i.Low)
	}
	if i.High != nil {
		in.Args = append(in.Args, c.arg(i.High))
	}
	return in
}
