package goroutineleak

import (
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/passes/buildssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// Channels, WaitGroups and Conds on which somebody waits for ever, beside those that are always released, by the flow
// rules alone: they must stand without the explorer, which sees less of the world around a function.
func TestChannels(t *testing.T) {
	a := ruletest.Analyzer(t, pass.New(pass.Spec{
		Name: name, Doc: doc, Rules: channelRules(), Requires: []*analysis.Analyzer{buildssa.Analyzer},
		Run: func(p *pass.Pass) error {
			c := newChecker(p, false)
			c.channels()
			c.report()
			return nil
		},
	}), nil)
	analysistest.Run(t, ruletest.Testdata(t), a, "goroutineleak/changroup", "goroutineleak/chansend", "goroutineleak/chanrecv", "goroutineleak/chanlost", "goroutineleak/chanagain", "goroutineleak/waitgroup")
}
