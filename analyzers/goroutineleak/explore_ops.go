package goroutineleak

import (
	"strings"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// opTexts returns the name of an operation, and how a sentence calls it: with % for what it works on.
func opTexts(k skeleton.Kind) (name, text string) {
	switch k {
	case skeleton.Send:
		return "send", "the send on %"
	case skeleton.Recv:
		return "receive", "the receive from %"
	case skeleton.Close:
		return "close", "the close of %"
	case skeleton.Select:
		return "select", "this select"
	case skeleton.Lock:
		return "lock", "%.Lock"
	case skeleton.RLock:
		return "rlock", "%.RLock"
	case skeleton.TryLock:
		return "trylock", "%.TryLock"
	case skeleton.TryRLock:
		return "trylock", "%.TryRLock"
	case skeleton.Unlock:
		return "unlock", "%.Unlock"
	case skeleton.RUnlock:
		return "runlock", "%.RUnlock"
	case skeleton.CondWait:
		return "cond wait", "%.Wait"
	case skeleton.CondSignal:
		return "signal", "%.Signal"
	case skeleton.CondBroadcast:
		return "broadcast", "%.Broadcast"
	case skeleton.WaitGroupWait, skeleton.GroupWait:
		return "wait", "%.Wait"
	case skeleton.WaitGroupAdd:
		return "add", "%.Add"
	case skeleton.WaitGroupDone:
		return "done", "%.Done"
	case skeleton.GroupGo, skeleton.GroupTryGo, skeleton.WaitGroupGo:
		return "go", "%.Go"
	case skeleton.OnceDo:
		return "once", "%.Do"
	case skeleton.ContextCancel:
		return "cancel", "the cancellation"
	case skeleton.ContextErr, skeleton.ContextCause:
		return "context", "the look at % for an error"
	case skeleton.SemaphoreAcquire, skeleton.SemaphoreTryAcquire:
		return "acquire", "%.Acquire"
	case skeleton.SemaphoreRelease:
		return "release", "%.Release"
	case skeleton.Sleep:
		return "sleep", "the sleep"
	case skeleton.PipeRead:
		return "pipe read", "the read from %"
	case skeleton.PipeWrite:
		return "pipe write", "the write to %"
	case skeleton.PipeClose:
		return "close", "the close of %"
	case skeleton.AtomicLoad, skeleton.AtomicStore, skeleton.AtomicSwap, skeleton.AtomicCompareAndSwap, skeleton.AtomicAdd:
		return "atomic", "the atomic operation on %"
	}
	return "operation", "this operation"
}

func opName(k skeleton.Kind) string {
	name, _ := opTexts(k)
	return name
}

// describeOp says what an operation does, in the user's names.
func describeOp(k skeleton.Kind, object string) string {
	if object == "" {
		object = "it"
	}
	_, text := opTexts(k)
	return strings.Replace(text, "%", object, 1)
}
