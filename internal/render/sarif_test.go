package render

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
)

func renderedSARIF(t testing.TB, in *Input) (text []byte, run sarifRun) {
	t.Helper()
	var out bytes.Buffer
	if err := renderSARIF(&out, in); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	dec := json.NewDecoder(bytes.NewReader(out.Bytes()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&log); err != nil {
		t.Fatal(err)
	}
	if len(log.Runs) != 1 {
		t.Fatalf("%d runs, want 1", len(log.Runs))
	}
	return out.Bytes(), log.Runs[0]
}

// GitHub and the IDEs have rules that no schema states.
func TestSARIFIsWhatItsReadersNeed(t *testing.T) {
	fx := newFixture(t)
	for name, report := range fx.reports() {
		t.Run(name, func(t *testing.T) {
			text, run := renderedSARIF(t, fx.input(report, Options{}))
			if !bytes.Contains(text, []byte(`"results": [`)) {
				t.Error("no results: GitHub rejects it")
			}
			seen := make(map[string]bool)
			for _, r := range run.Results {
				if got := run.Tool.Driver.Rules[r.RuleIndex].ID; got != r.RuleID {
					t.Errorf("the rule of %s is %s", r.RuleID, got)
				}
				reg := r.Locations[0].PhysicalLocation.Region
				if reg.StartLine != reg.EndLine {
					t.Errorf("%s: a region of more than one line: %+v", r.Message.Text, reg)
				}
				if fp := r.PartialFingerprints["cloudlint/v1"]; fp == "" || seen[fp] {
					t.Errorf("%s: fingerprint %q is missing or not unique", r.Message.Text, fp)
				} else {
					seen[fp] = true
				}
				for _, l := range r.RelatedLocations {
					if !strings.Contains(r.Message.Text, fmt.Sprintf("](%d)", l.ID)) {
						t.Errorf("%s: nothing links to %s, which GitHub does not show then", r.Message.Text, l.Message.Text)
					}
				}
				for _, m := range regexp.MustCompile(`[^\\]\]\((\d+)\)`).FindAllStringSubmatch(r.Message.Text, -1) {
					if len(r.RelatedLocations) == 0 {
						t.Errorf("%s: a link to the location %s, which does not exist", r.Message.Text, m[1])
					}
				}
			}
		})
	}
}

func TestSARIFColumnsCountUTF16(t *testing.T) {
	fx := newFixture(t)
	_, run := renderedSARIF(t, fx.input(fx.report(fx.odd()...), Options{}))
	for _, r := range run.Results {
		if !strings.HasPrefix(r.Message.Text, "http.Get waits") {
			continue
		}
		// `	/* 接続 🙂 é */ resp, err := ` has 28 units, of which the emoji is two; the call has 26.
		want := &sarifRegion{StartLine: 4, StartColumn: 29, EndLine: 4, EndColumn: 55}
		got := r.Locations[0].PhysicalLocation.Region
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		return
	}
	t.Fatal("the finding is missing")
}

func TestSARIFPathsAreOneFlowForEachGoroutine(t *testing.T) {
	fx := newFixture(t)
	_, run := renderedSARIF(t, fx.input(fx.report(fx.leak()), Options{}))
	var got [][]int
	for _, flow := range run.Results[0].CodeFlows[0].ThreadFlows {
		var order []int
		for _, l := range flow.Locations {
			order = append(order, l.ExecutionOrder)
		}
		got = append(got, order)
	}
	if diff := cmp.Diff([][]int{{1, 2, 3, 4}, {5}}, got); diff != "" {
		t.Error(diff)
	}
	sequential := fx.leak()
	for i := range sequential.Path {
		sequential.Path[i].Goroutine = 0
	}
	_, run = renderedSARIF(t, fx.input(fx.report(sequential), Options{}))
	if flows := run.Results[0].CodeFlows[0].ThreadFlows; len(flows) != 1 || len(flows[0].Locations) != 5 || flows[0].ID != "" {
		t.Errorf("without goroutines: %+v, want one flow", flows)
	}
}

// Whoever applies a fix from the log gets what --fix makes.
func TestSARIFFixesAreTheEdits(t *testing.T) {
	fx := newFixture(t)
	_, run := renderedSARIF(t, fx.input(fx.report(fx.server()), Options{}))
	lines := strings.SplitAfter(fx.files["services/orders/main.go"], "\n")
	replacements := run.Results[0].Fixes[0].ArtifactChanges[0].Replacements
	for i, rep := range replacements {
		reg := rep.DeletedRegion
		if reg.StartLine == reg.EndLine {
			line := lines[reg.StartLine-1]
			lines[reg.StartLine-1] = line[:reg.StartColumn-1] + rep.InsertedContent.Text + line[reg.EndColumn-1:]
		} else if i == 1 && reg.EndLine == reg.StartLine+1 && reg.StartColumn == 1 && reg.EndColumn == 1 {
			lines[reg.StartLine-1] = rep.InsertedContent.Text
		} else {
			t.Fatalf("unexpected region %+v", reg)
		}
	}
	want := strings.Replace(fx.files["services/orders/main.go"], "Handler: mux}", "Handler: mux, ReadHeaderTimeout: 10 * time.Second}", 1)
	want = strings.Replace(want, "\t\"net/http\"\n", "\t\"net/http\"\n\t\"time\"\n", 1)
	if diff := cmp.Diff(want, strings.Join(lines, "")); diff != "" {
		t.Error(diff)
	}
}

func TestFileURI(t *testing.T) {
	for file, want := range map[string]string{
		"a/b.go":                   "a/b.go",
		"pay ments/100%,a:b.go":    "pay%20ments/100%25%2Ca%3Ab.go",
		"größe/日本.go":              "gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC.go",
		"/usr/lib go/x.go":         "file:///usr/lib%20go/x.go",
		"C:/Users/me/x.go":         "file:///C:/Users/me/x.go",
		"a#b?c[d]&e=\"f\".go":      "a%23b%3Fc%5Bd%5D%26e%3D%22f%22.go",
		"github.com/x@v1.0.0/y.go": "github.com/x%40v1.0.0/y.go",
	} {
		got := fileURI(file)
		if got != want {
			t.Errorf("%q: %s, want %s", file, got, want)
		}
		if u, err := url.Parse(got); err != nil || strings.TrimPrefix(u.Path, "/") != strings.TrimPrefix(file, "/") {
			t.Errorf("%q: read back as %q, %v", file, u.Path, err)
		}
	}
}

// GitHub takes 10 MB of compressed SARIF.
func TestSARIFOfManyResultsIsSmallEnough(t *testing.T) {
	fx := newFixture(t)
	var list []finding.Finding
	for i := range 6000 {
		f := fx.leak()
		noise := sha256.Sum256([]byte{byte(i), byte(i >> 8)}) // what does not compress
		f.Message += fmt.Sprintf(" %d %x", i, noise)
		f.Fingerprint = fmt.Sprintf("2:%x-%x", noise[8:12], noise[:8])
		for j := range f.Path {
			f.Path[j].Message += fmt.Sprintf(" %x", noise[j:j+16])
		}
		list = append(list, f)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if err := errors.Join(renderSARIF(z, fx.input(fx.report(list...), Options{})), z.Close()); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes compressed", packed.Len())
	if packed.Len() > 10_000_000 {
		t.Errorf("%d bytes compressed", packed.Len())
	}
}

// The judge of SARIF is Microsoft's multitool (npm install @microsoft/sarif-multitool), which knows the specification
// and GitHub's rules. Its exit status says nothing; its log does.
func TestSARIFMultitool(t *testing.T) {
	tool := os.Getenv("CLOUDLINT_SARIF_MULTITOOL")
	if tool == "" {
		t.Skip("CLOUDLINT_SARIF_MULTITOOL does not name the tool")
	}
	fx := newFixture(t)
	reports := fx.reports()
	reports["flood"] = fx.flood(6000)
	for name, report := range reports {
		t.Run(name, func(t *testing.T) {
			text, _ := renderedSARIF(t, fx.input(report, Options{}))
			if err := judgeSARIF(t, tool, text); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("the judge sees mistakes", func(t *testing.T) {
		text, _ := renderedSARIF(t, fx.input(reports["one"], Options{}))
		if judgeSARIF(t, tool, bytes.ReplaceAll(text, []byte(`"fullDescription"`), []byte(`"longDescription"`))) == nil {
			t.Error("a log without descriptions passes")
		}
	})
}

func judgeSARIF(t *testing.T, tool string, text []byte) error {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "x.sarif"), filepath.Join(dir, "verdict.sarif")
	if err := os.WriteFile(in, text, 0o666); err != nil {
		t.Fatal(err)
	}
	output, err := exec.Command(tool, "validate", in, "--rule-kind", "Sarif;Ghas", "--output", out, "--log", "ForceOverwrite").CombinedOutput()
	verdict, readErr := os.ReadFile(out)
	if readErr != nil {
		t.Fatalf("%v, %v\n%s", err, readErr, output)
	}
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID string `json:"ruleId"`
				Level  string `json:"level"` // empty: warning
			} `json:"results"`
		} `json:"runs"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(verdict, []byte("\ufeff")), &log); err != nil {
		t.Fatal(err)
	}
	for _, run := range log.Runs {
		for _, r := range run.Results {
			if r.Level != "note" && r.Level != "none" {
				return fmt.Errorf("%s %s:\n%s", r.Level, r.RuleID, output)
			}
		}
	}
	return nil
}
