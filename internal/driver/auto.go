package driver

import (
	"context"
	"go/version"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

// choose returns the driver to use.
func (f *front) choose(ctx context.Context) Mode {
	switch f.req.Mode {
	case Vet, Source:
		return f.req.Mode
	}
	if f.req.Analyzers == nil || version.Compare(version.Lang(f.env.GOVERSION), version.Lang(runtime.Version())) > 0 {
		return Vet // the source of a newer standard library may be beyond our type checker
	}
	// Whoever works on the code profits from a filled cache in the next run, and has most of it from builds anyway.
	ci, _ := strconv.ParseBool(os.Getenv("CI"))
	empty := os.Getenv("GOCACHEPROG") == "" && isEmptyCache(f.env.GOCACHE)
	switch {
	case empty:
		return Source
	case ci && f.mostlyStale(ctx):
		return Source
	}
	return Vet
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
