// Bench measures whole runs of cloudlint on real modules, in turn with go vet and staticcheck on the same packages, and
// checks what cloudlint promises about its speed and memory. README.md says how and why.
//
// Usage, in the repository: go run ./bench [flags]
//
// The exit status is 1 if a promise is broken, 2 if something could not be measured.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/cloudlint/cloudlint/bench/internal/modules"
)

// options are the command line.
type options struct {
	rounds    int
	modules   string
	large     bool
	work      string
	list      string
	cloudlint string
	only      string
}

func main() {
	var o options
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	flag.IntVar(&o.rounds, "n", 3, "measure each run `N` times and take the median")
	flag.StringVar(&o.modules, "modules", "podinfo,etcd", "`names` of modules in the list, separated by commas")
	flag.BoolVar(&o.large, "large", false, "measure one large module instead (prometheus), once a run unless -n is given")
	flag.StringVar(&o.work, "work", filepath.Join(cache, "cloudlint-bench"), "`folder` for modules, tools and caches")
	flag.StringVar(&o.list, "list", "", "the list of modules (default: bench/modules.txt of this repository)")
	flag.StringVar(&o.cloudlint, "cloudlint", "", "`executable` to measure (default: built from this repository)")
	flag.StringVar(&o.only, "only", "", "measure only these `tools`, separated by commas: "+strings.Join(toolNames(), ", "))
	flag.Parse()
	set := make(map[string]bool)
	flag.Visit(func(f *flag.Flag) { set[f.Name] = true })
	if o.large {
		if !set["n"] {
			o.rounds = 1
		}
		if !set["modules"] {
			o.modules = "prometheus"
		}
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	broken, err := run(ctx, o, os.Stdout, os.Stderr)
	stop()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	case broken:
		os.Exit(1)
	}
}

// run measures and prints. It reports whether a promise is broken.
func run(ctx context.Context, o options, out, log io.Writer) (broken bool, err error) {
	if flag.NArg() > 0 || o.rounds < 1 {
		return false, fmt.Errorf("unusable arguments; see -help")
	}
	if o.work, err = filepath.Abs(o.work); err != nil {
		return false, err
	}
	s, err := newSetup(ctx, o)
	if err != nil {
		return false, err
	}
	defer s.close()

	b := &bench{setup: s, rounds: o.rounds, large: o.large, log: log, samples: make(map[key][]sample)}
	if o.only != "" {
		names := strings.Split(o.only, ",")
		for _, name := range names {
			if !slices.Contains(toolNames(), name) {
				return false, fmt.Errorf("-only: there is no tool %q", name)
			}
		}
		b.only = names
	}
	list, err := modules.Read(s.list)
	if err != nil {
		return false, err
	}
	if list, err = modules.Select(list, strings.Split(o.modules, ",")); err != nil {
		return false, err
	}
	printMachine(ctx, out, s)
	for _, m := range list {
		if err := b.module(ctx, m); err != nil {
			return false, err
		}
		b.printModule(out, m)
	}
	if b.measures(vetDriver) {
		start, err := startCost(ctx, s)
		if err != nil {
			return false, err
		}
		b.start = start
	}
	return b.printTargets(out), nil
}
