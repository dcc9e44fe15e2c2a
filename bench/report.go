package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/cloudlint/cloudlint/bench/internal/measure"
	"github.com/cloudlint/cloudlint/bench/internal/modules"
)

func cpuSeconds(s sample) float64  { return s.CPU.Seconds() }
func wallSeconds(s sample) float64 { return s.Wall.Seconds() }
func peakMB(s sample) float64      { return float64(s.Peak) / (1 << 20) }

// median returns the middle of a figure over the samples of a series, and whether there are any.
func (b *bench) median(k key, figure func(sample) float64) (float64, bool) {
	samples := b.samples[k]
	if len(samples) == 0 {
		return 0, false
	}
	return measure.Median(measure.Column(samples, figure)), true
}

func printMachine(ctx context.Context, out io.Writer, s *setup) {
	version, err := output(ctx, "", nil, s.cloudlint, "--version")
	if err != nil {
		version = "cloudlint, unknown version"
	}
	goVersion, err := output(ctx, "", nil, "go", "env", "GOVERSION")
	if err != nil {
		goVersion = runtime.Version()
	}
	version, _, _ = strings.Cut(version, "\n")
	fmt.Fprintf(out, "%s, %s, %s/%s, %d processors%s; %s\n", time.Now().Format(time.DateOnly), goVersion, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load(), version)
}

// load says how busy the machine is. On a busy one the same work takes more CPU time, up to twice as much where two
// processors share a core: figures of different days are comparable only as ratios.
func load() string {
	text, err := os.ReadFile("/proc/loadavg") // linux
	if err != nil {
		return ""
	}
	average, _, _ := strings.Cut(string(text), " ")
	return ", load " + average
}

// printModule prints the figures of a module as a table in markdown.
func (b *bench) printModule(out io.Writer, m modules.Module) {
	fmt.Fprintf(out, "\n%s (%s), %d packages, medians of %d (warm: of %d)%s\n\n",
		m.Name, m, b.packages[m.Name], b.rounds, b.rounds*repeats(warm), load())
	fmt.Fprintln(out, "| run | tool | CPU s | min-max | wall s | peak MB | CPU / vet | CPU / staticcheck |")
	fmt.Fprintln(out, "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
	for _, sc := range []scenario{cold, warm, leaf, core, empty} {
		for _, t := range tools {
			k := key{m.Name, t, sc}
			cpu, ok := b.median(k, cpuSeconds)
			if !ok {
				continue
			}
			wall, _ := b.median(k, wallSeconds)
			all := measure.Column(b.samples[k], cpuSeconds)
			fmt.Fprintf(out, "| %s | %s | %.2f | %.2f-%.2f | %.2f | %.0f | %s | %s |\n", sc, t, cpu, slices.Min(all), slices.Max(all),
				wall, b.peak(k), b.ratio(cpu, key{m.Name, goVet, sc}), b.ratio(cpu, key{m.Name, staticcheck, sc}))
		}
	}
}

// peak returns the largest process of all runs: a bound is a bound for each.
func (b *bench) peak(k key) float64 {
	peak := 0.0
	for _, s := range b.samples[k] {
		peak = max(peak, peakMB(s))
	}
	return peak
}

func (b *bench) ratio(cpu float64, other key) string {
	base, ok := b.median(other, cpuSeconds)
	if !ok || base == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", cpu/base)
}

// printTargets prints what is promised and what was measured. It reports whether a promise is broken.
func (b *bench) printTargets(out io.Writer) (broken bool) {
	list := b.targets()
	if len(list) == 0 {
		return false
	}
	fmt.Fprintln(out, "\n| promise | bound here | measured | |\n| --- | ---: | ---: | --- |")
	for _, t := range list {
		verdict := "kept"
		if cmp.Compare(t.measured, t.bound) > 0 {
			verdict, broken = "BROKEN", true
		}
		fmt.Fprintf(out, "| %s | %.2f %s | %.2f %s | %s |\n", t.promise, t.bound, t.unit, t.measured, t.unit, verdict)
	}
	if slow := b.slowness(); slow > 1 {
		fmt.Fprintf(out, "\ngo vet takes %.2f times the CPU time that it takes on an idle reference machine: a bound in seconds that is BROKEN here may hold there.\n", slow)
	}
	if broken {
		fmt.Fprintln(out, "\ncloudlint does not keep what it promises: see BROKEN above.")
	}
	return broken
}
