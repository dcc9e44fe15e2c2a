package lostwait

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

var oneDeadline = &rule.Rule{
	Code:     "CL2048",
	Name:     "one-deadline-for-all-tries",
	Analyzer: Name,
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "One deadline for all tries of a loop that does not notice its end",
		Text: `A timeout is set before a loop that tries again, or tries one server after the other. The server that does not answer,
for which the other tries are there, uses up all the time: each try that follows fails at once, because the context has
ended, and the loop makes them all, with the pauses between them. Without a limit it never comes to an end.

If the time is meant for one try, make the context in the loop, and cancel it at the end of each round. If it is meant for
all of them, leave the loop when ctx.Err() is not nil: who waits gets the answer when there is no hope any more. A loop
that does so is not reported, nor is one that leaves on errors of some kind, for which it asks a function.`,
		Before: `
func reachable(parent context.Context, replicas []*sql.DB) (*sql.DB, error) {
	ctx, cancel := context.WithTimeout(parent, 2*time.Second)
	defer cancel()
	var err error
	for _, db := range replicas {
		if err = db.PingContext(ctx); err == nil {
			return db, nil
		}
	}
	return nil, err
}
`,
		After: `
func reachable(parent context.Context, replicas []*sql.DB) (*sql.DB, error) {
	var err error
	for _, db := range replicas {
		if err = ping(parent, db); err == nil {
			return db, nil
		}
	}
	return nil, err
}

func ping(parent context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(parent, 2*time.Second)
	defer cancel()
	return db.PingContext(ctx)
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Deadlines that are set by a caller, or in another function, and loops that notice the end of the context: whether a
deadline was meant for one try or for all of them is not seen there.`,
	References: []string{
		"https://github.com/jackc/pgx/commit/faabb0696f92988c815fc675c61c1961c87a7047",
		"https://pkg.go.dev/context#WithTimeout",
	},
}

var helperIgnores = &rule.Rule{
	Code:     "CL2049",
	Name:     "retry-helper-without-context",
	Analyzer: Name,
	Maturity: rule.Preview,
	Fix:      rule.NoFix,
	Doc: lint.RawDocumentation{
		Title: "Function that tries again and does not know the context at hand",
		Text: `A function such as backoff.Retry calls another one until it succeeds, and waits in between. What it calls is given a
context, and fails when that has ended; but the one that tries again does not know the context: it waits and tries on for
all of its time, fifteen minutes with the policy that backoff.NewExponentialBackOff makes. The caller waits for a client
that has left, and a shutdown for the last try.

The functions of github.com/cenkalti/backoff, github.com/avast/retry-go and k8s.io/apimachinery/pkg/util/wait without a
context are known, and those of the module itself that call a parameter again in a loop with a wait. What makes an error
permanent when the context has ended is no finding, nor is a policy that comes from elsewhere.

Give the context to what tries again: backoff.WithContext, the option retry.Context, the variants of wait with a context, a
parameter of a function of your own.`,
		Before: `
func migrate(ctx context.Context, db *sql.DB) error {
	return retry(func() error {
		_, err := db.ExecContext(ctx, "UPDATE accounts SET migrated = TRUE")
		return err
	})
}

func retry(do func() error) (err error) {
	for range 10 {
		if err = do(); err == nil {
			return nil
		}
		time.Sleep(5 * time.Second)
	}
	return err
}
`,
		After: `
func migrate(ctx context.Context, db *sql.DB) error {
	return retry(ctx, func() error {
		_, err := db.ExecContext(ctx, "UPDATE accounts SET migrated = TRUE")
		return err
	})
}

func retry(ctx context.Context, do func() error) (err error) {
	for range 10 {
		if err = do(); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(5 * time.Second):
		}
	}
	return err
}
`,
		Since:    "0.1.0",
		Severity: lint.SeverityWarning,
	},
	Blind: `Policies and options that are not made where they are used, operations that are not function literals, and functions
that are called through interfaces.`,
	References: []string{
		"https://pkg.go.dev/github.com/cenkalti/backoff/v4#WithContext",
		"https://pkg.go.dev/github.com/avast/retry-go/v4#Context",
		"https://pkg.go.dev/k8s.io/apimachinery/pkg/util/wait#PollUntilContextTimeout",
	},
}
