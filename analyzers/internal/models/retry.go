package models

import (
	"slices"
	"strings"
)

// A RetryHelper is a function that calls another one again until that succeeds, and waits in between.
type RetryHelper struct {
	Operation int // the argument that is called again
	Policy    int // the argument that says how often, and how long it waits; -1 if there is none
	// Options tells that Policy is a list of options.
	Options bool
	// Polls tells that the operation returns whether it is done, and ends all by an error.
	Polls bool
	// Instead says how the function is given a context.
	Instead string
}

// RetryFunction returns what is known of the function with the full name as one that tries again without a context, unless
// its policy has one, or nil.
func RetryFunction(name string) *RetryHelper {
	i := strings.LastIndex(name, ".")
	if i < 0 {
		return nil
	}
	pkg, fn := name[:i], name[i+1:]
	switch pkg {
	// https://pkg.go.dev/github.com/cenkalti/backoff/v4#Retry; from v5 on it takes a context.
	case "github.com/cenkalti/backoff", "github.com/cenkalti/backoff/v3", "github.com/cenkalti/backoff/v4":
		if slices.Contains([]string{"Retry", "RetryNotify", "RetryNotifyWithTimer", "RetryWithData", "RetryNotifyWithData", "RetryNotifyWithTimerAndData"}, fn) {
			return &RetryHelper{Operation: 0, Policy: 1, Instead: "give it the policy by backoff.WithContext"}
		}
	// https://pkg.go.dev/github.com/avast/retry-go/v4#Do
	case "github.com/avast/retry-go", "github.com/avast/retry-go/v3", "github.com/avast/retry-go/v4":
		if fn == "Do" || fn == "DoWithData" {
			return &RetryHelper{Operation: 0, Policy: 1, Options: true, Instead: "give it the option retry.Context"}
		}
	// https://pkg.go.dev/k8s.io/apimachinery/pkg/util/wait#Poll and the like, which are deprecated for that reason.
	case "k8s.io/apimachinery/pkg/util/wait":
		switch fn {
		case "Poll", "PollImmediate":
			return &RetryHelper{Operation: 2, Policy: -1, Polls: true, Instead: "use wait.PollUntilContextTimeout"}
		case "PollInfinite", "PollImmediateInfinite":
			return &RetryHelper{Operation: 1, Policy: -1, Polls: true, Instead: "use wait.PollUntilContextCancel"}
		case "ExponentialBackoff":
			return &RetryHelper{Operation: 1, Policy: -1, Polls: true, Instead: "use wait.ExponentialBackoffWithContext"}
		}
	}
	return nil
}

// RetryPolicy returns the argument of a function with the full name that a policy of retries is made from, without a
// context: -1 if it makes one from nothing but numbers. It returns false for all others.
func RetryPolicy(name string) (from int, ok bool) {
	name, ok = strings.CutPrefix(name, "github.com/cenkalti/backoff")
	if !ok {
		return 0, false
	}
	name = strings.TrimPrefix(strings.TrimPrefix(name, "/v3"), "/v4")
	switch name {
	case ".NewExponentialBackOff", ".NewConstantBackOff":
		return -1, true
	case ".WithMaxRetries":
		return 0, true
	}
	return 0, false
}

// RetryOption reports whether the function with the full name makes an option of retries that neither gives a context nor
// decides which failures are tried again.
func RetryOption(name string) bool {
	name, ok := strings.CutPrefix(name, "github.com/avast/retry-go")
	if !ok {
		return false
	}
	name = strings.TrimPrefix(strings.TrimPrefix(name, "/v3"), "/v4")
	return slices.Contains([]string{".Attempts", ".Delay", ".MaxDelay", ".MaxJitter", ".DelayType", ".LastErrorOnly", ".OnRetry"}, name)
}

// RetryStops reports whether the function with the full name makes an error that is not tried again.
func RetryStops(name string) bool {
	return strings.HasPrefix(name, "github.com/cenkalti/backoff") && strings.HasSuffix(name, ".Permanent") ||
		strings.HasPrefix(name, "github.com/avast/retry-go") && strings.HasSuffix(name, ".Unrecoverable")
}

// A Backoff is what is known of a method of an object that counts tries, and waits between them until a context has ended
// that it was made with.
type Backoff struct {
	New     string // the function that makes the object
	Context int    // its argument
	Waits   bool   // it waits; otherwise it says whether there are tries left
}

// BackoffMethod returns what is known of a method with the full name, or nil.
func BackoffMethod(name string) *Backoff {
	for _, pkg := range [...]string{
		"github.com/grafana/dskit/backoff",                 // https://pkg.go.dev/github.com/grafana/dskit/backoff#Backoff.Wait
		"github.com/cortexproject/cortex/pkg/util/backoff", // https://pkg.go.dev/github.com/cortexproject/cortex/pkg/util/backoff#Backoff.Wait
	} {
		method, ok := strings.CutPrefix(name, "(*"+pkg+".Backoff).")
		if ok && (method == "Wait" || method == "Ongoing") {
			return &Backoff{New: pkg + ".New", Waits: method == "Wait"}
		}
	}
	return nil
}
