// Package useless sets timeouts within each other.
package useless

import (
	"context"
	"time"

	"contextdeadline/store"
)

const long = 30 * time.Second

func nested(ctx context.Context, do func(context.Context)) {
	short, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	one, cancelOne := context.WithTimeout(short, long) // want `this timeout of 30s is never reached: short has one of 5s already, which ends first; leave this one out, or make the other longer`
	defer cancelOne()
	do(one)
	two, cancelTwo := context.WithTimeout(short, time.Second)
	defer cancelTwo()
	do(two)
	three, cancelThree := context.WithTimeout(context.WithoutCancel(short), long)
	defer cancelThree()
	do(three)
}

func caller(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	callee(context.WithValue(ctx, "k", 1), do)
}

func other(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	callee(ctx, do)
	one(ctx, do)
	exact(ctx, do)
}

func callee(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second) // want `this timeout of 30s is never reached: ctx has one of 10s from each of its callers, which ends first`
	defer cancel()
	do(ctx)
}

func one(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second) // want `this timeout of 30s is never reached: ctx has one of 10s from other, which ends first`
	defer cancel()
	do(ctx)
}

// It is as long as the caller's.
func exact(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	do(ctx)
}

// Some callers give it more time.
func some(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	do(ctx)
}

func short(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	some(ctx, do)
}

func unbounded(ctx context.Context, do func(context.Context)) { some(ctx, do) }

// Anybody can call it.
func Exported(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	do(ctx)
}

func callsExported(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	Exported(ctx, do)
}

// Nobody knows how long the configured timeout is.
func configured(ctx context.Context, timeout time.Duration, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, long)
	defer cancel()
	do(ctx)
}

func sometimes(ctx context.Context, hurry bool, do func(context.Context)) {
	if hurry {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Second)
		defer cancel()
	}
	ctx, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	do(ctx)
}

// Each round has its own time, and the loop's is longer.
func rounds(ctx context.Context, do func(context.Context)) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for range 3 {
		one, cancel := context.WithTimeout(ctx, 10*time.Second)
		do(one)
		cancel()
	}
}

// The helper is in another package.
func helper(ctx context.Context, do func(context.Context)) {
	ctx, cancel := store.Bounded(ctx)
	defer cancel()
	one, cancelOne := context.WithTimeout(ctx, time.Hour) // want `this timeout of 1h0m0s is never reached: ctx has one of 1s already, which ends first`
	defer cancelOne()
	do(one)
}
