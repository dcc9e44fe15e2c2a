package rule_test

import (
	"testing"

	"github.com/cloudlint/cloudlint/internal/rule"
)

// The rows are an order: no analyzer precedes one that precedes it, so that they can require each other's results.
func TestPrecedenceIsAnOrder(t *testing.T) {
	after := make(map[string]map[string]bool)
	for _, row := range rule.Precedence() {
		for i, a := range row {
			for _, b := range row[i+1:] {
				if after[a] == nil {
					after[a] = make(map[string]bool)
				}
				after[a][b] = true
			}
		}
	}
	var reaches func(from, to string, depth int) bool
	reaches = func(from, to string, depth int) bool {
		for next := range after[from] {
			if next == to || depth < len(after) && reaches(next, to, depth+1) {
				return true
			}
		}
		return false
	}
	for a := range after {
		if reaches(a, a, 0) {
			t.Errorf("%s precedes itself", a)
		}
	}
	if !rule.Precedes("goroutineleak", "endlessgoroutine") || rule.Precedes("endlessgoroutine", "goroutineleak") || rule.Precedes("goroutineleak", "goroutineleak") {
		t.Error("who comes first in a row precedes those after it, and nobody else")
	}
}
