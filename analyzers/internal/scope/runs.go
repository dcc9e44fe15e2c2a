package scope

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// How says when a function runs, seen from the one that makes or calls it.
type How int

// The ways in which a function runs, the strongest claim first.
const (
	AtOnce   How = iota // before the function around it goes on
	Deferred            // when the function around it returns
	Started             // in a goroutine of its own
	Later               // nobody knows when: it is stored, returned or handed to unknown code
)

// maxDepth bounds the functions that a function value is handed through.
const maxDepth = 4

// Runs says how a closure runs, or a named function that the package only starts or only defers. Of several ways the
// weakest counts for a closure; a named function is Started or Deferred where all calls of it are known and are so.
func (s *Info) Runs(fn *ssa.Function) How {
	if how, ok := s.runs[fn]; ok {
		return how
	}
	s.runs[fn] = Later // while it is looked at: recursion adds nothing
	how := AtOnce
	switch {
	case fn.Parent() == nil:
		how = s.namedRuns(fn)
	case fn.Synthetic == "range-over-func yield":
	case s.made[fn] != nil:
		how = s.valueRuns(s.made[fn], 0, map[ssa.Value]bool{})
	default: // a function literal that captures nothing is a value without an instruction
		how = s.literalRuns(fn)
	}
	s.runs[fn] = how
	return how
}

func (s *Info) namedRuns(fn *ssa.Function) How {
	calls, all := s.Callers(fn)
	if !all {
		return AtOnce
	}
	how := Later
	for _, call := range calls {
		switch call.(type) {
		case *ssa.Go:
			how = min(how, Started)
		case *ssa.Defer:
			how = min(how, Deferred)
		default:
			return AtOnce
		}
	}
	return how
}

// literalRuns finds the uses of a function literal without captured variables in the function around it.
func (s *Info) literalRuns(fn *ssa.Function) How {
	how := AtOnce
	var operands [10]*ssa.Value
	for _, b := range fn.Parent().Blocks {
		for _, instr := range b.Instrs {
			for _, op := range instr.Operands(operands[:0]) {
				if *op == fn {
					how = max(how, s.useRuns(fn, instr, 0, map[ssa.Value]bool{}))
				}
			}
		}
	}
	return how
}

func (s *Info) valueRuns(v ssa.Value, depth int, seen map[ssa.Value]bool) How {
	if seen[v] {
		return AtOnce
	}
	seen[v] = true
	if depth > maxDepth || v.Referrers() == nil {
		return Later
	}
	how := AtOnce
	for _, use := range *v.Referrers() {
		how = max(how, s.useRuns(v, use, depth, seen))
	}
	return how
}

// useRuns says how function value v runs by one use.
func (s *Info) useRuns(v ssa.Value, use ssa.Instruction, depth int, seen map[ssa.Value]bool) How {
	switch use := use.(type) {
	case *ssa.DebugRef:
		return AtOnce
	case ssa.CallInstruction:
		return s.callRuns(v, use, depth, seen)
	case *ssa.ChangeType:
		return s.valueRuns(use, depth, seen)
	case *ssa.Phi:
		return s.valueRuns(use, depth, seen)
	case *ssa.Store:
		if cell, ok := use.Addr.(*ssa.Alloc); ok && use.Val == v {
			return s.cellRuns(cell, depth, seen)
		}
	case *ssa.BinOp:
		return AtOnce // compared with nil
	}
	return Later
}

// cellRuns says how the functions kept in a local variable run.
func (s *Info) cellRuns(cell ssa.Value, depth int, seen map[ssa.Value]bool) How {
	if seen[cell] {
		return AtOnce
	}
	seen[cell] = true
	how := AtOnce
	for _, use := range *cell.Referrers() {
		switch use := use.(type) {
		case *ssa.Store:
			if use.Addr != cell {
				return Later
			}
		case *ssa.UnOp:
			how = max(how, s.valueRuns(use, depth, seen))
		case *ssa.MakeClosure:
			inner := use.Fn.(*ssa.Function)
			for i, b := range use.Bindings {
				if b == cell {
					how = max(how, s.cellRuns(inner.FreeVars[i], depth, seen))
				}
			}
			if !seen[use] { // not by way of itself
				how = max(how, s.valueRuns(use, depth, seen))
			}
		case *ssa.DebugRef:
		default:
			return Later
		}
	}
	return how
}

func (s *Info) callRuns(v ssa.Value, call ssa.CallInstruction, depth int, seen map[ssa.Value]bool) How {
	common := call.Common()
	callee := skeleton.CalleeOf(common)
	how := AtOnce
	for i, arg := range callee.Args {
		if arg == v {
			how = max(how, s.argumentRuns(callee, i, depth, seen))
		}
	}
	switch call.(type) {
	case *ssa.Go:
		return max(how, Started)
	case *ssa.Defer:
		return max(how, Deferred)
	}
	return how
}

func (s *Info) argumentRuns(callee skeleton.Callee, i, depth int, seen map[ssa.Value]bool) How {
	if fn := callee.Func; fn != nil && len(fn.Blocks) > 0 && i < len(fn.Params) {
		return s.valueRuns(fn.Params[i], depth+1, seen)
	}
	name := callee.Name()
	switch {
	case slices.Contains(starters, name):
		return Started
	case slices.Contains(callers, name):
		return AtOnce
	}
	return Later
}

// starters run a function in a goroutine of its own.
var starters = []string{
	"(*golang.org/x/sync/errgroup.Group).Go", "(*golang.org/x/sync/errgroup.Group).TryGo", "(*sync.WaitGroup).Go",
	"(*github.com/sourcegraph/conc.WaitGroup).Go", "time.AfterFunc", "context.AfterFunc",
}

// callers call a function before they return, by their documentation. singleflight is not among them: what it calls is
// done for several callers, of which the first may leave.
var callers = []string{
	"(*sync.Once).Do", "sort.Slice", "sort.SliceStable", "sort.Search", "strings.Map", "strings.FieldsFunc", "strings.IndexFunc",
	"slices.SortFunc", "slices.SortStableFunc", "slices.IndexFunc", "slices.ContainsFunc", "slices.DeleteFunc", "slices.BinarySearchFunc",
	"path/filepath.Walk", "path/filepath.WalkDir", "io/fs.WalkDir", "(*sync.Map).Range", "maps.DeleteFunc", "runtime/pprof.Do",
	// https://pkg.go.dev/k8s.io/apimachinery/pkg/util/wait and https://pkg.go.dev/k8s.io/client-go/util/retry
	"k8s.io/apimachinery/pkg/util/wait.Poll", "k8s.io/apimachinery/pkg/util/wait.PollImmediate", "k8s.io/apimachinery/pkg/util/wait.PollUntilContextTimeout",
	"k8s.io/apimachinery/pkg/util/wait.PollUntilContextCancel", "k8s.io/apimachinery/pkg/util/wait.ExponentialBackoff",
	"k8s.io/apimachinery/pkg/util/wait.ExponentialBackoffWithContext", "k8s.io/apimachinery/pkg/util/wait.PollWithContext",
	"k8s.io/apimachinery/pkg/util/wait.PollImmediateWithContext",
	"k8s.io/client-go/util/retry.RetryOnConflict", "k8s.io/client-go/util/retry.OnError",
	// https://pkg.go.dev/github.com/cenkalti/backoff
	"github.com/cenkalti/backoff.Retry", "github.com/cenkalti/backoff/v3.Retry", "github.com/cenkalti/backoff/v4.Retry", "github.com/cenkalti/backoff/v5.Retry",
	"github.com/cenkalti/backoff.RetryNotify", "github.com/cenkalti/backoff/v3.RetryNotify", "github.com/cenkalti/backoff/v4.RetryNotify",
	"github.com/avast/retry-go.Do", "github.com/avast/retry-go/v3.Do", "github.com/avast/retry-go/v4.Do",
	// Transactions.
	"(*go.etcd.io/bbolt.DB).View", "(*go.etcd.io/bbolt.DB).Update", "(*gorm.io/gorm.DB).Transaction",
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil.CreateOrUpdate", "sigs.k8s.io/controller-runtime/pkg/controller/controllerutil.CreateOrPatch",
}
