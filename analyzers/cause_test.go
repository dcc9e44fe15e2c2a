package analyzers_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOneCauseOneFinding holds the analyzers to the table of precedence: of a call without a bound in a handler, a shutdown
// without a deadline and the like, one of them tells, with every driver.
func TestOneCauseOneFinding(t *testing.T) {
	command := filepath.Join(t.TempDir(), "cloudlint")
	if runtime.GOOS == "windows" {
		command += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", command, "../cmd/cloudlint").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	dir, err := filepath.Abs("testdata/cause")
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(filepath.Join(dir, "cause.go"))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, m := range regexp.MustCompile(`(?m)^// (\w+): (CL\d+)$`).FindAllSubmatch(src, -1) {
		want = append(want, "(*server)."+string(m[1])+" "+string(m[2]))
	}
	slices.Sort(want)
	for _, driver := range []string{"--driver=vet", "--driver=source"} {
		t.Run(driver, func(t *testing.T) {
			cmd := exec.Command(command, "--preview", "--exit-zero", "--format=json", driver, "./...")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PWD="+dir, "GOWORK=off", "GOFLAGS=")
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			var report struct {
				Findings []struct{ Function, Code string }
			}
			if err := json.Unmarshal(out, &report); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range report.Findings {
				got = append(got, f.Function+" "+f.Code)
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestOddCode analyses code that crashed an analyzer once, or could have.
func TestOddCode(t *testing.T) {
	dir, err := filepath.Abs("testdata/odd")
	if err != nil {
		t.Fatal(err)
	}
	command := filepath.Join(t.TempDir(), "cloudlint")
	if runtime.GOOS == "windows" {
		command += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", command, "../cmd/cloudlint").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	cmd := exec.Command(command, "--preview", "--exit-zero", "--format=json", "--driver=source", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir, "GOWORK=off", "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Errors   []json.RawMessage
		Findings []struct{ Function, Code string }
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Errors) > 0 {
		t.Errorf("errors: %s", report.Errors)
	}
}
