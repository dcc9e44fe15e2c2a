package goroutineleak

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

func channelRules() []*rule.Rule { return []*rule.Rule{abandonedSender} }

const chanSince = "0.2.0"

var abandonedSender = &rule.Rule{
	Code: "CL1001", Name: "abandoned-sender", Analyzer: name,
	Doc: lint.RawDocumentation{
		Title: "A goroutine sends on a channel whose receiver may have left",
		Text: `A send on a channel without room waits for a receiver. Where the function that receives can return first (an error, a
timeout, a cancelled context), nobody is left to receive: the goroutine waits for ever, with its stack and all that it refers
to. A service that does this once per request runs out of memory after enough slow requests.

Give the channel room for all that is sent on it (` + "`make(chan T, 1)`" + ` for one value), so that the send ends whether anybody
listens or not; where that is not possible, send in a ` + "`select`" + ` with the ` + "`Done`" + ` channel of a context that is cancelled when the
receiver leaves.`,
		Before: `
func quote(ctx context.Context, ask func() (int, error)) (int, error) {
	result := make(chan int)
	go func() {
		price, _ := ask()
		result <- price
	}()
	select {
	case price := <-result:
		return price, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}`,
		After: `
func quote(ctx context.Context, ask func() (int, error)) (int, error) {
	result := make(chan int, 1)
	go func() {
		price, _ := ask()
		result <- price
	}()
	select {
	case price := <-result:
		return price, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}`,
		Since:    chanSince,
		Severity: lint.SeverityWarning,
	},
	Maturity: rule.Preview, Fix: rule.SafeFix,
	Blind: "Only channels are followed that are used in the function that makes them and in what it starts or calls: one that is kept in a " +
		"field or container, returned, or given to unknown code may have other receivers. A receiver that leaves after a number of " +
		"receives that it counts itself is taken to count right.",
	References: []string{"https://songlh.github.io/paper/go-study.pdf", "https://github.com/hellofresh/health-go"},
}
