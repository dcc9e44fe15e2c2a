package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
)

func diagnostics(t *testing.T, fx fixture, findings ...finding.Finding) []diagnostic {
	t.Helper()
	return diagnosticLines(t, renderFormat(t, "rdjsonl", fx.input(fx.report(findings...), Options{})))
}

// at cuts the text of a range out of a file, as the format defines ranges.
func (r rdTestRange) cut(src string) string {
	offset := func(line, column int) int {
		lines := strings.SplitAfter(src, "\n")
		return len(strings.Join(lines[:line-1], "")) + column - 1
	}
	return src[offset(r.Start.Line, r.Start.Column):offset(r.End.Line, r.End.Column)]
}

func (r rdTestRange) replace(src, text string) string {
	before := rdTestRange{End: r.Start}
	before.Start.Line, before.Start.Column = 1, 1
	old := r.cut(src)
	at := len(before.cut(src))
	return src[:at] + text + src[at+len(old):]
}

func TestRDJSONColumnsAreBytesAndEndsExclusive(t *testing.T) {
	fx := newFixture(t)
	for _, d := range diagnostics(t, fx, fx.odd()...) {
		if d.Location == nil || d.Location.Range == nil || d.Location.Range.Start.Column == 0 {
			continue
		}
		got := d.Location.Range.cut(fx.files[d.Location.Path])
		want := map[string]string{
			"http.Get waits for ever for a slow server":                `http.Get("https://例え.jp/")`,
			"m is locked a second time by the goroutine that holds it": "m.Lock()",
			"many lines":          "if err != nil {", // the first of them
			"dial waits for ever": `dial("tcp", "10.0.0.2:5432")`,
		}[d.Message]
		if want != "" && got != want {
			t.Errorf("%s: %q, want %q", d.Message, got, want)
		}
	}
}

// applied returns a file after a fix.
func (fx fixture) applied(f *finding.Finding) string {
	src := fx.files[f.File]
	for i := range f.Fix.Edits { // the fixture's are in different places
		e := f.Fix.Edits[i]
		at := strings.Index(src, fx.files[f.File][e.Start:e.End])
		src = src[:at] + e.New + src[at+e.End-e.Start:]
	}
	return src
}

// A suggestion can be taken by itself: it is the whole fix.
func TestRDJSONSuggestionIsTheFix(t *testing.T) {
	fx := newFixture(t)
	server, remove := fx.server(), fx.odd()[7]
	for _, f := range []finding.Finding{server, remove} {
		d := diagnostics(t, fx, f)[0]
		if len(d.Suggestions) != 1 {
			t.Fatalf("%d suggestions, want 1", len(d.Suggestions))
		}
		s := d.Suggestions[0]
		if diff := cmp.Diff(fx.applied(&f), s.Range.replace(fx.files[f.File], s.Text)); diff != "" {
			t.Error(diff)
		}
	}

	two := server
	two.Fix = &finding.Fix{Message: "two files", Edits: []finding.Edit{server.Fix.Edits[0], {File: "services/orders/fetch.go", New: "x"}}}
	long := server
	fx.files["services/orders/long.go"] = strings.Repeat("//\n", 50)
	long.File = "services/orders/long.go"
	long.Fix = &finding.Fix{Message: "far apart", Edits: []finding.Edit{{File: long.File, New: "x"}, {File: long.File, Start: 140, End: 141}}}
	overlap := server
	overlap.Fix = &finding.Fix{Message: "one in the other", Edits: []finding.Edit{{File: server.File, Start: 1, End: 9}, {File: server.File, Start: 3, End: 4}}}
	gone := server
	gone.Fix = &finding.Fix{Message: "the file has changed", Edits: []finding.Edit{{File: server.File, Start: 1, End: 1e6}}}
	for _, f := range []finding.Finding{two, long, overlap, gone} {
		if d := diagnostics(t, fx, f)[0]; len(d.Suggestions) > 0 {
			t.Errorf("%s: %+v", f.Fix.Message, d.Suggestions)
		}
	}
}

// One line that is too long costs reviewdog all of them. What is left out is said.
func TestRDJSONLinesAreShortEnough(t *testing.T) {
	fx := newFixture(t)
	f := fx.leak()
	step := f.Path[0]
	step.Message = strings.Repeat("called by itself ", 10)
	for range 400 {
		f.Path = append(f.Path, step)
	}
	d := diagnostics(t, fx, f)[0]
	if want := "(405 more places are left out here)"; !strings.HasSuffix(d.Message, want) || len(d.RelatedLocations) > 0 {
		t.Errorf("%q does not end with %q", d.Message, want)
	}
	f = fx.leak()
	f.Message = strings.Repeat("ü", 40_000)
	d = diagnostics(t, fx, f)[0]
	if n := len([]rune(d.Message)); n != 4000 || !strings.HasSuffix(d.Message, "…") {
		t.Errorf("%d characters, want 4000 with an ellipsis", n)
	}
}
