package explore

import (
	"go/token"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// settle chooses a small number for an unknown one that is compared with c, on this path and all others in turn.
func (x *explorer) settle(s *state, v value, c int64, equal bool) verdict {
	if v.op != 0 {
		// What it is computed from decides.
		for _, part := range v.parts {
			if part = s.resolve(part); part.k == unknown {
				return x.settle(s, part, 0, false)
			}
		}
	}
	candidates := []int64{0, 1, 2}
	switch {
	case v.of == 0 && !equal && c >= 0 && c <= 3:
		// A number that is a bound, and no length: how many processors there are, how many workers are wanted. That it
		// is 0 is the exception that code does not provide for.
		candidates = []int64{1, 2}
	case c == -1:
		candidates = []int64{-1, 0, 1}
	case c < 0 || c > 3:
		candidates = []int64{c, c + 1, c - 1}
		if equal {
			candidates = candidates[:2]
		}
	case c == 3:
		candidates = []int64{0, 1, 2, 3}
	}
	for _, n := range candidates[1:] {
		other := x.fork(s)
		other.learn(v, n)
		x.push(other)
	}
	s.learn(v, candidates[0])
	return goOn
}

func (x *explorer) binary(s *state, f *frame, in *skeleton.Instr, a, b value) verdict {
	op := token.Token(in.N)
	switch op {
	case token.EQL, token.NEQ:
		if equal, known := s.same(a, b); known {
			f.set(in.Dst, boolean(equal == (op == token.EQL)))
			return goOn
		}
		if in.Own && (a.k == unknown) != (b.k == unknown) {
			f.set(in.Dst, boolean(op == token.NEQ))
			return goOn
		}
		if a.k == integer && b.k == unknown {
			a, b = b, a
		}
		if a.k == unknown && b.k == integer && in.CommaOk {
			return x.settle(s, a, b.n, true)
		}
		f.set(in.Dst, negate(s.resolve(equality(a, b)), op == token.NEQ))
		return goOn
	case token.LSS, token.GTR, token.LEQ, token.GEQ:
		if a.k == integer && b.k == integer {
			var r bool
			switch op {
			case token.LSS:
				r = a.n < b.n
			case token.GTR:
				r = a.n > b.n
			case token.LEQ:
				r = a.n <= b.n
			case token.GEQ:
				r = a.n >= b.n
			}
			f.set(in.Dst, boolean(r))
			return goOn
		}
		if in.CommaOk {
			if a.k == unknown && b.k == integer {
				return x.settle(s, a, b.n, false)
			}
			if b.k == unknown && a.k == integer {
				return x.settle(s, b, a.n, false)
			}
			if a.k == unknown && b.k == unknown && in.Counts {
				return x.settle(s, a, 0, false)
			}
		}
		// a > b is b < a; a <= b is not b < a.
		neg := op == token.LEQ || op == token.GEQ
		if op == token.GTR || op == token.LEQ {
			a, b = b, a
		}
		f.set(in.Dst, negate(s.resolve(derived(uint64(token.LSS), a, b)), neg))
		return goOn
	}
	if a.k == integer && b.k == integer {
		r, ok := arithmetic(op, a.n, b.n)
		if ok {
			f.set(in.Dst, value{k: integer, n: r})
			return goOn
		}
	}
	v := derived(uint64(op), a, b)
	if in.CommaOk && op <= token.MUL && (a.k == integer || a.k == unknown && a.op == 0) && (b.k == integer || b.k == unknown && b.op == 0) {
		v.op, v.parts = uint8(op), []value{a, b}
	}
	f.set(in.Dst, s.resolve(v))
	return goOn
}

// equality is the unknown boolean that says whether two values are equal.
func equality(a, b value) value {
	if a.hash() > b.hash() {
		a, b = b, a
	}
	return derived(uint64(token.EQL), a, b)
}

// equal is same with what was assumed on this path.
func (s *state) equal(a, b value) (equal, known bool) {
	if equal, known := same(a, b); known {
		return equal, known
	}
	n, known := s.lookup(uint64(equality(a, b).n))
	return n == 1, known
}

func (s *state) assumeEqual(a, b value, equal bool) { s.learn(equality(a, b), b2n(equal)) }

func arithmetic(op token.Token, a, b int64) (int64, bool) {
	switch op {
	case token.ADD:
		return a + b, true
	case token.SUB:
		return a - b, true
	case token.MUL:
		return a * b, true
	case token.QUO:
		if b != 0 {
			return a / b, true
		}
	case token.REM:
		if b != 0 {
			return a % b, true
		}
	case token.AND:
		return a & b, true
	case token.OR:
		return a | b, true
	}
	return 0, false
}

func negate(v value, neg bool) value {
	if !neg {
		return v
	}
	if v.k == integer {
		v.n = 1 - v.n
	} else {
		v.neg = !v.neg
	}
	return v
}

func b2n(b bool) int64 { return int64(b2u(b)) }
