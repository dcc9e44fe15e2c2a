package explore

import "github.com/cloudlint/cloudlint/internal/skeleton"

// choose executes a select.
func (x *explorer) choose(s *state, in *skeleton.Instr) verdict {
	_, f := s.top()
	var waits []wait
	for i, c := range in.Select.Cases {
		w := wait{kind: skeleton.Recv, on: x.eval(s, f, c.Chan), elem: c.Elem, n: i}
		if c.Send {
			w.kind, w.val = skeleton.Send, x.eval(s, f, c.Value)
		}
		waits = append(waits, w)
	}
	x.pointChoose(s, waits, !in.Select.Default)
	if !in.Select.Default {
		return x.arrive(s, waits, false)
	}
	s.g(s.cur).wait = waits
	alts := x.alternatives(s, s.cur)
	s.g(s.cur).wait = nil
	certain := false
	for _, a := range alts {
		certain = certain || !a.env
		other := x.fork(s)
		if x.take(other, a) == goOn {
			x.push(other)
		}
	}
	if certain {
		return drop
	}
	parts := []value{{k: integer, n: -1}, zeroInt}
	for _, c := range in.Select.Cases {
		if !c.Send {
			parts = append(parts, flatten(zeroOf(c.Elem), c.Elem)...)
		}
	}
	_, f = s.top()
	s.note(passed, skeleton.Select, in.Pos, f.f, -1, in.At)
	f.set(in.Dst, value{k: aggregate, parts: parts})
	return goOn
}
