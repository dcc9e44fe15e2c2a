package goroutineleak

import (
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
		l.leavingReceivers(w)
		l.hubs(w)
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
