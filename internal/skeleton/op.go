package skeleton

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/irutil"
)

// A Kind is what an operation does.
type Kind uint8

// The operations on primitives.
const (
	None Kind = iota

	// Channels. Object is the channel.
	MakeChan // a new channel; Object is the value itself
	Send
	Recv // also each round of a range over a channel
	Close
	Select // of several; see Cases

	// Locks. Object is the address of the Mutex or RWMutex, or the sync.Locker.
	Lock
	Unlock
	RLock
	RUnlock
	TryLock
	TryRLock
	RLocker

	// WaitGroup. Object is its address.
	WaitGroupAdd // Args[1] is what is added
	WaitGroupDone
	WaitGroupWait
	WaitGroupGo // Args[1] is the function

	// Cond. Object is its address.
	NewCond
	CondWait
	CondSignal
	CondBroadcast

	// Once, OnceFunc, OnceValue(s).
	OnceDo // Args[1] is the function
	OnceFunc

	// Contexts. Object is the context, of those that make one the parent.
	ContextRoot    // Background, TODO
	ContextCancel  // WithCancel, WithCancelCause: results are the context and its cancel function
	ContextTimeout // WithTimeout, WithDeadline and those with causes
	ContextValue
	ContextWithoutCancel
	ContextAfterFunc
	ContextDone // the channel
	ContextErr
	ContextCause
	SignalContext // signal.NotifyContext

	// Time.
	Sleep
	TimeAfter // a channel that fires once
	TimeTick
	NewTimer
	NewTicker
	AfterFunc // Args[1] is the function
	TimerStop
	TimerReset
	TickerStop

	// errgroup. Object is the group's address.
	GroupWithContext
	GroupGo
	GroupTryGo
	GroupSetLimit
	GroupWait

	// golang.org/x/sync/semaphore.
	NewSemaphore
	SemaphoreAcquire
	SemaphoreTryAcquire
	SemaphoreRelease

	SignalNotify // Args[0] is the channel
	SignalStop

	Goexit // ends its goroutine: runtime.Goexit, testing's Fatal and Skip
	TestCleanup

	Pipe // io.Pipe
	PipeRead
	PipeWrite
	PipeClose

	IterPull // iter.Pull, iter.Pull2: results are next and stop

	AtomicLoad
	AtomicStore
	AtomicSwap
	AtomicCompareAndSwap
	AtomicAdd

	Settle // of a synthesised client: it waits until all that it has started have come to rest
)

// An Op is an operation that an instruction does.
type Op struct {
	Kind   Kind
	Instr  ssa.Instruction
	Object ssa.Value // what is operated on; see the kinds
	Callee Callee    // of a call
	// Deferred and Started are set where a defer or go statement calls the primitive itself.
	Deferred, Started bool
	Cases             []*ssa.SelectState // of a Select
	Default           bool               // of a Select: it has one
}

// Blocks reports whether an operation of the kind can wait for another goroutine.
func (k Kind) Blocks() bool {
	switch k {
	case Send, Recv, Select, Lock, RLock, WaitGroupWait, CondWait, GroupWait, GroupGo, SemaphoreAcquire, PipeRead, PipeWrite, OnceDo:
		return true
	}
	return false
}

// OpOf says what an instruction does to a primitive. It returns an Op of Kind None for all others.
func OpOf(instr ssa.Instruction) Op {
	switch i := instr.(type) {
	case *ssa.MakeChan:
		return Op{Kind: MakeChan, Instr: instr, Object: i}
	case *ssa.Send:
		return Op{Kind: Send, Instr: instr, Object: i.Chan}
	case *ssa.UnOp:
		if i.Op == token.ARROW {
			return Op{Kind: Recv, Instr: instr, Object: i.X}
		}
	case *ssa.Select:
		return Op{Kind: Select, Instr: instr, Cases: i.States, Default: !i.Blocking}
	case ssa.CallInstruction:
		op := OpOfCall(i.Common())
		op.Instr = instr
		switch instr.(type) {
		case *ssa.Defer:
			op.Deferred = true
		case *ssa.Go:
			op.Started = true
		}
		return op
	}
	return Op{Instr: instr}
}

// OpOfCall is OpOf for a call, however it is made.
func OpOfCall(call *ssa.CallCommon) Op {
	if b, ok := call.Value.(*ssa.Builtin); ok {
		if b.Name() == "close" && len(call.Args) == 1 {
			return Op{Kind: Close, Object: call.Args[0]}
		}
		return Op{}
	}
	c := CalleeOf(call)
	op := Op{Kind: KindOf(c.Object), Callee: c}
	if op.Kind != None && len(c.Args) > 0 {
		op.Object = c.Args[0]
	}
	return op
}

// KindOf says which primitive a function or method is. It is None for all others and for nil.
func KindOf(fn *types.Func) Kind {
	if fn == nil || fn.Pkg() == nil {
		return None
	}
	names := primitives[fn.Pkg().Path()]
	if names == nil {
		return None
	}
	name := fn.Name()
	if recv := fn.Signature().Recv(); recv != nil {
		named := irutil.NamedOf(recv.Type())
		if named == nil {
			return None
		}
		name = named.Obj().Name() + "." + name
	}
	return names[name]
}
