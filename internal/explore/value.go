package explore

import "github.com/cloudlint/cloudlint/internal/skeleton"

type kind uint8

const (
	unset   kind = iota // a slot that was not written yet
	null                // nil
	integer             // also booleans
	text                // a constant string, by its hash
	unknown             // n is its identity; neg for a boolean that is the opposite of that
	address             // slot n of the object o
	fn                  // a function without captured variables
	closure             // the object o holds the function and what it captured
	aggregate
	slice      // n elements, in the object o, from slot of on
	canceller  // cancels the context that is the object o
	deferStack // of the frame n
)

// A value is what a register or slot holds.
type value struct {
	k      kind
	neg    bool
	nonNil bool // of an unknown
	ofIO   bool // of an unknown: an error variable of package io, which differs from all others of it
	// op computes an unknown number from the two parts, or is 0.
	op uint8
	// passing marks an unknown that is new each time, such as what a call returned: what is assumed of it is not asked
	// again once it is forgotten.
	passing bool
	// of is the identity of the first of the values that an unknown was made from, and the slot at which a slice begins.
	of    int64
	o     int32
	n     int64
	f     *skeleton.Func
	parts []value
}

var (
	zeroInt = value{k: integer}
	nilVal  = value{k: null}
)

func boolean(b bool) value {
	if b {
		return value{k: integer, n: 1}
	}
	return zeroInt
}

// ref reports whether the value refers to an object.
func (v value) ref() bool {
	return v.k == address || v.k == closure || v.k == slice || v.k == canceller
}

const (
	prime  = 1099511628211
	offset = 14695981039346656037
)

func mix(h, x uint64) uint64 {
	h ^= x
	h *= prime
	h ^= h >> 29
	return h
}

func (v value) hash() uint64 {
	h := mix(offset, uint64(v.k)<<2|b2u(v.neg)<<1|b2u(v.nonNil))
	h = mix(h, uint64(v.n))
	h = mix(h, uint64(v.o))
	if v.k == slice {
		h = mix(h, uint64(v.of))
	}
	if v.f != nil {
		h = mix(h, uint64(v.f.SSA.Pos()))
	}
	for _, p := range v.parts {
		h = mix(h, p.hash())
	}
	return h
}

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// same reports whether two values are known to be equal or unequal.
func same(a, b value) (equal, known bool) {
	switch {
	case a.k == unknown || b.k == unknown:
		if a.k == b.k && a.n == b.n && a.neg == b.neg {
			return true, true
		}
		if a.ofIO && b.ofIO {
			return false, true
		}
		if a.k == unknown && a.nonNil && b.k == null || b.k == unknown && b.nonNil && a.k == null {
			return false, true
		}
		return false, false
	case a.k == unset || b.k == unset || a.k == aggregate || b.k == aggregate:
		return false, false
	case a.k != b.k:
		return false, true
	case a.k == fn:
		return false, false // functions compare with nil only
	}
	return a.o == b.o && a.n == b.n, true
}
