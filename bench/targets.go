package main

import "github.com/cloudlint/cloudlint/bench/internal/measure"

// What cloudlint promises on podinfo. The promises are for all analyzers together, and stay the same when more are added.
// With the first two alone maxCold was 0.4. Times are CPU times on the reference machine.
const (
	maxWarm       = 0.2  // seconds of CPU above go vet, nothing changed
	maxCold       = 0.6  // of staticcheck's CPU
	maxEmpty      = 10.0 // seconds of CPU, GOCACHE empty
	maxPeakVet    = 250  // MB, any process, vet driver
	maxPeakSource = 700  // MB, any process, source driver
	maxStart      = 5.0  // milliseconds of CPU, the tool for one package
)

// referenceVet is the CPU time that go vet takes cold on podinfo on the reference machine (Go 1.26, 2 virtual processors)
// while nothing else runs there.
const referenceVet = 14.9 // seconds

// A target is a promise with what was measured.
type target struct {
	promise         string
	bound, measured float64
	unit            string
}

// slowness is how many times slower than the reference machine this one is now, by what go vet takes for the same work: a
// machine with much else to do needs up to twice the CPU time. The bounds in seconds stay what they are; whoever reads that
// one is broken reads this beside it. It is 1 on a faster machine, and where go vet was not measured.
func (b *bench) slowness() float64 {
	cpu, ok := b.median(key{"podinfo", goVet, cold}, cpuSeconds)
	if !ok {
		return 1
	}
	return max(1, cpu/referenceVet)
}

// targets returns the promises about which something was measured.
func (b *bench) targets() []target {
	var list []target
	cpu := func(t tool, sc scenario) (float64, bool) { return b.median(key{"podinfo", t, sc}, cpuSeconds) }
	add := func(promise string, bound, measured float64, unit string, known bool) {
		if known {
			list = append(list, target{promise, bound, measured, unit})
		}
	}

	mine, ok1 := cpu(vetDriver, warm)
	other, ok2 := cpu(goVet, warm)
	add("podinfo warm: go vet's CPU + 0.2 s", other+maxWarm, mine, "s", ok1 && ok2)

	mine, ok1 = cpu(vetDriver, cold)
	other, ok2 = cpu(staticcheck, cold)
	add("podinfo cold: 0.6 of staticcheck's CPU", maxCold*other, mine, "s", ok1 && ok2)

	for _, t := range []tool{sourceDriver, autoDriver} {
		mine, ok1 = cpu(t, empty)
		add("podinfo, empty GOCACHE, "+string(t), maxEmpty, mine, "s", ok1)
	}
	for _, t := range []tool{vetDriver, sourceDriver, autoDriver} {
		bound, peak := float64(maxPeakSource), 0.0
		if t == vetDriver {
			bound = maxPeakVet
		}
		for _, sc := range t.scenarios() {
			peak = max(peak, b.peak(key{"podinfo", t, sc}))
		}
		add("podinfo, largest process, "+string(t), bound, peak, "MB", peak > 0)
	}
	if len(b.start) > 0 {
		add("start of the tool for one package", maxStart, float64(measure.Median(b.start))/1e6, "ms", true)
	}
	return list
}
