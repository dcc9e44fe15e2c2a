package goroutineleak

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// One cause is told once: senders that wait because the same receivers have left are siblings. The first of them is
// reported, and tells of the others.

// An exit is how the receivers of a sender leave: the function that the one goroutine of them runs, and its way out.
type exit struct {
	root *ssa.Function
	way  way
}

func exitOf(root *ssa.Function, x way) exit {
	x.served = 0 // the same way, whatever comes before it
	return exit{root, x}
}

// exitOfAll is the exit of the receivers where there is one goroutine of them.
func exitOfAll(owner *ssa.Function, left []departure) exit {
	switch {
	case len(left) != 1:
		return exit{}
	case left[0].start == nil:
		return exitOf(owner, left[0].way)
	}
	return exitOf(left[0].root, left[0].way)
}

// maxSiblings is how many of the others are told by their place.
const maxSiblings = 3

// families puts findings with one cause together, each family in the order of the sources, those that are worst first.
func (c *checker) families(list []finding) [][]finding {
	family := make([]int, len(list))
	classes, exits := make(map[*skeleton.Class]int), make(map[exit]int)
	join := func(i, j int) {
		from, to := family[i], family[j]
		for k := range family {
			if family[k] == from {
				family[k] = to
			}
		}
	}
	for i, f := range list {
		family[i] = i
		if f.Rule != abandonedSender || f.sends == nil || c.world == nil || !c.Heard(f.Diagnostic) {
			continue
		}
		for _, op := range c.world.ops[f.sends] {
			if j, known := classes[op.class]; known {
				join(i, j)
			} else {
				classes[op.class] = i
			}
		}
		if f.left.root == nil {
			continue
		}
		if j, known := exits[f.left]; known {
			join(i, j)
		} else {
			exits[f.left] = i
		}
	}
	var order []int
	members := make(map[int][]finding)
	for i, f := range list {
		if members[family[i]] == nil {
			order = append(order, family[i])
		}
		members[family[i]] = append(members[family[i]], f)
	}
	families := make([][]finding, 0, len(order))
	for _, n := range order {
		slices.SortStableFunc(members[n], func(a, b finding) int {
			// What is no note comes first.
			return cmp.Or(boolCompare(a.Severity == rule.Note, b.Severity == rule.Note), c.compare(a.Pos, b.Pos))
		})
		families = append(families, members[n])
	}
	return families
}

// compare orders places by file, line and column.
func (c *checker) compare(a, b token.Pos) int {
	p, q := c.Fset.Position(a), c.Fset.Position(b)
	return cmp.Or(cmp.Compare(p.Filename, q.Filename), cmp.Compare(p.Offset, q.Offset))
}

// tellOf makes a finding tell of the others that have its cause.
func (c *checker) tellOf(f *finding, others []finding) {
	if len(others) == 0 {
		return
	}
	others = slices.Clone(others)
	slices.SortStableFunc(others, func(a, b finding) int { return c.compare(a.Pos, b.Pos) })
	here := c.Fset.Position(f.Pos)
	var places []string
	for i, o := range others {
		if f.Fix != nil && o.Fix != nil {
			f.Fix = joined(f.Fix, o.Fix)
		}
		if i >= maxSiblings {
			continue
		}
		at := c.Fset.Position(o.Pos)
		place := fmt.Sprintf("line %d", at.Line)
		if at.Filename != here.Filename {
			place = fmt.Sprintf("%s:%d", filepath.Base(at.Filename), at.Line)
		}
		places = append(places, place)
		f.Related = append(f.Related, pass.Related{Place: pass.Place{Pos: o.Pos, End: o.End}, Message: "so does this one"})
	}
	if more := len(others) - len(places); more > 0 {
		places = append(places, fmt.Sprintf("%d more", more))
	}
	text := places[0]
	if n := len(places); n > 1 {
		text = strings.Join(places[:n-1], ", ") + " and " + places[n-1]
	}
	f.Message += "; the same holds for " + text
}

// joined is a fix with what another one does, too.
func joined(a, b *pass.Fix) *pass.Fix {
	fix := *a
	fix.Edits = slices.Clone(a.Edits)
	fix.Safe = a.Safe && b.Safe
	for _, e := range b.Edits {
		if !slices.ContainsFunc(fix.Edits, func(o analysis.TextEdit) bool { return o.Pos == e.Pos }) {
			fix.Edits = append(fix.Edits, e)
		}
	}
	return &fix
}
