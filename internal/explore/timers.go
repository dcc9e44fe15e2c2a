package explore

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

func (x *explorer) newTimer(s *state, c *skeleton.Call, f *frame, callback value, pos token.Pos, at ssa.Instruction, finish func(value) verdict) verdict {
	t := c.Result
	if t == nil || t.Shape != skeleton.Pointer || t.Elem.Slots == 0 {
		return finish(s.fresh())
	}
	o := &object{typ: t.Elem, slots: make([]value, t.Elem.Slots), made: pos}
	for i := range o.slots {
		o.slots[i] = zero(t.Elem.Scalar(i))
	}
	if c.Kind == skeleton.AfterFunc {
		timer := value{k: address, o: s.add(o)}
		finish(timer)
		target, ok := x.funcTarget(s, callback, nil)
		if !ok {
			x.escape(s, callback, nil, anything)
			return goOn
		}
		if target.cancels >= 0 {
			if done := s.objs[target.cancels].done; done >= 0 {
				s.obj(done).env |= mayFire
			}
			return goOn
		}
		return x.spawn(s, target, pos, f.f, at, onExit{})
	}
	o.slots[0] = value{k: address, o: s.add(&object{channel: true, env: mayFire, made: pos})}
	return finish(value{k: address, o: s.add(o)})
}
