package contextdrop

import (
	"fmt"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// isTold reports whether an analyzer that precedes this one tells of a call, or of one that what it makes goes into: a client
// or a call without any bound is the same cause as a context that is left behind there, and the bound is what is needed first.
func (c *checker) isTold(call *ssa.Call) bool {
	if c.toldAt(call) {
		return true
	}
	for _, v := range results(call) {
		if irutil.IsContext(v.Type()) || irutil.IsError(v.Type()) {
			continue
		}
		for _, use := range *v.Referrers() {
			if other, ok := use.(*ssa.Call); ok && c.toldAt(other) {
				return true
			}
		}
	}
	return false
}

func (c *checker) toldAt(call ssa.CallInstruction) bool { return c.ToldAt(c.source.Place(call)) }

// cause names the place of a call, as contextdeadline does that of a root.
func (c *checker) cause(call *ssa.Call) string {
	at, _ := c.WirePlace(c.source.Place(call))
	return fmt.Sprint(at)
}
