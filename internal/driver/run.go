package driver

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/sirupsen/logrus"

	"github.com/cloudlint/cloudlint/internal/gocmd"
)

// Run analyses the packages that the request names.
func Run(ctx context.Context, req Request) (*Outcome, error) {
	f, err := newFront(req)
	if err != nil {
		return nil, err
	}
	defer f.close()
	return f.run(ctx)
}

// Choose returns the driver that Run would take, and analyses nothing.
func Choose(ctx context.Context, req Request) (Mode, error) {
	f, err := newFront(req)
	if err != nil {
		return "", err
	}
	defer f.close()
	if _, err := f.open(ctx); err != nil {
		return "", err
	}
	return f.choose(ctx)
}

func newFront(req Request) (*front, error) {
	if req.Log == nil {
		silent := logrus.New()
		silent.SetOutput(io.Discard)
		req.Log = silent
	}
	req.Dir = filepath.Clean(req.Dir)
	if info, err := os.Stat(req.Dir); err != nil || !info.IsDir() {
		return nil, &UsageError{fmt.Sprintf("there is no folder %s", req.Dir)}
	}
	return &front{req: req, col: collector{progress: req.Progress, noTests: req.NoTests, named: make(map[string]*state)}}, nil
}

// A front is one run.
type front struct {
	req     Request
	env     goEnv // in req.Dir
	cold    bool  // Go's build cache held next to nothing when the run began
	flags   gocmd.Flags
	tmp     string // for everything that must be gone at the end
	overlay *overlay
	batches []*batch
	jobs    []*job
	col     collector
}

func (f *front) run(ctx context.Context) (*Outcome, error) {
	args, err := f.open(ctx)
	if err != nil {
		return nil, err
	}
	extra, err := f.listFlags()
	if err != nil {
		return nil, err
	}
	if err := f.listAll(ctx, extra); err != nil {
		return nil, err
	}
	if err := f.take(args.gone > 0); err != nil {
		return nil, err
	}
	if err := f.makeJobs(); err != nil {
		return nil, err
	}
	out := &Outcome{GoVersion: f.env.GOVERSION}
	if out.Driver, err = f.choose(ctx); err != nil {
		return nil, err
	}
	f.col.start()
	for _, j := range f.jobs {
		analyse := f.vetJob
		if out.Driver == Source {
			analyse = f.sourceJob
		}
		err := analyse(ctx, j)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			if len(f.jobs) == 1 {
				return nil, err
			}
			f.abandon(j, err)
		}
	}
	if len(f.jobs) > 0 && !slices.ContainsFunc(f.jobs, func(j *job) bool { return !j.inProcess }) {
		out.Driver = Source
	}
	f.explain(ctx)
	if len(f.col.errors) > 0 {
		if skew := Skew(runtime.Version(), f.env.GOVERSION); skew != "" {
			f.col.error("", skew)
		}
	}
	f.col.finish(out)
	f.places(ctx, out)
	return out, ctx.Err()
}

// open finds out about the environment, and what the arguments name.
func (f *front) open(ctx context.Context) (*arguments, error) {
	var err error
	if f.env, err = environment(ctx, f.req.Dir); err != nil {
		return nil, err
	}
	// Listing packages already fills the cache with indexes of their folders.
	f.cold = isEmptyCache(f.env.GOCACHE)
	f.flags = gocmd.ParseFlags(f.env.GOFLAGS).Building()
	if f.tmp, err = gocmd.MkdirTemp(ctx, f.env.GOTMPDIR, "cloudlint-"); err != nil {
		return nil, fmt.Errorf("no folder for temporary files: %w", err)
	}
	file := f.req.Overlay
	if file == "" {
		file = f.flags.Lookup("overlay")
	}
	f.flags = f.flags.Without("overlay")
	if f.overlay, err = readOverlay(file, f.req.Dir, f.tmp); err != nil {
		return nil, err
	}

	args := &arguments{req: f.req, env: f.env, flags: f.flags, overlay: f.overlay}
	f.batches, err = args.split(ctx)
	return args, err
}

// listAll lists the packages of all batches. With several, one that go refuses does not keep the others from being
// analysed.
func (f *front) listAll(ctx context.Context, extra []string) error {
	var failed []error
	listed := 0
	for _, b := range f.batches {
		if len(b.args) == 0 {
			continue // a workspace that was only looked at
		}
		err := b.list(ctx, extra)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			listed++
			continue
		}
		failed = append(failed, err)
		b.packages, b.args, b.files = nil, nil, nil
		f.col.error("", "in "+f.display(b, b.tool.dir)+": "+err.Error())
	}
	if listed == 0 && len(failed) > 0 {
		return failed[0]
	}
	return nil
}

// abandon notes that the packages of a job were not analysed.
func (f *front) abandon(j *job, err error) {
	f.col.error("", err.Error())
	for _, s := range f.col.missing(j.wants) {
		if !s.failed {
			f.col.error(s.ImportPath, "not analysed, because the run for its module failed")
		}
	}
}

func (f *front) close() {
	if f.tmp == "" {
		return
	}
	if err := gocmd.RemoveAll(f.tmp); err != nil {
		f.req.Log.Warnf("temporary files are left behind: %v", err)
	}
}

// listFlags returns the flags that both go list and go vet need.
func (f *front) listFlags(deleted ...string) ([]string, error) {
	var flags []string
	if f.req.Tags != "" {
		flags = append(flags, "-tags="+f.req.Tags)
	}
	file, err := f.overlayFile(deleted)
	if file != "" {
		flags = append(flags, "-overlay="+file)
	}
	return flags, err
}

func (f *front) overlayFile(deleted []string) (string, error) {
	if len(f.overlay.replace)+len(deleted) == 0 {
		return "", nil
	}
	tmp, err := os.CreateTemp(f.tmp, "overlay-*.json")
	if err != nil {
		return "", err
	}
	if err := tmp.Close(); err != nil {
		return "", err
	}
	return f.overlay.write(tmp.Name(), deleted)
}
