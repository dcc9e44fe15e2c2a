package contextdrop

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/ctxflow"
	"github.com/cloudlint/cloudlint/analyzers/internal/models"
	"github.com/cloudlint/cloudlint/analyzers/internal/scope"
	"github.com/cloudlint/cloudlint/internal/irutil"
	"github.com/cloudlint/cloudlint/internal/skeleton"
)

// An effect is what a call does with a context that it is given.
type effect int

const (
	nothing effect = iota // it is read for values at most: logs, metrics, traces
	acts                  // the call can fail or wait: its context decides when it gives up
	keeps                 // it may be used after the call
)

// A derivation says how a context that a call returns relates to the one that it is given.
type derivation int

const (
	notDerived derivation = iota
	derived               // only values are added, or nobody outside can cancel
	bounded               // it may have a bound of its own, or somebody may cancel it
)

func (c *checker) derives(callee skeleton.Callee, call *ssa.Call) derivation {
	contexts, cancels := 0, 0
	for _, t := range resultTypes(call.Call.Signature()) {
		switch {
		case irutil.IsContext(t):
			contexts++
		case irutil.IsCancelFunc(t) || types.TypeString(t, nil) == "func()":
			cancels++
		}
	}
	if contexts == 0 {
		return notDerived
	}
	switch models.ContextFunction(callee.Name()).Effect {
	case models.Derive, models.DeriveElsewise:
		return derived
	case models.DeriveCancel:
		for _, use := range *call.Referrers() {
			if e, ok := use.(*ssa.Extract); ok && e.Index == 0 && c.contexts.State(e) != ctxflow.None {
				return bounded
			}
		}
		return derived
	case models.NoContext:
		if cancels == 0 && (callee.Func == nil || len(callee.Func.Blocks) == 0) {
			return derived
		}
		if cancels == 0 && c.contexts.State(call) == ctxflow.None {
			return derived
		}
	}
	return bounded
}

// effectOf says what a call does with its argument i, the receiver of a method first.
func (c *checker) effectOf(callee skeleton.Callee, i int, call *ssa.Call) effect {
	if fn := callee.Func; fn != nil && len(fn.Blocks) > 0 && c.scope.Local(fn) {
		if i >= len(fn.Params) {
			return keeps
		}
		e := c.parameter(fn.Params[i])
		if e == keeps && c.usedWithHand(call) {
			return acts
		}
		return e
	}
	obj := callee.Object
	if obj == nil {
		return shape(call.Call.Signature())
	}
	if i == 0 && obj.Signature().Recv() != nil && isContextMethod(obj) {
		return nothing
	}
	if quiet(obj.Pkg()) {
		return nothing
	}
	if c.endsOrBounds(obj) || obj.FullName() == "(*net/http.Request).WithContext" || obj.FullName() == "(*net/http.Request).Clone" {
		return keeps
	}
	if known, ok := c.imported(obj, i); ok && known != acts {
		return known
	}
	e := shape(obj.Signature())
	if e == acts && c.outlives(call) {
		return keeps
	}
	return e
}

// endsOrBounds reports whether a function ends something, or bounds what it does by more than its context.
func (c *checker) endsOrBounds(obj *types.Func) bool {
	return c.ends(obj) || boundsItself(obj.FullName()) || starts(obj.FullName())
}

// boundsItself reports whether a function gives what it calls a bound, which it takes beside the context.
func boundsItself(name string) bool {
	switch name {
	// https://pkg.go.dev/k8s.io/apimachinery/pkg/util/wait
	case "k8s.io/apimachinery/pkg/util/wait.PollUntilContextTimeout", "k8s.io/apimachinery/pkg/util/wait.PollWithContext",
		"k8s.io/apimachinery/pkg/util/wait.PollImmediateWithContext", "k8s.io/apimachinery/pkg/util/wait.ExponentialBackoffWithContext":
		return true
	}
	return false
}

// starts reports whether a function starts work that its context ends, and returns, or ends work: the one who asked for
// that may leave before.
func starts(name string) bool {
	switch name {
	// https://pkg.go.dev/github.com/grafana/dskit/services#StopAndAwaitTerminated
	case "github.com/grafana/dskit/services.StopAndAwaitTerminated", "github.com/cortexproject/cortex/pkg/util/services.StopAndAwaitTerminated":
		return true
	// https://pkg.go.dev/github.com/grafana/dskit/services#Service: "the context is used to stop the service"
	case "(github.com/grafana/dskit/services.Service).StartAsync", "(*github.com/grafana/dskit/services.BasicService).StartAsync":
		return true
	}
	return false
}

func isContextMethod(obj *types.Func) bool {
	recv := obj.Signature().Recv().Type()
	return irutil.IsContext(recv) || scope.Implements(recv)
}

// shape judges a function whose body is not seen by its type: what can fail can also give up.
func shape(sig *types.Signature) effect {
	for _, t := range resultTypes(sig) {
		if irutil.IsError(t) || failsLater(t) {
			return acts
		}
	}
	return nothing
}

// failsLater reports whether a result tells of an error by one of its methods: Err, Scan, Run.
func failsLater(t types.Type) bool {
	if _, basic := t.Underlying().(*types.Basic); basic || irutil.IsContext(t) {
		return false
	}
	set := types.NewMethodSet(t)
	for sel := range set.Methods() {
		fn, ok := sel.Obj().(*types.Func)
		if !ok || !fn.Exported() {
			continue
		}
		switch fn.Name() {
		case "Err", "Scan", "Run", "Do", "Exec", "Result", "Wait", "Error":
		default:
			continue
		}
		if r := fn.Signature().Results(); r.Len() > 0 && irutil.IsError(r.At(r.Len()-1).Type()) {
			return true
		}
	}
	return false
}

// quiet reports whether what a package does with a context is to read values from it: logs, metrics and traces.
func quiet(pkg *types.Package) bool {
	if pkg == nil {
		return true
	}
	path := pkg.Path()
	return slices.ContainsFunc(quietPackages, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") })
}

// quietPackages log, measure or trace, by their documentation, or hold the values of a context.
var quietPackages = []string{
	"context", "log", "testing", "expvar", "runtime", "golang.org/x/time/rate/internal",
	"github.com/sirupsen/logrus", "go.uber.org/zap", "github.com/rs/zerolog", "github.com/go-kit/log", "github.com/go-kit/kit/log",
	"github.com/go-logr/logr", "k8s.io/klog", "github.com/golang/glog", "github.com/hashicorp/go-hclog", "github.com/inconshreveable/log15",
	"go.opentelemetry.io/otel", "go.opentelemetry.io/contrib", "go.opencensus.io", "github.com/opentracing/opentracing-go",
	"github.com/prometheus/client_golang/prometheus", "github.com/DataDog/datadog-go", "github.com/armon/go-metrics", "github.com/hashicorp/go-metrics",
	"github.com/getsentry/sentry-go", "k8s.io/component-base/metrics", "k8s.io/component-base/tracing", "sigs.k8s.io/controller-runtime/pkg/log",
	"google.golang.org/grpc/metadata", "google.golang.org/grpc/peer", "google.golang.org/grpc/grpclog",
}

// parameter says what a function of the package does with a context, or a context-like value, that it is given.
func (c *checker) parameter(p *ssa.Parameter) effect {
	if e, ok := c.effects[p]; ok {
		return e
	}
	c.effects[p] = nothing // recursion adds nothing
	u := c.follow(p)
	e := nothing
	switch {
	case c.keepsInside(p):
		e = keeps
	case len(u.sinks) > 0 || watches(p, make(map[ssa.Value]bool)):
		e = acts
	case u.kept:
		e = keeps
	}
	c.effects[p] = e
	return e
}

// watches reports whether a function waits for the end of a context, or asks for it again and again. To ask once is no
// wait: what follows takes the time that it takes.
func watches(v ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[v] || v.Referrers() == nil {
		return false
	}
	seen[v] = true
	for _, use := range *v.Referrers() {
		if call, ok := use.(*ssa.Call); ok && call.Call.IsInvoke() && call.Call.Value == v {
			switch call.Call.Method.Name() {
			case "Done", "Deadline":
				return true
			case "Err":
				if irutil.InCycle(call.Block()) {
					return true
				}
			}
		}
		if store, ok := use.(*ssa.Store); ok && store.Val == v {
			if cell, ok := store.Addr.(*ssa.Alloc); ok {
				for _, load := range *cell.Referrers() {
					if load, ok := load.(*ssa.UnOp); ok && watches(load, seen) {
						return true
					}
				}
			}
		}
	}
	return false
}

// keepsInside reports whether a function stores a context, returns it, or gives it to a goroutine, also in what it calls.
func (c *checker) keepsInside(v ssa.Value) bool {
	k := keeper{checker: c, seen: make(map[ssa.Value]bool)}
	return k.value(v)
}

// A keeper looks for what may hold a context after a function has returned.
type keeper struct {
	*checker
	seen map[ssa.Value]bool
}

func (k *keeper) value(v ssa.Value) bool {
	if k.seen[v] || v.Referrers() == nil {
		return false
	}
	k.seen[v] = true
	for _, use := range *v.Referrers() {
		if k.use(v, use) {
			return true
		}
	}
	return false
}

func (k *keeper) use(v ssa.Value, use ssa.Instruction) bool {
	switch use := use.(type) {
	case *ssa.DebugRef, *ssa.BinOp, *ssa.Defer:
		return false
	case *ssa.UnOp, *ssa.Phi, *ssa.ChangeInterface, *ssa.MakeInterface, *ssa.TypeAssert:
		return k.value(use.(ssa.Value))
	case *ssa.Store:
		cell, ok := use.Addr.(*ssa.Alloc)
		return !ok || k.value(cell)
	case *ssa.MakeClosure:
		inner := use.Fn.(*ssa.Function)
		if how := k.scope.Runs(inner); how == scope.Started || how == scope.Later {
			return true
		}
		for i, b := range use.Bindings {
			if b == v && k.value(inner.FreeVars[i]) {
				return true
			}
		}
		return false
	case *ssa.Call:
		callee := skeleton.CalleeOf(use.Common())
		contexts := slices.ContainsFunc(resultTypes(use.Call.Signature()), irutil.IsContext)
		if contexts {
			if irutil.IsContext(use.Type()) {
				return k.value(use)
			}
			for _, r := range *use.Referrers() {
				if e, ok := r.(*ssa.Extract); ok && irutil.IsContext(e.Type()) && k.value(e) {
					return true
				}
			}
			return false
		}
		for i, arg := range callee.Args {
			if arg == v && k.effectOf(callee, i, use) == keeps {
				return true
			}
		}
		return false
	}
	return true
}
