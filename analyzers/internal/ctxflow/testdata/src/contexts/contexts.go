// Package contexts has a case for each way in which a context comes about. The word after a probe is what is known; the
// number after a case is how many calls hand it on.
package contexts

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"time"
)

func probe(any) {}

type key struct{}

func roots(given context.Context) {
	probe(context.Background())                              // want `^none$`
	probe(context.TODO())                                    // want `^none$`
	probe(given)                                             // want `^unknown$`
	probe(context.WithValue(context.Background(), key{}, 1)) // want `^none$`
	probe(context.WithValue(given, key{}, 1))                // want `^unknown$`
	probe(context.WithoutCancel(given))                      // want `^none$`
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	probe(interrupted) // want `^cancellable$`
}

func bounds(given context.Context) {
	a, cancelA := context.WithTimeout(given, time.Second)
	defer cancelA()
	probe(a)                              // want `^deadline$`
	probe(context.WithValue(a, key{}, 1)) // want `^deadline$`
	b, cancelB := context.WithDeadline(context.Background(), time.Now())
	defer cancelB()
	probe(b) // want `^deadline$`
	c, cancelC := context.WithCancel(b)
	defer cancelC()
	probe(c) // want `^deadline$`
}

// A cancel function that nobody else has ends nothing before its own function does.
func cancels(run func(context.CancelFunc)) {
	own, cancel := context.WithCancel(context.Background())
	defer cancel()
	probe(own) // want `^none$`

	given, cancelGiven := context.WithCancel(context.Background())
	run(cancelGiven)
	probe(given) // want `^cancellable$`

	captured, cancelCaptured := context.WithCancel(context.Background())
	time.AfterFunc(time.Second, func() { cancelCaptured() })
	probe(captured) // want `^cancellable$`
}

// Only what all ways agree on is known.
func branches(timeout time.Duration) {
	ctx := context.Background()
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	probe(ctx) // want `^unknown$`
}

func sameBranches(traced bool) {
	ctx := context.Background()
	if traced {
		ctx = context.WithValue(ctx, key{}, true)
	}
	probe(ctx) // want `^none none0 none0$`
}

func loop(names []string) {
	ctx := context.Background()
	for _, name := range names {
		ctx = context.WithValue(ctx, key{}, name)
	}
	probe(ctx) // want `^none$`
}

// Closures.
func closures() {
	ctx := context.Background()
	func() { probe(ctx) }() // want `^none$`

	bound, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	go func() { probe(bound) }() // want `^deadline$`

	changed := context.Background()
	changed, cancelChanged := context.WithTimeout(changed, time.Second)
	defer cancelChanged()
	func() { probe(changed) }() // want `^unknown$`

	func(inner context.Context) { probe(inner) }(context.TODO()) // want `^none$`
}

// Parameters of functions whose callers are all known.
func helper(ctx context.Context) { probe(ctx) } // want `^none$`

func callsHelper() { helper(context.Background()) }

func shared(ctx context.Context) { probe(ctx) } // want `^unknown none1 deadline1$`

func callsShared() {
	shared(context.Background())
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	shared(ctx)
}

func outer(ctx context.Context) { middle(ctx) }

func middle(ctx context.Context) { probe(ctx) } // want `^none$`

func callsOuter() { outer(context.TODO()) }

// Exported has callers elsewhere.
func Exported(ctx context.Context) { probe(ctx) } // want `^unknown none1 unknown0$`

func callsExported() { Exported(context.Background()) }

func asValue(ctx context.Context) { probe(ctx) } // want `^unknown none1 unknown0$`

func takesValue() (f func(context.Context)) {
	asValue(context.Background())
	return asValue
}

type worker struct{ ctx context.Context }

func (w *worker) work(ctx context.Context) {
	probe(ctx)   // want `^none$`
	probe(w.ctx) // want `^unknown$`
}

func (w *worker) start() { w.work(context.Background()) }

type stopper interface{ stop(context.Context) }

func (w *worker) stop(ctx context.Context) { probe(ctx) } // want `^unknown none1 unknown0$`

func stops(w *worker, s stopper) {
	w.stop(context.Background())
	s.stop(context.Background())
}

func generic[T any](ctx context.Context, _ T) { probe(ctx) } // want `^none$`

func callsGeneric() { generic(context.Background(), 1) }

// Helpers of the project.
func withTimeout(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(parent, time.Second)
}

func withValue(parent context.Context) context.Context {
	return context.WithValue(parent, key{}, 1)
}

func fallible(ctx context.Context, fail error) (context.Context, error) {
	if fail != nil {
		return nil, fail
	}
	return withValue(ctx), nil
}

func helpers() {
	a, cancel := withTimeout(context.Background())
	defer cancel()
	probe(a)                               // want `^deadline$`
	probe(withValue(a))                    // want `^deadline$`
	probe(withValue(context.Background())) // want `^none$`
	b, _ := fallible(context.Background(), nil)
	probe(b) // want `^none$`
}

// Variables of the package.
var (
	background  = context.Background()
	reassigned  = context.Background()
	Overridable = context.Background()
)

func reassign(ctx context.Context) { reassigned = ctx }

func variables() {
	probe(background)  // want `^none$`
	probe(reassigned)  // want `^unknown$`
	probe(Overridable) // want `^unknown$`
}

// Types of the user's own may do anything.
type own struct{ context.Context }

func wrapped() {
	var ctx context.Context = own{context.Background()}
	probe(context.WithValue(ctx, key{}, 1)) // want `^unknown$`
}

// Requests carry contexts.
func requests(given context.Context, served *http.Request) {
	plain, _ := http.NewRequest(http.MethodGet, "https://example.com", nil)
	probe(plain)                    // want `^none$`
	probe(plain.Context())          // want `^none$`
	probe(plain.WithContext(given)) // want `^unknown$`
	bound, cancel := context.WithTimeout(given, time.Second)
	defer cancel()
	probe(plain.Clone(bound)) // want `^deadline$`
	with, _ := http.NewRequestWithContext(bound, http.MethodGet, "https://example.com", nil)
	probe(with)             // want `^deadline$`
	probe(served)           // want `^unknown$`
	probe(served.Context()) // want `^unknown$`

	old, _ := http.NewRequest(http.MethodGet, "https://example.com", nil)
	old.Cancel = make(chan struct{})
	probe(old) // want `^unknown$`
}
