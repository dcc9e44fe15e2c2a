package lostwait

import (
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// withoutContext reports whether a library's function that tries again is given no context by its policy, as far as that
// is seen, and waits long enough to matter.
func (c *checker) withoutContext(callee skeleton.Callee, helper *models.RetryHelper) bool {
	switch {
	case helper.Policy < 0:
		return true
	case helper.Policy >= len(callee.Args):
		return false
	case helper.Options:
		return c.options(callee.Args[helper.Policy])
	}
	plain, lasts := c.policy(callee.Args[helper.Policy], 0)
	return plain && lasts
}

// policy reports whether a policy is made here from numbers only, and whether its waits are long enough to matter.
func (c *checker) policy(v ssa.Value, depth int) (plain, lasts bool) {
	if depth > maxDepth {
		return false, false
	}
	switch x := v.(type) {
	case *ssa.MakeInterface:
		return c.policy(x.X, depth+1)
	case *ssa.ChangeInterface:
		return c.policy(x.X, depth+1)
	case *ssa.Phi:
		for _, e := range x.Edges {
			one, long := c.policy(e, depth+1)
			if !one {
				return false, false
			}
			lasts = lasts || long
		}
		return true, lasts
	case *ssa.Call:
		callee := skeleton.CalleeOf(x.Common())
		from, ok := models.RetryPolicy(callee.Name())
		if !ok || from >= len(callee.Args) {
			return false, false
		}
		if from < 0 {
			return true, !brief(x)
		}
		plain, lasts = c.policy(callee.Args[from], depth+1)
		if n, isConst := integer(callee.Args[1]); isConst && soonOver(madePolicy(callee.Args[from]), n) {
			lasts = false
		}
		return plain, lasts
	}
	if cell := cellOf(v); cell != nil {
		if stored, all := c.contexts.Stored(cell); all && len(stored) == 1 {
			return c.policy(stored[0], depth+1)
		}
	}
	return false, false
}

func madePolicy(v ssa.Value) *ssa.Call {
	if made, ok := v.(*ssa.MakeInterface); ok {
		v = made.X
	}
	call, _ := v.(*ssa.Call)
	return call
}

// brief reports whether a policy has a constant wait that is too short to matter.
func brief(made *ssa.Call) bool {
	callee := skeleton.CalleeOf(made.Common())
	if callee.Object.Name() != "NewConstantBackOff" {
		return false
	}
	d, known := longest(callee.Args[0], 0)
	return known && d < shortest
}

// soonOver reports whether a number of waits of a policy are over before that matters: three that grow from half a second,
// or some of a constant time.
func soonOver(made *ssa.Call, n int64) bool {
	if made == nil {
		return n <= 3
	}
	callee := skeleton.CalleeOf(made.Common())
	if callee.Object == nil || callee.Object.Name() != "NewConstantBackOff" {
		return n <= 3
	}
	d, known := longest(callee.Args[0], 0)
	return known && time.Duration(n)*d < enough
}

// options reports whether all options are seen, and none gives a context or decides which failures are tried again.
func (c *checker) options(v ssa.Value) bool {
	if irutil.IsNil(v) {
		return true
	}
	slice, ok := v.(*ssa.Slice)
	if !ok {
		return false
	}
	array, ok := slice.X.(*ssa.Alloc)
	if !ok {
		return false
	}
	for _, use := range *array.Referrers() {
		switch use := use.(type) {
		case *ssa.IndexAddr:
			for _, u := range *use.Referrers() {
				store, ok := u.(*ssa.Store)
				if !ok {
					return false
				}
				made, ok := store.Val.(*ssa.Call)
				if !ok {
					return false
				}
				callee := skeleton.CalleeOf(made.Common())
				if !models.RetryOption(callee.Name()) {
					return false
				}
				if n, isConst := integer(callee.Args[0]); isConst && callee.Object.Name() == "Attempts" && 0 < n && n <= 4 {
					return false // soon over, with the delay that it has by itself
				}
			}
		case *ssa.Slice, *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}
