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
func ContextFunction(name string) ContextFunc { return contextFunctions[name] }

var contextFunctions = map[string]ContextFunc{
	// https://pkg.go.dev/context
	"context.Background":        {Effect: Root},
	"context.TODO":              {Effect: Root},
	"context.WithValue":         {Effect: Derive},
	"context.WithCancel":        {Effect: DeriveCancel},
	"context.WithCancelCause":   {Effect: DeriveCancel},
	"context.WithoutCancel":     {Effect: Detach},
	"context.WithTimeout":       {Effect: Bound},
	"context.WithTimeoutCause":  {Effect: Bound},
	"context.WithDeadline":      {Effect: Bound},
	"context.WithDeadlineCause": {Effect: Bound},
	// https://pkg.go.dev/os/signal#NotifyContext
	"os/signal.NotifyContext": {Effect: DeriveElsewise},
	// https://pkg.go.dev/golang.org/x/sync/errgroup#WithContext: cancelled by the first error
	"golang.org/x/sync/errgroup.WithContext": {Effect: DeriveElsewise},

	// https://pkg.go.dev/net/http: a request carries a context; NewRequest uses Background
	"net/http.NewRequest":                {Effect: Root},
	"net/http.NewRequestWithContext":     {Effect: Derive},
	"(*net/http.Request).WithContext":    {Effect: Derive, Parent: 1},
	"(*net/http.Request).Clone":          {Effect: Derive, Parent: 1},
	"(*net/http.Request).Context":        {Effect: Derive},
	"net/http/httptrace.WithClientTrace": {Effect: Derive},

	// Wrappers that only add values, by their documentation.
	"runtime/pprof.WithLabels":                                         {Effect: Derive},
	"google.golang.org/grpc/metadata.NewOutgoingContext":               {Effect: Derive},
	"google.golang.org/grpc/metadata.NewIncomingContext":               {Effect: Derive},
	"google.golang.org/grpc/metadata.AppendToOutgoingContext":          {Effect: Derive},
	"google.golang.org/grpc/peer.NewContext":                           {Effect: Derive},
	"go.opentelemetry.io/otel/trace.ContextWithSpan":                   {Effect: Derive},
	"go.opentelemetry.io/otel/trace.ContextWithSpanContext":            {Effect: Derive},
	"go.opentelemetry.io/otel/trace.ContextWithRemoteSpanContext":      {Effect: Derive},
	"(go.opentelemetry.io/otel/trace.Tracer).Start":                    {Effect: Derive, Parent: 1},
	"go.opentelemetry.io/otel/baggage.ContextWithBaggage":              {Effect: Derive},
	"github.com/opentracing/opentracing-go.ContextWithSpan":            {Effect: Derive},
	"github.com/opentracing/opentracing-go.StartSpanFromContext":       {Effect: Derive, Parent: 0},
	"github.com/go-logr/logr.NewContext":                               {Effect: Derive},
	"k8s.io/klog/v2.NewContext":                                        {Effect: Derive},
	"sigs.k8s.io/controller-runtime/pkg/log.IntoContext":               {Effect: Derive},
	"github.com/containerd/containerd/namespaces.WithNamespace":        {Effect: Derive},
	"github.com/containerd/containerd/v2/pkg/namespaces.WithNamespace": {Effect: Derive},
	"(github.com/rs/zerolog.Logger).WithContext":                       {Effect: Derive, Parent: 1},
}
