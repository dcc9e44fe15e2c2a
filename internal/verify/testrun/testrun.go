// Package testrun runs the user's tests as `go test` does, and brings back which goroutines they left. No file of the
// user's is touched: hooks in the standard library, laid over it for this run, write the reports.
package testrun

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"go/version"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/gocmd"
	"github.com/cloudlint/cloudlint/internal/overlayfile"
	"github.com/cloudlint/cloudlint/internal/paths"
	"github.com/cloudlint/cloudlint/internal/verify/hooks"
)

// Options say what to run.
type Options struct {
	Dir      string   // where
	Patterns []string // packages, as for go test
	Flags    []string // go test's own, with -args and what follows it, if that is wanted
	Tags     string   // build tags, separated by commas; empty: those of Flags, if any
	Overlay  string   // a file as for `go build -overlay`; one in Flags or GOFLAGS goes before it
	Watch    time.Duration
	Sample   bool // whether to count goroutines while tests run: Report.Samples

	Vary Variation

	Self           string // a program whose main function begins with gocmd.Guard
	Cache          string // a folder that stays from run to run
	Stdout, Stderr io.Writer

	// Watched is called with reports that come while tests run. It may be nil.
	Watched func(*Report)
}

// A Variation is how a run differs from the one that the user would have by go test.
type Variation struct {
	Replace map[string]string // by which files, also of the user's own overlay, are replaced
	Flags   []string          // of go test
	Env     []string
}

// A Result is what became of a run.
type Result struct {
	Status    int // go test's exit status
	Took      time.Duration
	GoVersion string
	GOROOT    string
	Reports   []*Report
	// Lost counts reports that cannot be read: those that tests have damaged, and those that a full disk cut short.
	Lost int
}

// A UsageError is one of the user's, or of the environment.
type UsageError = driver.UsageError

// environment is what `go env` says.
type environment struct{ GOROOT, GOMODCACHE, GOVERSION, GOFLAGS, GOTMPDIR, CGO_ENABLED, CC string }

// races reports whether there is a C compiler, which the race detector needs on most systems.
func (e environment) races() bool {
	compiler, _, _ := strings.Cut(e.CC, " ")
	_, err := exec.LookPath(compiler)
	return err == nil && e.CGO_ENABLED == "1"
}

// Check returns the error that Run would return for a Go by which tests cannot be run so.
func Check(ctx context.Context, o Options) error {
	_, _, goroot, err := o.toolchain(ctx)
	if err == nil {
		_, err = hooks.Files(goroot)
	}
	return err
}

// Run runs the tests. Their failure is no error. An error is one of ctx, a UsageError, or says what does not work here.
func Run(ctx context.Context, o Options) (*Result, error) {
	env, goCommand, goroot, err := o.toolchain(ctx)
	if err != nil {
		return nil, err
	}
	tmp, err := gocmd.MkdirTemp(ctx, env.GOTMPDIR, "cloudlint-verify-")
	if err != nil {
		return nil, fmt.Errorf("no folder for temporary files: %w", err)
	}
	defer func() { _ = gocmd.RemoveAll(tmp) }()
	args, err := o.arguments(env, goroot, tmp)
	if err != nil {
		return nil, err
	}

	reports := filepath.Join(tmp, "reports")
	if err := os.Mkdir(reports, 0o777); err != nil {
		return nil, err
	}
	cmd := exec.Command(goCommand, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = o.Dir, o.Stdout, o.Stderr
	cmd.WaitDelay = gocmd.Grace
	cmd.Env = append(os.Environ(), "PWD="+o.Dir, hooks.Dir+"="+reports)
	if o.Watch > 0 {
		cmd.Env = append(cmd.Env, hooks.Watch+"="+o.Watch.String())
	}
	if o.Sample {
		cmd.Env = append(cmd.Env, hooks.Sample+"=1")
	}
	// The go command removes its own temporary files, unless it is killed. The tests see the variable as it was.
	if !HasFlag(o.Flags, "work") {
		cmd.Env = append(cmd.Env, "GOTMPDIR="+tmp, hooks.TmpDir+"="+os.Getenv("GOTMPDIR"))
	}
	if goroot != env.GOROOT {
		cmd.Env = append(cmd.Env, "GOROOT="+goroot, "GOTOOLCHAIN=local")
	}
	cmd.Env = append(cmd.Env, o.Vary.Env...)
	stop := watch(reports, o.Watched)
	started := time.Now()
	status, err := gocmd.Guarded(ctx, cmd, o.Self, tmp)
	stop()
	if err != nil {
		return nil, err
	}
	r := &Result{Status: status, Took: time.Since(started), GoVersion: env.GOVERSION, GOROOT: goroot}
	r.Reports, r.Lost, err = readAll(reports)
	return r, err
}

func readEnvironment(ctx context.Context, dir string) (env environment, err error) {
	cmd := exec.Command("go", "env", "-json", "GOROOT", "GOMODCACHE", "GOVERSION", "GOFLAGS", "GOTMPDIR", "CGO_ENABLED", "CC")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	err = gocmd.Run(ctx, cmd, func(r io.Reader) error { return json.NewDecoder(r).Decode(&env) })
	switch {
	case ctx.Err() != nil:
		return env, ctx.Err()
	case err != nil:
		return env, &UsageError{Message: strings.TrimSpace(fmt.Sprintf("the go command does not work: %v %s", err, &stderr))}
	}
	return env, nil
}

// toolchain returns the go command to call, its GOROOT and what it says of itself.
func (o Options) toolchain(ctx context.Context) (env environment, command, goroot string, err error) {
	if env, err = readEnvironment(ctx, o.Dir); err != nil {
		return env, "", "", err
	}
	if !version.IsValid(env.GOVERSION) || version.Compare(env.GOVERSION, "go1.26") < 0 {
		return env, "", "", &UsageError{Message: fmt.Sprintf("verify needs Go 1.26 or newer, whose runtime detects leaks, and the go command here is %s: "+
			"set GOTOOLCHAIN=go1.26.0 or a newer one", cmp.Or(env.GOVERSION, "of no known version"))}
	}
	command, goroot, err = overlayable(env, o.Cache)
	return env, command, goroot, err
}

// overlayable returns a go command and a GOROOT whose files can be replaced. The go command refuses that below GOMODCACHE, where
// toolchains that it has downloaded lie: they get a second name, which stays the same, because positions have it.
func overlayable(env environment, cache string) (command, goroot string, err error) {
	if _, ok := paths.Below(env.GOMODCACHE, env.GOROOT); !ok || env.GOMODCACHE == "" {
		return "go", env.GOROOT, nil
	}
	if err := os.MkdirAll(cache, 0o777); err != nil {
		return "", "", err
	}
	link := filepath.Join(cache, "goroot-"+env.GOVERSION)
	if to, err := os.Readlink(link); err != nil || to != env.GOROOT {
		_ = os.Remove(link)
		if err := os.Symlink(env.GOROOT, link); err != nil {
			if to, again := os.Readlink(link); again != nil || to != env.GOROOT { // else another process was faster
				return "", "", fmt.Errorf("the toolchain %s needs a second name, as the go command overlays nothing in the module cache: %w", env.GOVERSION, err)
			}
		}
	}
	return filepath.Join(link, "bin", "go"), link, nil
}

// arguments returns those of the go command. The overlay is written to the folder tmp.
func (o Options) arguments(env environment, goroot, tmp string) ([]string, error) {
	flags, rest := o.testFlags()
	flags, _ = takeFlag(flags, "overlay")
	overlay, replace, err := o.replaced(env)
	if err != nil {
		return nil, err
	}
	if len(o.Vary.Replace) > 0 {
		// With coverage the go command passes over what replaces the covered packages, and says nothing.
		for _, name := range []string{"cover", "coverprofile", "coverpkg", "covermode"} {
			flags = withoutFlag(flags, name, name != "cover")
		}
		maps.Copy(replace, o.Vary.Replace)
	}
	std, err := hooks.Write(goroot, o.Cache)
	if err != nil {
		return nil, err
	}
	for name, actual := range std {
		if by, ok := replace[name]; ok {
			return nil, &UsageError{Message: fmt.Sprintf("the overlay %s replaces %s by %s, and verify has to replace it, too", overlay, name, by)}
		}
		replace[name] = actual
	}
	file := filepath.Join(tmp, "overlay.json")
	if err := overlayfile.Write(file, replace); err != nil {
		return nil, err
	}
	args := []string{"test", "-overlay=" + file}
	if o.Tags != "" && !HasFlag(flags, "tags") {
		args = append(args, "-tags="+o.Tags)
	}
	// A test that go takes from its cache has not run.
	if !HasFlag(flags, "count") && !HasFlag(gocmd.ParseFlags(env.GOFLAGS), "count") {
		args = append(args, "-count=1")
	}
	return slices.Concat(args, o.Vary.Flags, o.Patterns, flags, rest), nil
}

// replaced returns the user's own overlay, and what it replaces.
func (o Options) replaced(env environment) (overlay string, replace map[string]string, err error) {
	overlay = cmp.Or(OverlayOf(o.Flags), o.Overlay, gocmd.ParseFlags(env.GOFLAGS).Lookup("overlay"))
	if replace, err = overlayfile.Read(overlay, o.Dir); err != nil {
		return "", nil, &UsageError{Message: fmt.Sprintf("the overlay cannot be read: %v", err)}
	}
	return overlay, replace, nil
}

// readOverlay returns what the go command says of itself, and what the user's own overlay replaces.
func (o Options) readOverlay(ctx context.Context) (env environment, replace map[string]string, err error) {
	if env, err = readEnvironment(ctx, o.Dir); err != nil {
		return env, nil, err
	}
	_, replace, err = o.replaced(env)
	return env, replace, err
}

// testFlags returns go test's own flags, and -args with what is for the tests.
func (o Options) testFlags() (flags, rest []string) {
	if i := slices.IndexFunc(o.Flags, func(f string) bool { return f == "-args" || f == "--args" }); i >= 0 {
		return o.Flags[:i], o.Flags[i:]
	}
	return o.Flags, nil
}

// TagsOf returns the build tags among go test's flags.
func TagsOf(flags []string) string {
	flags, _ = Options{Flags: flags}.testFlags()
	_, tags := takeFlag(flags, "tags")
	return tags
}

// OverlayOf returns the overlay among go test's flags.
func OverlayOf(flags []string) string {
	flags, _ = Options{Flags: flags}.testFlags()
	_, overlay := takeFlag(flags, "overlay")
	return overlay
}

// flagName returns the name of a flag, without what go test allows before it, and its value, if it has one.
func flagName(arg string) (name, value string, has bool) {
	if !strings.HasPrefix(arg, "-") {
		return "", "", false
	}
	name, value, has = strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
	return strings.TrimPrefix(name, "test."), value, has
}

// withoutFlag returns the flags without one, which has a value or is a switch.
func withoutFlag(flags []string, name string, value bool) []string {
	if value {
		flags, _ = takeFlag(flags, name)
		return flags
	}
	return slices.DeleteFunc(slices.Clone(flags), func(f string) bool { n, _, _ := flagName(f); return n == name })
}

// HasFlag reports whether go test's flags have one with the name.
func HasFlag(flags []string, name string) bool {
	return slices.ContainsFunc(flags, func(f string) bool { n, _, _ := flagName(f); return n == name })
}

// takeFlag returns the flags without one that has a value, and the last value that it had.
func takeFlag(flags []string, name string) (rest []string, value string) {
	for i := 0; i < len(flags); i++ {
		n, v, has := flagName(flags[i])
		switch {
		case n != name:
			rest = append(rest, flags[i])
		case has:
			value = v
		case i+1 < len(flags):
			i++
			value = flags[i]
		}
	}
	return rest, value
}
