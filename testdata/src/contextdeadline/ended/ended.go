// Package ended has a test that wants a context which has ended.
package ended

import "context"

func alive(ctx context.Context) bool { return ctx.Err() == nil }
