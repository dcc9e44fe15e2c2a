package driver

import (
	"context"
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

// choose returns the driver to use.
func (f *front) choose(ctx context.Context) (Mode, error) {
	// Older go commands wrap what a vet tool writes; a newer standard library may be beyond our type checker. What is no
	// release ("devel go1.28-abc") is left to the user.
	old, newer := false, false
	if v := f.env.GOVERSION; version.IsValid(v) {
		old = version.Compare(version.Lang(v), "go1.26") < 0
		newer = version.Compare(version.Lang(v), version.Lang(runtime.Version())) > 0
	}
	switch {
	case old && (f.req.Mode == Vet || f.req.Analyzers == nil):
		return "", fmt.Errorf("the vet driver needs Go 1.26 or newer, and the go command here is %s: use the source driver", f.env.GOVERSION)
	case f.req.Mode == Vet || f.req.Mode == Source:
		return f.req.Mode, nil
	case old:
		return Source, nil
	case newer || f.req.Analyzers == nil:
		return Vet, nil
	case f.env.GOCACHEPROG != "":
		// A cache that machines share wants to be filled: what one of them has analysed, the others need not.
		return Vet, nil
	}
	// Whoever works on the code profits from a filled cache in the next run, and has most of it from builds anyway.
	ci, _ := strconv.ParseBool(os.Getenv("CI"))
	if f.cold || ci && f.mostlyStale(ctx) {
		return Source, nil
	}
	return Vet, nil
}

// isEmptyCache reports whether Go's build cache holds next to nothing. Its files are spread evenly over 256 folders.
func isEmptyCache(dir string) bool {
	n := 0
	for _, sub := range []string{"00", "55", "aa", "ff"} {
		entries, _ := os.ReadDir(filepath.Join(dir, sub))
		n += len(entries)
	}
	return n < 4
}

// mostlyStale reports whether go would have to compile most of what the packages import.
func (f *front) mostlyStale(ctx context.Context) bool {
	stale, all := 0, 0
	extra, err := f.listFlags()
	if err != nil {
		return false
	}
	for _, b := range f.batches {
		if len(b.args) == 0 {
			continue
		}
		args := append([]string{"list", "-e", "-deps", "-json=ImportPath,Stale"}, extra...)
		stdout, _, err := b.tool.output(ctx, append(append(args, "--"), b.patterns()...)...)
		if err != nil {
			f.req.Log.Debug(err)
			continue
		}
		_ = decodeList(stdout, func(p struct{ Stale bool }) {
			all++
			if p.Stale {
				stale++
			}
		})
	}
	f.req.Log.Debugf("%d of %d packages would have to be compiled", stale, all)
	return 2*stale > all
}
