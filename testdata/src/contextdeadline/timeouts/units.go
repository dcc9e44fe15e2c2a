package timeouts

import "context"

// The file does not import package time: the fix does.
func bare(ctx context.Context) {
	_, cancel := context.WithTimeout(ctx, 30) // want `CL2022: the context ends at once: 30 has no unit`
	defer cancel()
}

// Here the name means something else.
func taken(ctx context.Context) {
	const time = 30
	_, cancel := context.WithTimeout(ctx, time) // want `CL2022: the context ends at once: time has no unit`
	defer cancel()
}
