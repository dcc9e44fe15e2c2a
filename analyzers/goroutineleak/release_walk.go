package goroutineleak

import (
	"cmp"
	"go/constant"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A duty is something that a call made and that must be released.
type duty struct {
	// acquire is nil where the tracker's function has the duty when it begins.
	acquire *ssa.Call
	// err is the error that the call returns: where it is not nil, nothing was made. It is nil if there is none.
	err ssa.Value
	*tracker
	// done reports whether a condition that has this outcome proves that nothing is held any more.
	done func(cond ssa.Value, outcome bool) bool
}

// A loss is a way out of the function on which nobody has the duty.
type loss struct {
	exit ssa.Instruction // a return, or the acquisition itself, in the next round of a loop
	// blocks are those gone through, from that of the acquisition on.
	blocks []*ssa.BasicBlock
}

// pathBudget bounds the blocks that are visited for one duty.
const pathBudget = 3000

// losses returns the ways out without a release, one for each return, in the order of the source; and the number of ways
// out in all that were seen.
func (c *checker) losses(d *duty) (lost []loss, exits int) {
	w := &walker{c: c, d: d, found: make(map[ssa.Instruction]loss), kept: make(map[ssa.Instruction]bool), seen: make(map[string]bool)}
	if d.steps > trackBudget {
		c.Exhausted()
		return nil, 0
	}
	for instr, e := range d.effects {
		// A function that was deferred before, and looks at the variable when it runs.
		if _, deferred := instr.(*ssa.Defer); deferred && d.acquire != nil && e != keeps && precedes(instr, d.acquire) {
			return nil, 0
		}
	}
	if d.acquire == nil {
		w.walk(d.fn.Blocks[0], 0, walkState{checked: true})
		return w.losses()
	}
	block := d.acquire.Block()
	known := map[string]bool{}
	for b := block; b.Idom() != nil; b = b.Idom() {
		if cond, outcome, ok := onlyIf(b.Idom(), b); ok {
			known[conditionKey(cond, 0)] = outcome
		}
	}
	w.walk(block, slices.Index(block.Instrs, ssa.Instruction(d.acquire))+1, walkState{known: known, checked: d.err == nil})
	return w.losses()
}

// losses returns what the walk has found.
func (w *walker) losses() (lost []loss, exits int) {
	if w.steps > pathBudget {
		w.c.Exhausted()
	}
	for _, l := range w.found {
		lost = append(lost, l)
	}
	slices.SortFunc(lost, func(a, b loss) int {
		return cmp.Or(cmp.Compare(a.exit.Pos(), b.exit.Pos()), cmp.Compare(a.exit.Block().Index, b.exit.Block().Index))
	})
	return lost, len(w.found) + len(w.kept)
}

// onlyIf returns the condition of a branch at the end of block that decides whether next is reached.
func onlyIf(block, next *ssa.BasicBlock) (cond ssa.Value, outcome, ok bool) {
	branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	if !ok || block.Succs[0] == block.Succs[1] || len(next.Preds) != 1 {
		return nil, false, false
	}
	return branch.Cond, block.Succs[0] == next, true
}

type walker struct {
	c     *checker
	d     *duty
	path  []*ssa.BasicBlock
	found map[ssa.Instruction]loss
	kept  map[ssa.Instruction]bool
	seen  map[string]bool
	steps int
	// natural are the loops of the function, once somebody asked.
	natural []*loop
}

// A walkState is what is known on the way.
type walkState struct {
	known   map[string]bool // outcomes of conditions
	checked bool            // it is known that the acquisition did not fail
	pending *ssa.Call       // a call that has taken the object over, unless it failed
}

func (w *walker) walk(block *ssa.BasicBlock, from int, s walkState) {
	if w.steps++; w.steps > pathBudget {
		return
	}
	w.path = append(w.path, block)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	for _, instr := range block.Instrs[from:] {
		if w.d.acquire != nil && instr == ssa.Instruction(w.d.acquire) {
			w.lose(instr, s)
			return
		}
		if w.c.exits.Ends(instr) {
			return
		}
		switch w.d.effects[instr] {
		case transfers:
			w.kept[instr] = true
			return
		case transfersIfNil:
			if s.pending != nil {
				return
			}
			s.pending = instr.(*ssa.Call)
		}
		if ret, ok := instr.(*ssa.Return); ok {
			w.lose(ret, s)
			return
		}
	}
	branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	if !ok {
		for _, next := range block.Succs {
			w.enter(block, next, s)
		}
		return
	}
	for i, next := range block.Succs {
		if w.leftOut(block, next) {
			w.kept[branch] = true
			continue
		}
		if after, ok := w.assume(branch.Cond, i == 0, s); ok {
			w.enter(block, next, after)
		}
	}
}

// enter walks on into the next block, unless the same was done with the same knowledge.
func (w *walker) enter(from, next *ssa.BasicBlock, s walkState) {
	// What was known of values of the loop's last round is not known of this one's.
	if next.Dominates(from) {
		s.known = nil
	}
	key := strconv.Itoa(next.Index) + s.key()
	if !w.seen[key] {
		w.seen[key] = true
		w.walk(next, 0, s)
	}
}

func (s walkState) key() string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(s.known)) {
		b.WriteString(" " + k + "=" + strconv.FormatBool(s.known[k]))
	}
	b.WriteString(strconv.FormatBool(s.checked))
	if s.pending != nil {
		b.WriteString(strconv.Itoa(int(s.pending.Pos())))
	}
	return b.String()
}

// lose notes that the function is left with the duty.
func (w *walker) lose(exit ssa.Instruction, s walkState) {
	if !s.checked || s.pending != nil {
		w.kept[exit] = true
		return
	}
	if _, known := w.found[exit]; !known {
		w.found[exit] = loss{exit, slices.Clone(w.path)}
	}
}

// assume takes a condition to have an outcome. It reports false if that cannot be, or nothing is held then.
func (w *walker) assume(cond ssa.Value, outcome bool, s walkState) (walkState, bool) {
	for {
		not, ok := cond.(*ssa.UnOp)
		if !ok || not.Op != token.NOT {
			break
		}
		cond, outcome = not.X, !outcome
	}
	if c, ok := cond.(*ssa.Const); ok && c.Value != nil && c.Value.Kind() == constant.Bool {
		return s, constant.BoolVal(c.Value) == outcome
	}
	if w.d.done != nil && w.d.done(cond, outcome) {
		return s, false
	}
	if v, isNil, ok := nilTest(cond, outcome); ok {
		v = stored(v)
		switch {
		case w.d.values[v] != nil:
			return s, !isNil
		case w.d.err != nil && contains(v, w.d.err):
			s.checked = true
			if !isNil {
				return s, false
			}
		case s.pending != nil && contains(v, errorOf(s.pending)):
			if isNil {
				return s, false
			}
			s.pending = nil
		}
	}
	key := conditionKey(cond, 0)
	if was, ok := s.known[key]; ok {
		return s, was == outcome
	}
	if len(s.known) < maxKnown {
		s.known = maps.Clone(s.known)
		if s.known == nil {
			s.known = make(map[string]bool)
		}
		s.known[key] = outcome
	}
	return s, true
}

// maxKnown bounds the conditions that are remembered on one path.
const maxKnown = 12

// nilTest returns the value that a condition compares with nil, and whether the outcome means that it is nil.
func nilTest(cond ssa.Value, outcome bool) (v ssa.Value, isNil, ok bool) {
	op, ok := cond.(*ssa.BinOp)
	if !ok || op.Op != token.EQL && op.Op != token.NEQ {
		return nil, false, false
	}
	x, y := op.X, op.Y
	if c, isConst := x.(*ssa.Const); isConst && c.IsNil() {
		x, y = y, x
	}
	if c, isConst := y.(*ssa.Const); !isConst || !c.IsNil() {
		return nil, false, false
	}
	return x, (op.Op == token.EQL) == outcome, true
}

// stored returns the value that was last stored in the variable that v is read from, if that was in the same block.
func stored(v ssa.Value) ssa.Value {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return v
	}
	block := load.Block()
	for i := slices.Index(block.Instrs, ssa.Instruction(load)); i >= 0; i-- {
		if s, ok := block.Instrs[i].(*ssa.Store); ok && s.Addr == load.X {
			return s.Val
		}
	}
	return v
}

// contains reports whether v is the value, or may be through a merge.
func contains(v, value ssa.Value) bool {
	if v == value {
		return v != nil
	}
	phi, ok := v.(*ssa.Phi)
	return ok && slices.Contains(phi.Edges, value)
}

// conditionKey is the same for two conditions that ask the same of the same values: a variable or a field that is read
// twice is taken to be unchanged.
func conditionKey(v ssa.Value, depth int) string {
	if depth < 6 {
		switch v := v.(type) {
		case *ssa.Const:
			return v.String()
		case *ssa.BinOp:
			return "(" + conditionKey(v.X, depth+1) + v.Op.String() + conditionKey(v.Y, depth+1) + ")"
		case *ssa.UnOp:
			if v.Op != token.ARROW {
				return v.Op.String() + conditionKey(v.X, depth+1)
			}
		case *ssa.FieldAddr:
			return conditionKey(v.X, depth+1) + "." + strconv.Itoa(v.Field)
		case *ssa.Field:
			return conditionKey(v.X, depth+1) + "." + strconv.Itoa(v.Field)
		case *ssa.Call:
			if b, ok := v.Call.Value.(*ssa.Builtin); ok && len(v.Call.Args) == 1 {
				return b.Name() + conditionKey(v.Call.Args[0], depth+1)
			}
		}
	}
	return v.Name()
}
