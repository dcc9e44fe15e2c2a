package skeleton

// primitives maps the functions and methods that are primitives, by package, to what they do. It is never written to.
var primitives = map[string]map[string]Kind{
	"sync": {
		"Mutex.Lock": Lock, "Mutex.Unlock": Unlock, "Mutex.TryLock": TryLock,
		"RWMutex.Lock": Lock, "RWMutex.Unlock": Unlock, "RWMutex.TryLock": TryLock,
		"RWMutex.RLock": RLock, "RWMutex.RUnlock": RUnlock, "RWMutex.TryRLock": TryRLock, "RWMutex.RLocker": RLocker,
		"Locker.Lock": Lock, "Locker.Unlock": Unlock,
		"WaitGroup.Add": WaitGroupAdd, "WaitGroup.Done": WaitGroupDone, "WaitGroup.Wait": WaitGroupWait, "WaitGroup.Go": WaitGroupGo,
		"NewCond": NewCond, "Cond.Wait": CondWait, "Cond.Signal": CondSignal, "Cond.Broadcast": CondBroadcast,
		"Once.Do": OnceDo, "OnceFunc": OnceFunc, "OnceValue": OnceFunc, "OnceValues": OnceFunc,
	},
	"context": {
		"Background": ContextRoot, "TODO": ContextRoot,
		"WithCancel": ContextCancel, "WithCancelCause": ContextCancel,
		"WithTimeout": ContextTimeout, "WithDeadline": ContextTimeout, "WithTimeoutCause": ContextTimeout, "WithDeadlineCause": ContextTimeout,
		"WithValue": ContextValue, "WithoutCancel": ContextWithoutCancel, "AfterFunc": ContextAfterFunc, "Cause": ContextCause,
		"Context.Done": ContextDone, "Context.Err": ContextErr,
	},
	"os/signal": {"Notify": SignalNotify, "Stop": SignalStop, "NotifyContext": SignalContext},
	"time": {
		"Sleep": Sleep, "After": TimeAfter, "Tick": TimeTick, "NewTimer": NewTimer, "NewTicker": NewTicker, "AfterFunc": AfterFunc,
		"Timer.Stop": TimerStop, "Timer.Reset": TimerReset, "Ticker.Stop": TickerStop,
	},
	"golang.org/x/sync/errgroup": {
		"WithContext": GroupWithContext, "Group.Go": GroupGo, "Group.TryGo": GroupTryGo, "Group.SetLimit": GroupSetLimit, "Group.Wait": GroupWait,
	},
	"golang.org/x/sync/semaphore": {
		"NewWeighted": NewSemaphore, "Weighted.Acquire": SemaphoreAcquire, "Weighted.TryAcquire": SemaphoreTryAcquire, "Weighted.Release": SemaphoreRelease,
	},
	"runtime": {"Goexit": Goexit},
	"testing": {
		"common.Fatal": Goexit, "common.Fatalf": Goexit, "common.FailNow": Goexit,
		"common.Skip": Goexit, "common.Skipf": Goexit, "common.SkipNow": Goexit, "common.Cleanup": TestCleanup,
		"TB.Fatal": Goexit, "TB.Fatalf": Goexit, "TB.FailNow": Goexit, "TB.Skip": Goexit, "TB.Skipf": Goexit, "TB.SkipNow": Goexit, "TB.Cleanup": TestCleanup,
	},
	"io": {
		"Pipe": Pipe, "PipeReader.Read": PipeRead, "PipeWriter.Write": PipeWrite,
		"PipeReader.Close": PipeClose, "PipeReader.CloseWithError": PipeClose, "PipeWriter.Close": PipeClose, "PipeWriter.CloseWithError": PipeClose,
	},
	"iter": {"Pull": IterPull, "Pull2": IterPull},
	"sync/atomic": {
		"LoadInt32": AtomicLoad, "LoadInt64": AtomicLoad, "LoadUint32": AtomicLoad, "LoadUint64": AtomicLoad, "LoadPointer": AtomicLoad,
		"StoreInt32": AtomicStore, "StoreInt64": AtomicStore, "StoreUint32": AtomicStore, "StoreUint64": AtomicStore, "StorePointer": AtomicStore,
		"SwapInt32": AtomicSwap, "SwapInt64": AtomicSwap, "SwapUint32": AtomicSwap, "SwapUint64": AtomicSwap, "SwapPointer": AtomicSwap,
		"CompareAndSwapInt32": AtomicCompareAndSwap, "CompareAndSwapInt64": AtomicCompareAndSwap, "CompareAndSwapUint32": AtomicCompareAndSwap,
		"CompareAndSwapUint64": AtomicCompareAndSwap, "CompareAndSwapPointer": AtomicCompareAndSwap,
		"AddInt32": AtomicAdd, "AddInt64": AtomicAdd, "AddUint32": AtomicAdd, "AddUint64": AtomicAdd,
		"Bool.Load": AtomicLoad, "Bool.Store": AtomicStore, "Bool.Swap": AtomicSwap, "Bool.CompareAndSwap": AtomicCompareAndSwap,
		"Int32.Load": AtomicLoad, "Int32.Store": AtomicStore, "Int32.Swap": AtomicSwap, "Int32.CompareAndSwap": AtomicCompareAndSwap, "Int32.Add": AtomicAdd,
		"Int64.Load": AtomicLoad, "Int64.Store": AtomicStore, "Int64.Swap": AtomicSwap, "Int64.CompareAndSwap": AtomicCompareAndSwap, "Int64.Add": AtomicAdd,
		"Uint32.Load": AtomicLoad, "Uint32.Store": AtomicStore, "Uint32.Swap": AtomicSwap, "Uint32.CompareAndSwap": AtomicCompareAndSwap, "Uint32.Add": AtomicAdd,
		"Uint64.Load": AtomicLoad, "Uint64.Store": AtomicStore, "Uint64.Swap": AtomicSwap, "Uint64.CompareAndSwap": AtomicCompareAndSwap, "Uint64.Add": AtomicAdd,
		"Pointer.Load": AtomicLoad, "Pointer.Store": AtomicStore, "Pointer.Swap": AtomicSwap, "Pointer.CompareAndSwap": AtomicCompareAndSwap,
		"Value.Load": AtomicLoad, "Value.Store": AtomicStore, "Value.Swap": AtomicSwap, "Value.CompareAndSwap": AtomicCompareAndSwap,
	},
}
