package goroutineleak

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// locks looks for locks that are not given back, and for goroutines that wait for each other's.
func (c *checker) locks() {
	if !imports(c.Pkg, "sync") {
		return
	}
	l := newLocker(c)
	if !l.prepare() {
		return
	}
	walks := l.walkAll()
	for _, w := range walks {
		l.doubleLocks(w)
		l.missingUnlocks(w)
		l.lockedWaits(w)
	}
	l.lockOrders(walks)
}

func imports(pkg *types.Package, path string) bool {
	return slices.ContainsFunc(pkg.Imports(), func(p *types.Package) bool { return p.Path() == path })
}

// A locker follows the locks of one package.
type locker struct {
	*checker
	paths *skeleton.Paths
	// relevant are the functions that touch a lock, or call one that does.
	relevant  map[*ssa.Function]bool
	summaries map[*ssa.Function]*lockSummary
	walks     map[*ssa.Function]*lockWalk
	walking   map[*ssa.Function]bool
	again     map[*ssa.Function]bool // that were asked about while they were walked
	callers   map[*ssa.Function][]ssa.CallInstruction
	asValue   map[*ssa.Function]bool
	invoked   map[string]bool // names of methods that are called through interfaces
	// handed are the classes and paths of locks that a function value releases which somebody else may call.
	handed  map[any]bool
	handing []*ssa.Function // the functions around them
	// assigned are the fields that are assigned other than in a new object.
	assigned map[*types.Var]bool
	// releasedFor are the functions that return with a lock held which some caller releases.
	releasedFor map[*ssa.Function]bool
	elsewhere   map[variableIn]bool
	// assignedGlobals are the package-level variables that are assigned other than where they are declared.
	assignedGlobals map[*ssa.Global]bool
	// doubled took a lock that the same function then waits for: mostly one cause with that it is not released.
	doubled map[ssa.Instruction]bool

	partners   map[any][]partner           // by the class of what they operate on
	started    map[*ssa.Function]bool      // as goroutines
	owners     map[*types.Var]*types.Named // the types of the package that fields belong to
	escaped    map[any]bool                // classes of channels that others may have
	unbuffered map[any]bool                // classes of channels that are made without a buffer
}

func newLocker(c *checker) *locker {
	return &locker{
		checker: c, paths: skeleton.NewPaths(), relevant: make(map[*ssa.Function]bool), summaries: make(map[*ssa.Function]*lockSummary),
		walks: make(map[*ssa.Function]*lockWalk), walking: make(map[*ssa.Function]bool), again: make(map[*ssa.Function]bool), callers: make(map[*ssa.Function][]ssa.CallInstruction),
		asValue: make(map[*ssa.Function]bool), invoked: make(map[string]bool), handed: make(map[any]bool), assigned: make(map[*types.Var]bool),
		releasedFor: make(map[*ssa.Function]bool), elsewhere: make(map[variableIn]bool),
		assignedGlobals: make(map[*ssa.Global]bool),
		doubled:         make(map[ssa.Instruction]bool), partners: make(map[any][]partner), started: make(map[*ssa.Function]bool), escaped: make(map[any]bool), unbuffered: make(map[any]bool),
	}
}

type lockOpKind uint8

const (
	noLock lockOpKind = iota
	acquireLock
	tryLock
	release
)

// A lockOp is an operation on a lock.
type lockOp struct {
	kind    lockOpKind
	path    *skeleton.Path
	write   bool
	dynamic bool // through a sync.Locker of which nobody knows what it is
}

// lockOp says what an operation does to a lock.
func (l *locker) lockOp(op skeleton.Op) lockOp {
	var lop lockOp
	switch op.Kind {
	case skeleton.Lock:
		lop = lockOp{kind: acquireLock, write: true}
	case skeleton.RLock:
		lop = lockOp{kind: acquireLock}
	case skeleton.TryLock:
		lop = lockOp{kind: tryLock, write: true}
	case skeleton.TryRLock:
		lop = lockOp{kind: tryLock}
	case skeleton.Unlock:
		lop = lockOp{kind: release, write: true}
	case skeleton.RUnlock:
		lop = lockOp{kind: release}
	default:
		return lockOp{}
	}
	if op.Object == nil {
		return lockOp{}
	}
	object := op.Object
	if made, ok := object.(*ssa.MakeInterface); ok {
		object = made.X
	}
	if call, ok := object.(*ssa.Call); ok {
		if inner := skeleton.OpOf(call); inner.Kind == skeleton.RLocker && inner.Object != nil {
			lop.path, lop.write = l.paths.Of(inner.Object), false
			return lop
		}
	}
	lop.path = l.paths.Of(object)
	lop.dynamic = op.Callee.Invoke
	return lop
}

// prepare indexes the package. It returns false if there is no lock in it.
func (l *locker) prepare() bool {
	any := false
	for _, fn := range l.fns {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				any = l.index(fn, instr) || any
			}
		}
	}
	if !any {
		return false
	}
	// Callers of relevant functions are relevant.
	var todo []*ssa.Function
	for _, fn := range l.fns {
		if l.relevant[fn] {
			todo = append(todo, fn)
		}
	}
	for len(todo) > 0 {
		fn := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, call := range l.callers[fn] {
			if caller := call.Parent(); !l.relevant[caller] {
				l.relevant[caller] = true
				todo = append(todo, caller)
			}
		}
	}
	for _, fn := range l.fns {
		l.handedOver(fn)
	}
	l.forgetHanded()
	return true
}

// index notes what an instruction tells about the package, and reports whether it is an operation on a lock.
func (l *locker) index(fn *ssa.Function, instr ssa.Instruction) bool {
	locks := false
	op := skeleton.OpOf(instr)
	l.partner(fn, op)
	switch op.Kind {
	case skeleton.WaitGroupWait, skeleton.Send, skeleton.Recv:
		l.relevant[fn] = true
	}
	var callee *ssa.Function
	switch i := instr.(type) {
	case *ssa.Store:
		if f := skeleton.AssignedField(i); f != nil {
			l.assigned[f] = true
		}
		if g := globalStore(fn, i); g != nil {
			l.assignedGlobals[g] = true
		}
		if made, ok := i.Val.(*ssa.MakeChan); ok {
			if c, ok := skeleton.ConstantOf(made.Size); ok && c == "0" {
				l.unbuffered[l.paths.Of(i.Addr).Class()] = true
			}
		}
	case *ssa.UnOp:
		if i.Op == token.MUL {
			l.escapes(i)
		}
	case ssa.CallInstruction:
		if locks = l.lockOp(op).kind != noLock; locks {
			l.relevant[fn] = true
		}
		if op.Callee.Invoke {
			l.invoked[op.Callee.Object.Name()] = true
		}
		if callee = op.Callee.Func; callee != nil {
			l.callers[callee] = append(l.callers[callee], i)
		}
		if op.Kind == skeleton.OnceDo && len(op.Callee.Args) == 2 {
			if f := calleeOf(op.Callee.Args[1]).Func; f != nil {
				l.callers[f] = append(l.callers[f], i)
			}
		}
		for _, arg := range i.Common().Args {
			l.value(arg)
		}
		return locks
	}
	var operands [10]*ssa.Value
	for _, op := range instr.Operands(operands[:0]) {
		if made, ok := instr.(*ssa.MakeClosure); ok && *op == made.Fn {
			continue
		}
		l.value(*op)
	}
	return locks
}

// value notes a use of a function other than calling it.
func (l *locker) value(v ssa.Value) {
	switch v := v.(type) {
	case *ssa.Function:
		l.asValue[skeleton.Normal(v)] = true
	case *ssa.MakeClosure:
		l.asValue[skeleton.Normal(v.Fn.(*ssa.Function))] = true
	}
}

// handedOver notes the locks that fn's closures and method values release which are not simply called or deferred here:
// whoever gets them may release the lock, at a time that nobody knows.
func (l *locker) handedOver(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch i := instr.(type) {
			case *ssa.MakeClosure:
				if onlyCalled(i) {
					continue
				}
				c := calleeOf(i)
				switch skeleton.KindOf(c.Object) {
				case skeleton.Unlock, skeleton.RUnlock:
					if len(c.Args) > 0 {
						l.hand(l.paths.Of(c.Args[0]))
					}
					continue
				}
				if c.Func == nil || !l.relevant[c.Func] {
					continue
				}
				for _, o := range l.lockSummary(c.Func).outcomes {
					for _, h := range o.locks {
						if p := l.paths.Translate(h.path, c); p != nil && h.releases() {
							l.hand(p)
						}
					}
				}
			case *ssa.MakeInterface:
				// Whoever gets the lock itself may release it.
				if isMutex(i.X.Type()) && !usedOnlyHere(i) {
					l.hand(l.paths.Of(i.X))
				}
			}
		}
	}
}

func (l *locker) hand(p *skeleton.Path) {
	l.handed[p] = true
	if fn := p.Base().Parent(); fn != nil {
		l.handing = append(l.handing, fn)
	} else {
		l.handing = append(l.handing, l.fns...)
	}
}

// forgetHanded forgets what was found out about functions, and their callers, before it was known what they hand over.
func (l *locker) forgetHanded() {
	seen := make(map[*ssa.Function]bool)
	for todo := l.handing; len(todo) > 0; {
		fn := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[fn] {
			continue
		}
		seen[fn] = true
		delete(l.summaries, fn)
		delete(l.walks, fn)
		todo = append(todo, fn.AnonFuncs...)
		for _, call := range l.callers[fn] {
			todo = append(todo, call.Parent())
		}
	}
	l.handing = nil
}

// onlyCalled reports whether a closure is only called and deferred where it is made.
func onlyCalled(c *ssa.MakeClosure) bool {
	for _, ref := range *c.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.Call:
			if ref.Call.Value != c {
				return false
			}
		case *ssa.Defer:
			if ref.Call.Value != c {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// usedOnlyHere reports whether a lock that becomes a sync.Locker is only locked and unlocked, or belongs to a Cond.
func usedOnlyHere(i *ssa.MakeInterface) bool {
	for _, ref := range *i.Referrers() {
		call, ok := ref.(ssa.CallInstruction)
		if !ok {
			return false
		}
		switch skeleton.OpOfCall(call.Common()).Kind {
		case skeleton.Lock, skeleton.Unlock, skeleton.NewCond:
		default:
			return false
		}
	}
	return true
}

func isMutex(t types.Type) bool {
	ptr, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := types.Unalias(ptr.Elem()).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "sync" && (named.Obj().Name() == "Mutex" || named.Obj().Name() == "RWMutex")
}

// assignedElsewhere reports whether a closure other than fn assigns a local variable.
func (l *locker) assignedElsewhere(alloc *ssa.Alloc, fn *ssa.Function) bool {
	key := variableIn{alloc, fn}
	known, ok := l.elsewhere[key]
	if !ok {
		known = boundAssigned(alloc, fn, 0)
		l.elsewhere[key] = known
	}
	return known
}

// A variableIn is a local variable, seen from a function.
type variableIn struct {
	alloc *ssa.Alloc
	fn    *ssa.Function
}

// boundAssigned reports whether a closure other than fn that captures v assigns it.
func boundAssigned(v ssa.Value, fn *ssa.Function, depth int) bool {
	if depth > 8 {
		return true
	}
	for _, ref := range *v.Referrers() {
		made, ok := ref.(*ssa.MakeClosure)
		if !ok {
			continue
		}
		closure := made.Fn.(*ssa.Function)
		for i, b := range made.Bindings {
			if b != v || i >= len(closure.FreeVars) {
				continue
			}
			if boundAssigned(closure.FreeVars[i], fn, depth+1) {
				return true
			}
			for _, use := range *closure.FreeVars[i].Referrers() {
				if _, stored := use.(*ssa.Store); stored && closure != fn {
					return true
				}
			}
		}
	}
	return false
}
