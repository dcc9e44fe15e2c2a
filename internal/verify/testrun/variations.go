package testrun

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/gocmd"
	"github.com/cloudlint/cloudlint/internal/overlayfile"
	"github.com/cloudlint/cloudlint/internal/verify/perturb"
	"github.com/cloudlint/cloudlint/internal/verify/witness"
)

// Plan prepares what runs under other schedules need, in a folder that stays until they have ended.
func Plan(ctx context.Context, o Options, tmp string) (*perturb.Plan, error) {
	env, replace, err := o.replaced(ctx)
	if err != nil {
		return nil, err
	}
	flags, _ := o.testFlags()
	list := perturb.Options{Dir: o.Dir, Patterns: o.Patterns, Replace: replace, ModCache: env.GOMODCACHE, Tmp: filepath.Join(tmp, "sources")}
	for _, name := range []string{"tags", "mod", "modfile", "overlay"} {
		if _, value := takeFlag(flags, name); value != "" {
			list.Flags = append(list.Flags, "-"+name+"="+value)
		}
	}
	if o.Tags != "" && !hasFlag(flags, "tags") {
		list.Flags = append(list.Flags, "-tags="+o.Tags)
	}
	return perturb.Prepare(ctx, list)
}

// Witness prepares what runs need that force a finding's path, in a folder that stays until they have ended. root is the
// one of the finding's report.
func Witness(ctx context.Context, o Options, f *finding.Finding, root, tmp string) (*witness.Plan, error) {
	env, replace, err := o.replaced(ctx)
	if err != nil {
		return nil, err
	}
	return witness.Prepare(f, root, replace, env.GOMODCACHE, filepath.Join(tmp, "sources"))
}

// replaced returns the environment, and what the user's own overlay replaces.
func (o Options) replaced(ctx context.Context) (environment, map[string]string, error) {
	env, err := readEnvironment(ctx, o.Dir)
	if err != nil {
		return env, nil, err
	}
	flags, _ := o.testFlags()
	_, overlay := takeFlag(flags, "overlay")
	replace, err := overlayfile.Read(cmp.Or(overlay, o.Overlay, gocmd.ParseFlags(env.GOFLAGS).Lookup("overlay")), o.Dir)
	if err != nil {
		return env, nil, &UsageError{fmt.Sprintf("the overlay cannot be read: %v", err)}
	}
	return env, replace, nil
}
