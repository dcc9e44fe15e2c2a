package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// figures makes a benchmark of which only CPU times are known.
func figures(cpu map[key]float64) *bench {
	b := &bench{samples: make(map[key][]sample)}
	for k, s := range cpu {
		b.samples[k] = []sample{{CPU: time.Duration(s * float64(time.Second)), Peak: 100 << 20}}
	}
	return b
}

func TestAPromiseIsKeptOrBroken(t *testing.T) {
	const module = "podinfo"
	kept := map[key]float64{
		{module, goVet, cold}: 14, {module, goVet, warm}: 0.5, {module, staticcheck, cold}: 20,
		{module, vetDriver, cold}: 11.9, {module, vetDriver, warm}: 0.69, {module, sourceDriver, empty}: 9.9,
	}
	if out, broken := printed(figures(kept)); broken || strings.Contains(out, "BROKEN") {
		t.Errorf("kept, but:\n%s", out)
	}
	for k, worse := range map[key]float64{
		{module, vetDriver, cold}:     12.1,
		{module, vetDriver, warm}:     0.71,
		{module, sourceDriver, empty}: 10.1,
	} {
		cpu := map[key]float64{k: worse}
		for other, s := range kept {
			if other != k {
				cpu[other] = s
			}
		}
		if out, broken := printed(figures(cpu)); !broken || strings.Count(out, "| BROKEN |") != 1 {
			t.Errorf("%v takes %v s, but:\n%s", k, worse, out)
		}
	}
}

func printed(b *bench) (string, bool) {
	var out strings.Builder
	broken := b.printTargets(&out)
	return out.String(), broken
}

func TestMemoryAndStart(t *testing.T) {
	b := figures(map[key]float64{{"podinfo", vetDriver, warm}: 1, {"podinfo", vetDriver, cold}: 1})
	b.samples[key{"podinfo", vetDriver, cold}][0].Peak = 251 << 20
	b.start = []time.Duration{4 * time.Millisecond, 6 * time.Millisecond, 5100 * time.Microsecond}
	want := []target{
		{"podinfo, largest process, cloudlint", 250, 251, "MB"},
		{"start of the tool for one package", 5, 5.1, "ms"},
	}
	if diff := cmp.Diff(want, b.targets(), cmp.AllowUnexported(target{})); diff != "" {
		t.Error(diff)
	}
}

// On a machine where go vet takes twice the time, every bound stays what it is; the slowness is only said.
func TestASlowMachine(t *testing.T) {
	b := figures(map[key]float64{
		{"podinfo", goVet, cold}: 2 * referenceVet, {"podinfo", goVet, warm}: 1, {"podinfo", vetDriver, warm}: 1.3,
		{"podinfo", staticcheck, cold}: 40, {"podinfo", vetDriver, cold}: 15, {"podinfo", sourceDriver, empty}: 19,
	})
	want := []target{
		{"podinfo warm: go vet's CPU + 0.2 s", 1.2, 1.3, "s"},
		{"podinfo cold: 0.6 of staticcheck's CPU", 24, 15, "s"},
		{"podinfo, empty GOCACHE, cloudlint-source", 10, 19, "s"},
		{"podinfo, largest process, cloudlint", 250, 100, "MB"},
		{"podinfo, largest process, cloudlint-source", 700, 100, "MB"},
	}
	if diff := cmp.Diff(want, b.targets(), cmp.AllowUnexported(target{})); diff != "" {
		t.Error(diff)
	}
	if got := b.slowness(); got != 2 {
		t.Errorf("slowness %v, want 2", got)
	}
}

// A run that was killed leaves its function behind; the next one removes it.
func TestWhatAKilledRunLeftIsRemoved(t *testing.T) {
	file := t.TempDir() + "/a.go"
	const text = "package a\n"
	write(t, file, text)
	if _, err := appendFunction(file, "killed"); err != nil {
		t.Fatal(err)
	}
	restore, err := appendFunction(file, "next")
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, file); got != text+marker+"func next() {}\n" {
		t.Errorf("got %q", got)
	}
	restore()
	if got := read(t, file); got != text {
		t.Errorf("restored %q", got)
	}
}
