package contextdrop

import (
	"fmt"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// told lists the places of what the analyzers that precede this one (see pass.Precede) have found in the package: a client
// or a call without any bound is the same cause as a context that is left behind there, and the bound is what is needed first.
func told(p *pass.Pass) map[string]bool {
	all := make(map[string]bool)
	for _, of := range p.Analyzer.Requires {
		result, ok := p.ResultOf[of].(*wire.Result)
		if !ok {
			continue
		}
		for _, f := range result.Findings {
			all[start(f.Pos)] = true
			for _, s := range f.Steps {
				all[start(s.Pos)] = true
			}
			for _, r := range f.Related {
				all[start(r.Pos)] = true
			}
		}
	}
	return all
}

// start is where a place begins, as a key.
func start(at wire.Pos) string {
	return fmt.Sprintf("%s/%s:%d:%d", at.Package, at.File, at.Line, at.Column)
}

// isTold reports whether another analyzer tells of a call, or of one that what it makes goes into.
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

func (c *checker) toldAt(call ssa.CallInstruction) bool {
	at, ok := c.WirePlace(c.source.Place(call))
	return ok && c.told[start(at)]
}

// cause names the place of a call, as contextdeadline does that of a root.
func (c *checker) cause(call *ssa.Call) string {
	at, _ := c.WirePlace(c.source.Place(call))
	return fmt.Sprint(at)
}
