package explore

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

func (x *explorer) assert(s *state, f *frame, in *skeleton.Instr, v value) verdict {
	result := func(v value, ok value) {
		if in.CommaOk {
			f.set(in.Dst, value{k: aggregate, parts: append(append([]value(nil), flatten(v, in.Type)...), ok)})
			return
		}
		f.set(in.Dst, v)
	}
	if v.k == null {
		if !in.CommaOk {
			return drop
		}
		result(zeroOf(in.Type), zeroInt)
		return goOn
	}
	if end, wrapped := s.pipeEnd(v); end.k == address && !wrapped {
		if is, known := x.isEnd(in, end); known {
			switch {
			case is:
				result(v, boolean(true))
			case !in.CommaOk:
				return drop
			default:
				result(zeroOf(in.Type), zeroInt)
			}
			return goOn
		}
	}
	if v.k == address && in.Type.Shape != skeleton.Interface {
		o := s.objs[v.o]
		switch {
		case o.boxed && o.typ == in.Type:
			result(gather(append([]value(nil), o.slots...), in.Type), boolean(true))
			return goOn
		case !o.boxed && !o.lazy && in.Type.Shape == skeleton.Pointer && o.typ == in.Type.Elem:
			result(v, boolean(true))
			return goOn
		}
	}
	if in.Type.Shape == skeleton.Interface || in.Type.Shape == skeleton.Context {
		if v.k == address {
			result(v, s.resolve(derived(53, v, value{k: integer, n: int64(in.Pos)})))
			return goOn
		}
	}
	x.escape(s, v, nil, anything)
	result(s.invent(in.Type, derived(59, v)), s.resolve(derived(61, v, value{k: integer, n: int64(in.Pos)})))
	return goOn
}

// isEnd reports whether an end of a pipe has the type that it is asked for.
func (x *explorer) isEnd(in *skeleton.Instr, end value) (is, known bool) {
	asked, ok := in.At.(*ssa.TypeAssert)
	t := x.prog.EndType(end.n == writeEnd)
	if !ok || t == nil {
		return false, false
	}
	if i, ok := asked.AssertedType.Underlying().(*types.Interface); ok {
		return types.Implements(t, i), true
	}
	return types.Identical(t, asked.AssertedType), true
}
