// Package models holds what is known of functions outside the analysed packages, as tables: what they do with a
// context, what they dial, how long they wait. The drivers do not look into dependencies, so this is the only place
// that knows them. Functions are named as types.Func.FullName writes them. Each table cites where its rows come from.
package models

// A ContextEffect says how the context that a function returns relates to the one that it is given.
type ContextEffect int

const (
	NoContext      ContextEffect = iota // nothing is known
	Root                                // a root without a deadline: Background
	Derive                              // the parent's deadline and cancellation, with more values
	DeriveCancel                        // the parent's deadline; the function returned with it cancels
	DeriveElsewise                      // the parent's deadline; something else cancels: an error, a signal
	Detach                              // the parent's values only: no deadline, no cancellation
	Bound                               // a deadline
)

// A ContextFunc is a function that makes a context, or a request that carries one.
type ContextFunc struct {
	Effect ContextEffect
	Parent int // index of the parent among the arguments of the call, the receiver of a method first
}

// ContextFunction returns what the function with the full name does with contexts. Functions that are not listed can
// do anything, set a deadline too.
func ContextFunction(name string) ContextFunc {
	switch name {
	// https://pkg.go.dev/context
	case "context.Background",
		"context.TODO":
		return ContextFunc{Effect: Root}
	case "context.WithValue":
		return ContextFunc{Effect: Derive}
	case "context.WithCancel",
		"context.WithCancelCause":
		return ContextFunc{Effect: DeriveCancel}
	case "context.WithoutCancel":
		return ContextFunc{Effect: Detach}
	case "context.WithTimeout",
		"context.WithTimeoutCause",
		"context.WithDeadline",
		"context.WithDeadlineCause":
		return ContextFunc{Effect: Bound}
	// https://pkg.go.dev/os/signal#NotifyContext
	case "os/signal.NotifyContext":
		return ContextFunc{Effect: DeriveElsewise}
	// https://pkg.go.dev/golang.org/x/sync/errgroup#WithContext: cancelled by the first error
	case "golang.org/x/sync/errgroup.WithContext":
		return ContextFunc{Effect: DeriveElsewise}
	// https://pkg.go.dev/net/http: a request carries a context; NewRequest uses Background
	case "net/http.NewRequest":
		return ContextFunc{Effect: Root}
	case "net/http.NewRequestWithContext":
		return ContextFunc{Effect: Derive}
	case "(*net/http.Request).WithContext",
		"(*net/http.Request).Clone":
		return ContextFunc{Effect: Derive, Parent: 1}
	case "(*net/http.Request).Context",
		"net/http/httptrace.WithClientTrace":
		return ContextFunc{Effect: Derive}
	// https://pkg.go.dev/os/exec: a command carries the context that kills it
	case "os/exec.Command":
		return ContextFunc{Effect: Root}
	case "os/exec.CommandContext":
		return ContextFunc{Effect: Derive}
	// Wrappers that only add values, by their documentation.
	case "runtime/pprof.WithLabels",
		"google.golang.org/grpc/metadata.NewOutgoingContext",
		"google.golang.org/grpc/metadata.NewIncomingContext",
		"google.golang.org/grpc/metadata.AppendToOutgoingContext",
		"google.golang.org/grpc/peer.NewContext",
		"go.opentelemetry.io/otel/trace.ContextWithSpan",
		"go.opentelemetry.io/otel/trace.ContextWithSpanContext",
		"go.opentelemetry.io/otel/trace.ContextWithRemoteSpanContext":
		return ContextFunc{Effect: Derive}
	case "(go.opentelemetry.io/otel/trace.Tracer).Start":
		return ContextFunc{Effect: Derive, Parent: 1}
	case "go.opentelemetry.io/otel/baggage.ContextWithBaggage",
		"github.com/opentracing/opentracing-go.ContextWithSpan",
		"github.com/opentracing/opentracing-go.StartSpanFromContext",
		"github.com/go-logr/logr.NewContext",
		"k8s.io/klog/v2.NewContext",
		"sigs.k8s.io/controller-runtime/pkg/log.IntoContext",
		"github.com/containerd/containerd/namespaces.WithNamespace",
		"github.com/containerd/containerd/v2/pkg/namespaces.WithNamespace":
		return ContextFunc{Effect: Derive}
	case "(github.com/rs/zerolog.Logger).WithContext":
		return ContextFunc{Effect: Derive, Parent: 1}
	}
	return ContextFunc{}
}
