package goroutineleak

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/passes/buildssa"

	"github.com/cloudlint/cloudlint/analyzers/internal/pass"
)

// Channels, WaitGroups and Conds on which somebody waits for ever, beside those that are always released, by the flow
// rules alone: they must stand without the explorer, which sees less of the world around a function.
func TestChannels(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	a := pass.New(pass.Spec{
		Name: name, Doc: doc, Rules: channelRules(), Requires: []*analysis.Analyzer{buildssa.Analyzer},
		Run: func(p *pass.Pass) error {
			c := newChecker(p, false)
			c.channels()
			c.report()
			return nil
		},
	})
	for name, value := range map[string]string{"inside": "goroutineleak/...", "preview": "true"} {
		if err := a.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	analysistest.Run(t, dir, a, "goroutineleak/changroup", "goroutineleak/chansend", "goroutineleak/chanrecv", "goroutineleak/chanlost", "goroutineleak/waitgroup")
}
