package testrun

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/internal/gocmd"
)

// Some returns the options for a run of some tests of one package, under the user's own flags, with files laid over; it
// prints what each test does and ends after a while. Without names the package's tests run as the user's flags choose.
func (o Options) Some(pkg string, names []string, limit time.Duration, replace map[string]string) Options {
	flags, rest := o.testFlags()
	for _, name := range []string{"v", "json", "failfast"} {
		flags = withoutFlag(flags, name, false)
	}
	drop := []string{"timeout", "count", "list", "bench", "fuzz", "cpuprofile", "memprofile", "blockprofile", "mutexprofile", "trace"}
	if len(names) > 0 {
		drop = append(drop, "run")
	}
	for _, name := range drop {
		flags = withoutFlag(flags, name, true)
	}
	o.Flags = slices.Concat(flags, rest)
	o.Patterns = []string{pkg}
	o.Watch, o.Watched = 0, nil
	o.Vary = Variation{Replace: replace, Flags: []string{"-vet=off", "-v", "-json=false", "-timeout=" + limit.String()}}
	if len(names) > 0 {
		o.Vary.Flags = append(o.Vary.Flags, "-run=^("+strings.Join(names, "|")+")$")
	}
	return o
}

// Sources are the files of a package that belong to this build.
type Sources struct {
	Dir   string
	Name  string   // of the package
	Tests []string // names of the files of its tests, those outside the package included
	// Replace is what the user's overlay replaces, in all packages.
	Replace map[string]string
}

// TestSources lists the tests' files of packages.
func TestSources(ctx context.Context, o Options, packages []string) (map[string]Sources, error) {
	_, replace, err := o.readOverlay(ctx)
	if err != nil {
		return nil, err
	}
	args := slices.Concat([]string{"list", "-e", "-json=ImportPath,Dir,Name,TestGoFiles,XTestGoFiles"}, o.listFlags(), packages)
	cmd := exec.Command("go", args...)
	cmd.Dir = o.Dir
	cmd.Env = append(os.Environ(), "PWD="+o.Dir)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	sources := make(map[string]Sources)
	err = gocmd.Run(ctx, cmd, func(r io.Reader) error {
		for dec := json.NewDecoder(r); ; {
			var l struct {
				ImportPath, Dir, Name     string
				TestGoFiles, XTestGoFiles []string
			}
			switch err := dec.Decode(&l); {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			}
			sources[l.ImportPath] = Sources{Dir: l.Dir, Name: l.Name, Tests: append(l.TestGoFiles, l.XTestGoFiles...), Replace: replace}
		}
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("go list: %w %s", err, strings.TrimSpace(stderr.String()))
	}
	return sources, nil
}

// listFlags are those of go test's flags that say which files and modules there are, for go list.
func (o Options) listFlags() []string {
	var list []string
	flags, _ := o.testFlags()
	for _, name := range []string{"tags", "mod", "modfile", "overlay"} {
		if _, value := takeFlag(flags, name); value != "" {
			list = append(list, "-"+name+"="+value)
		}
	}
	if o.Tags != "" && !HasFlag(flags, "tags") {
		list = append(list, "-tags="+o.Tags)
	}
	if o.Overlay != "" && !HasFlag(flags, "overlay") {
		list = append(list, "-overlay="+o.Overlay)
	}
	if HasFlag(flags, "race") {
		list = append(list, "-race") // which is also a tag
	}
	return list
}
