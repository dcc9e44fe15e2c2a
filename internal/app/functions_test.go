package app

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

func TestCases(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cart.go")
	ruletest.Write(t, name, `package shop

func loop(stop, tick <-chan int, out chan<- int, f func() int) {
	for {
		select {
		case <-stop:
			return
		case v, ok := <-tick:
			_, _ = v, ok
			select {
			case <-stop:
			default:
			}
		case out <- add(
			1,
			f()):
		}
	}
}
`)
	f := newFunctions("", filepath.Dir(name))
	for line, want := range map[int][]int{5: {6, 8, 14, 15, 16}, 10: {11}, 4: nil, 0: nil, 99: nil} {
		if got := f.cases(name, line); !slices.Equal(got, want) {
			t.Errorf("line %d: %v, want %v", line, got, want)
		}
	}
	if got := f.cases(filepath.Join(filepath.Dir(name), "none.go"), 5); got != nil {
		t.Errorf("a file that is not there: %v", got)
	}
}
