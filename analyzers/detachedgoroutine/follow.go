package detachedgoroutine

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// follow says what a function does with a value of its own: a parameter, a free variable or a function that it makes.
func (c *checker) follow(start item) *effects {
	if e, known := c.memo[start]; known {
		return e
	}
	c.memo[start] = new(effects) // what a recursive call adds is nothing
	f := &flow{checker: c, fn: start.v.Parent(), banned: make(map[ssa.Value]bool)}
	for range 8 {
		f.eff, f.seen, f.order = new(effects), make(map[item]bool), nil
		f.add(start.v, start.path, start.class)
		f.run()
		if c.budget <= 0 {
			return c.memo[start]
		}
		if !f.ban() {
			f.eff.sort()
			c.memo[start] = f.eff
			break
		}
	}
	return c.memo[start]
}

// A flow follows one value through one function, forward. A variable that may also hold something else is not followed:
// the first round takes all for well, and what turns out not to be is banned from the next.
type flow struct {
	*checker
	fn     *ssa.Function
	eff    *effects
	seen   map[item]bool
	order  []item
	banned map[ssa.Value]bool
	noBody bool // something else is put in the place of the request's body
}

func (f *flow) add(v ssa.Value, p path, c class) {
	if f.noBody {
		switch c {
		case request:
			c = requestCtx
		case requestBody, body:
			return
		}
	}
	it := item{v, p, c}
	if v == nil || len(p) > maxPath || f.seen[it] || f.banned[v] {
		return
	}
	f.seen[it] = true
	f.order = append(f.order, it)
}

func (f *flow) run() {
	for i := 0; i < len(f.order); i++ {
		it := f.order[i]
		if it.v.Referrers() == nil {
			continue
		}
		for _, instr := range *it.v.Referrers() {
			if f.budget--; f.budget <= 0 {
				return
			}
			f.step(it, instr)
		}
	}
}

// step moves an item over one use of its value.
func (f *flow) step(it item, instr ssa.Instruction) {
	switch i := instr.(type) {
	case *ssa.UnOp:
		if rest, ok := it.path.cut(deref); ok && i.Op == token.MUL {
			f.add(i, rest, it.class)
		}
	case *ssa.FieldAddr:
		if rest, ok := it.path.cut(deref); ok {
			if rest, ok := rest.cut(i.Field); ok {
				f.add(i, rest.under(deref), it.class)
			}
		} else if it.path == "" {
			f.field(it, i, i.X.Type(), i.Field, path("").under(deref))
		}
	case *ssa.Field:
		if rest, ok := it.path.cut(i.Field); ok {
			f.add(i, rest, it.class)
		}
	case *ssa.Store:
		if i.Val == it.v {
			f.store(i.Addr, it.path.under(deref), it.class)
		}
	case *ssa.ChangeInterface:
		f.add(i, it.path, it.class)
	case *ssa.ChangeType:
		f.add(i, it.path, it.class)
	case *ssa.MakeInterface:
		f.add(i, it.path, it.class)
	case *ssa.TypeAssert:
		if !i.CommaOk {
			f.add(i, it.path, it.class)
			break
		}
		f.add(extract(i, 0), it.path, it.class)
	case *ssa.Phi:
		f.add(i, it.path, it.class)
	case *ssa.MakeClosure:
		for j, b := range i.Bindings {
			if b == it.v {
				f.closure(it, i, j)
			}
		}
	case ssa.CallInstruction:
		f.call(it, i)
	case *ssa.Return:
		for j, v := range i.Results {
			if v == it.v {
				r := returned{j, it.path, it.class}
				if !slices.Contains(f.eff.returned, r) {
					f.eff.returned = append(f.eff.returned, r)
				}
			}
		}
	}
}

// store follows a value into the memory that it is written to.
func (f *flow) store(addr ssa.Value, p path, c class) {
	switch a := addr.(type) {
	case *ssa.Alloc:
		f.add(a, p, c)
	case *ssa.FieldAddr:
		if rest, ok := p.cut(deref); ok {
			f.store(a.X, rest.under(deref, a.Field), c)
		}
	case *ssa.UnOp:
		f.add(a, p, c)
		if cell, ok := a.X.(*ssa.Alloc); ok && a.Op == token.MUL {
			f.store(cell, p.under(deref), c)
		}
	case *ssa.Call, *ssa.Extract, *ssa.Phi:
		f.add(a, p, c)
	}
}

// field handles the selection of a field of a followed value.
func (f *flow) field(it item, at ssa.Value, t types.Type, index int, p path) {
	name := fieldName(t, index)
	if it.class.pooled() {
		f.eff.addUse(use{kind: touches, hops: []hop{{pos: at.Pos(), text: name, arg: -1}}})
	}
	if to := it.class.fieldOf(name); to != noClass {
		f.add(at, p, to)
	}
}

func fieldName(t types.Type, index int) string {
	if f := irutil.FieldOf(t, index); f != nil {
		return f.Name()
	}
	return ""
}

// extract returns the use of one part of a tuple, or nil.
func extract(tuple ssa.Value, index int) ssa.Value {
	for _, use := range *tuple.Referrers() {
		if e, ok := use.(*ssa.Extract); ok && e.Index == index {
			return e
		}
	}
	return nil
}

// call handles a call that has the item as function or argument.
func (f *flow) call(it item, instr ssa.CallInstruction) {
	common := instr.Common()
	if _, ok := common.Value.(*ssa.Builtin); ok {
		return
	}
	callee := skeleton.CalleeOf(common)
	if common.Value == it.v && !common.IsInvoke() && it.class == function && it.path == "" {
		f.called(instr, callee)
	}
	if common.IsInvoke() && common.Value == it.v && !callee.Invoke && !slices.Contains(callee.Args, it.v) {
		f.passed(it, instr, callee, 0)
	}
	for i, arg := range callee.Args {
		if arg == it.v {
			f.passed(it, instr, callee, i)
		}
	}
}

// called handles the call of a followed function.
func (f *flow) called(instr ssa.CallInstruction, callee skeleton.Callee) {
	u := use{kind: calls, hops: []hop{{pos: instr.Pos(), text: f.sourceOf(instr), arg: -1}}}
	if _, ok := instr.(*ssa.Go); ok {
		f.spawn(instr, u, f.signalsOfCall(callee), callee.Func, false)
		return
	}
	f.eff.addUse(u)
}

// spawn records a use in a goroutine that instr starts.
func (f *flow) spawn(instr ssa.Instruction, u use, signals []root, fn *ssa.Function, watches bool) {
	j := f.joinOf(f.fn, instr, signals, fn)
	watches = f.ends(u.kind, watches, fn)
	if !j.outlives(u, watches) {
		return
	}
	f.eff.addLate(late{
		use: u, start: hop{pos: instr.Pos(), arg: -1}, ret: hop{pos: j.ret(u.kind, watches), arg: -1},
		site: instr, pending: signals, spawned: fn,
	})
}

// passed handles a call that gets the item as argument i.
func (f *flow) passed(it item, instr ssa.CallInstruction, callee skeleton.Callee, i int) {
	if it.class == function && startsArgument(callee, i) {
		f.startedBy(it, instr, callee)
		return
	}
	eff := f.effectsOf(it, instr, callee, i)
	if _, ok := instr.(*ssa.Go); ok {
		signals := f.signalsOfCall(callee)
		for _, u := range eff.uses {
			f.spawn(instr, u, signals, callee.Func, eff.watches)
		}
		f.merge(instr, &effects{lates: eff.lates})
		return
	}
	f.merge(instr, eff)
	call, ok := instr.(*ssa.Call)
	if !ok {
		return
	}
	if it.path == "" {
		if to := derived(callee, i, it.class); to != noClass {
			f.add(contextResult(call, to), "", to)
		}
	}
	for _, r := range eff.returned {
		f.add(resultOf(call, r.result), r.path, r.class)
	}
}

// merge adds what a call at instr does.
func (f *flow) merge(instr ssa.Instruction, eff *effects) {
	for _, u := range eff.uses {
		u.looped = u.looped || f.endless(f.fn)
		f.eff.addUse(u)
	}
	for _, l := range eff.lates {
		j := f.joinOf(f.fn, instr, l.pending, l.spawned)
		if !j.outlives(l.use, false) {
			continue
		}
		l.site = instr
		l.ret = hop{pos: j.ret(l.kind, false), arg: -1}
		f.eff.addLate(l)
	}
	f.eff.watches = f.eff.watches || eff.watches
	f.eff.parsed = f.eff.parsed || eff.parsed
	f.eff.hijacked = f.eff.hijacked || eff.hijacked
}

// startedBy handles a function that is given to something that runs it in a goroutine: (*sync.WaitGroup).Go.
func (f *flow) startedBy(it item, instr ssa.CallInstruction, callee skeleton.Callee) {
	if call, ok := instr.(*ssa.Call); ok && skeleton.KindOf(callee.Object) == skeleton.AfterFunc && len(*call.Referrers()) > 0 {
		return // a timer that may be stopped
	}
	u := use{kind: calls, hops: []hop{{pos: instr.Pos(), text: f.sourceOf(instr), arg: -1}}}
	var signals []root
	if callee.Object.Signature().Recv() != nil && len(callee.Args) > 0 {
		signals = append(signals, f.rootOf(callee.Args[0]))
	}
	fn := functionOf(it.v)
	f.spawn(instr, u, append(signals, f.signalsOf(fn)...), fn, false)
}

// closure handles a function literal that captures the item, or a method value that binds it.
func (f *flow) closure(it item, mc *ssa.MakeClosure, j int) {
	fn := mc.Fn.(*ssa.Function)
	var inner *effects
	if irutil.IsBound(fn) {
		obj, _ := fn.Object().(*types.Func)
		callee := skeleton.Callee{Func: skeleton.Normal(fn), Object: obj, Args: mc.Bindings[:1]}
		inner = f.effectsOf(it, nil, callee, 0)
		for i := range inner.uses {
			inner.uses[i].hops[0].pos = mc.Pos()
		}
	} else {
		inner = f.follow(item{fn.FreeVars[j], it.path, it.class})
	}
	if inner.empty() {
		return
	}
	fate := f.follow(item{mc, "", function})
	if slices.ContainsFunc(fate.uses, func(u use) bool { return u.kind == calls }) {
		f.merge(mc, inner)
	} else {
		f.merge(mc, &effects{lates: inner.lates})
	}
	for _, l := range fate.lates {
		if l.kind != calls {
			continue
		}
		signals := append(slices.Clone(l.pending), f.signalsOf(fn)...)
		j := f.joinOf(f.fn, l.site, signals, fn)
		for _, u := range inner.uses {
			watches := f.ends(u.kind, inner.watches || f.watchedBy(it, l), fn)
			if !j.outlives(u, watches) {
				continue
			}
			started := l
			started.use, started.pending, started.spawned = u, signals, fn
			started.ret = hop{pos: j.ret(u.kind, watches), arg: -1}
			f.eff.addLate(started)
		}
	}
}

// watchedBy reports whether the goroutine that a function is given to, and which waits for the end of a context, is started by a
// call that gets the followed context as well: it is made to end with it.
func (f *flow) watchedBy(it item, l late) bool {
	call, ok := l.site.(*ssa.Call)
	if !ok || it.class != reqContext || l.spawned == nil || !f.watching(l.spawned) {
		return false
	}
	return slices.ContainsFunc(call.Call.Args, func(arg ssa.Value) bool {
		load, ok := arg.(*ssa.UnOp)
		return arg == it.v || ok && load.X == it.v || f.seen[item{arg, "", reqContext}]
	})
}

// ban finds variables that may hold something else than what was followed, and reports whether there are new ones.
func (f *flow) ban() bool {
	before, hadBody := len(f.banned), !f.noBody
	for _, it := range f.order {
		switch v := it.v.(type) {
		case *ssa.FieldAddr:
			if it.class == body && len(it.path) == 1 && f.mixed(v, "", body, 0) {
				f.noBody = true
			}
		case *ssa.Phi:
			for _, e := range v.Edges {
				if !f.holds(e, it.path, it.class) {
					f.banned[v] = true
				}
			}
		case *ssa.Alloc, *ssa.FreeVar:
			if rest, ok := it.path.cut(deref); ok && f.mixed(v, rest, it.class, 0) {
				f.banned[v] = true
			}
		}
	}
	return len(f.banned) > before || hadBody && f.noBody
}

// holds reports whether a value is followed, is nil, or is what a function value that is not known, a hook, makes of a
// context that is followed.
func (f *flow) holds(v ssa.Value, p path, c class) bool {
	if irutil.IsNil(v) || f.seen[item{v, p, c}] {
		return true
	}
	call, ok := v.(*ssa.Call)
	if !ok || p != "" || c != reqContext || skeleton.CalleeOf(call.Common()).Object != nil || skeleton.CalleeOf(call.Common()).Func != nil {
		return false
	}
	return slices.ContainsFunc(call.Call.Args, func(arg ssa.Value) bool { return f.seen[item{arg, "", c}] })
}

// mixed reports whether something else is stored in memory that holds a followed value.
func (f *flow) mixed(addr ssa.Value, rest path, c class, depth int) bool {
	if addr.Referrers() == nil || depth > maxPath {
		return false
	}
	for _, instr := range *addr.Referrers() {
		switch i := instr.(type) {
		case *ssa.Store:
			if i.Addr == addr && !f.holds(i.Val, rest, c) {
				return true
			}
		case *ssa.FieldAddr:
			if inner, ok := rest.cut(i.Field); ok && f.mixed(i, inner, c, depth+1) {
				return true
			}
		case *ssa.MakeClosure:
			if stores(i, addr, 0) {
				return true
			}
		}
	}
	return false
}

// stores reports whether a closure writes to a variable that it captures.
func stores(made *ssa.MakeClosure, cell ssa.Value, depth int) bool {
	fn := made.Fn.(*ssa.Function)
	for i, b := range made.Bindings {
		if b != cell || i >= len(fn.FreeVars) || depth > maxPath {
			continue
		}
		v := fn.FreeVars[i]
		for _, use := range *v.Referrers() {
			switch use := use.(type) {
			case *ssa.Store:
				if use.Addr == v {
					return true
				}
			case *ssa.MakeClosure:
				if stores(use, v, depth+1) {
					return true
				}
			}
		}
	}
	return false
}

// contextResult returns the result of a call that a derivation is about: of several the context, else the first.
func contextResult(call *ssa.Call, c class) ssa.Value {
	tuple, ok := call.Type().(*types.Tuple)
	if !ok {
		return call
	}
	index := 0
	if c == reqContext {
		for i := range tuple.Len() {
			if classOf(tuple.At(i).Type()) == reqContext {
				index = i
				break
			}
		}
	}
	return extract(call, index)
}

func resultOf(call *ssa.Call, i int) ssa.Value {
	if _, ok := call.Type().(*types.Tuple); ok {
		return extract(call, i)
	}
	return call
}

// functionOf returns the function of this package that a function value is, or nil.
func functionOf(v ssa.Value) *ssa.Function {
	switch v := v.(type) {
	case *ssa.Function:
		return skeleton.Normal(v)
	case *ssa.MakeClosure:
		return skeleton.Normal(v.Fn.(*ssa.Function))
	case *ssa.ChangeType:
		return functionOf(v.X)
	}
	return nil
}
