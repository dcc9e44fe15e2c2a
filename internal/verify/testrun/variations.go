package testrun

import (
	"context"
	"path/filepath"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/verify/perturb"
	"github.com/cloudlint/cloudlint/internal/verify/witness"
)

// Plan prepares what runs under other schedules need, in a folder that stays until they have ended.
func Plan(ctx context.Context, o Options, tmp string) (*perturb.Plan, error) {
	env, replace, err := o.readOverlay(ctx)
	if err != nil {
		return nil, err
	}
	plan, err := perturb.Prepare(ctx, perturb.Options{
		Dir: o.Dir, Patterns: o.Patterns, Flags: o.listFlags(), Replace: replace, ModCache: env.GOMODCACHE, Tmp: filepath.Join(tmp, "sources"),
	})
	if err == nil {
		plan.Races = env.races()
	}
	return plan, err
}

// Witness prepares what runs need that force a finding's path, in a folder that stays until they have ended. root is the
// one of the finding's report.
func Witness(ctx context.Context, o Options, f *finding.Finding, root, tmp string) (*witness.Plan, error) {
	env, replace, err := o.readOverlay(ctx)
	if err != nil {
		return nil, err
	}
	return witness.Prepare(f, root, replace, env.GOMODCACHE, filepath.Join(tmp, "sources"))
}
