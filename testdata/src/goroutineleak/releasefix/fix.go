package releasefix

import (
	"context"
	"iter"
)

func first(lines iter.Seq[string]) (string, bool) {
	next, stop := iter.Pull(lines) // want `CL1012`
	_ = stop
	line, ok := next()
	return line, ok
}

func fetch(parent context.Context, get func(context.Context) error) error {
	if parent == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(parent) // want `CL2025`
	_ = cancel
	return get(ctx)
}

// What is made in a loop must not be deferred to the end of the function.
func fetchAll(parent context.Context, get ...func(context.Context) error) {
	for _, get := range get {
		ctx, cancel := context.WithCancel(parent) // want `CL2025`
		_ = cancel
		get(ctx)
	}
}
