package app

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cloudlint/cloudlint/internal/driver"
)

// screen returns what a terminal shows after the text: its lines, the last one unfinished.
func screen(text string) []string {
	lines := []string{""}
	for _, part := range strings.SplitAfter(text, "\n") {
		line, ended := strings.CutSuffix(part, "\n")
		if i := strings.LastIndex(line, clearLine); i >= 0 {
			lines[len(lines)-1] = ""
			line = line[i+len(clearLine):]
		}
		lines[len(lines)-1] += line
		if ended {
			lines = append(lines, "")
		}
	}
	return lines
}

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b, width: 40}
	show := func(want ...string) {
		t.Helper()
		if got := screen(b.String()); strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("the screen shows %q, want %q", got, want)
		}
	}
	update := func(s driver.Progress) {
		p.drawn = time.Time{} // as if the last one was long ago
		p.update(s)
	}
	update(driver.Progress{})
	show("listing packages")
	update(driver.Progress{Total: 17})
	show("[0/17] building dependencies")
	update(driver.Progress{Done: 3, Total: 17, Package: "corp.example/shop/internal/store/postgres"})
	show("[3/17] corp.example/shop/internal/store/"[:39])
	fmt.Fprintln(p, "cloudlint: warning: something")
	show("cloudlint: warning: something", "[3/17] corp.example/shop/internal/store/"[:39])
	p.done()
	show("cloudlint: warning: something", "")
}

// Packages of a warm run finish faster than a terminal draws.
func TestProgressIsNotDrawnTooOften(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b, width: 40}
	for i := range 1000 {
		p.update(driver.Progress{Done: i, Total: 1000, Package: "p"})
	}
	if n := strings.Count(b.String(), "[0/1000]"); n != 1 || b.Len() > 1000 {
		t.Errorf("%d bytes for 1000 packages in a moment", b.Len())
	}
}

func TestNoProgressWithoutTerminal(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b}
	p.update(driver.Progress{Done: 1, Total: 2, Package: "p"})
	fmt.Fprintln(p, "cloudlint: warning: something")
	p.done()
	if got := b.String(); got != "cloudlint: warning: something\n" {
		t.Errorf("got %q", got)
	}
}
