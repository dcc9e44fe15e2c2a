package witness_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/verify/witness"
)

const source = `package stock // a

func f(c chan int, mu locker) int {
	mu.Lock(); defer mu.Unlock() // b
	if v := <-c; v > 0 {
		go func() { c <- v }()
	}
	select {
	case c <- 1:
	default:
	}
	return <-c
}
`

func step(op string, line, column int) finding.Step {
	return finding.Step{Op: op, Range: finding.Range{File: "stock.go", Line: line, Column: column}}
}

func TestPrepare(t *testing.T) {
	root, tmp := t.TempDir(), t.TempDir()
	file := filepath.Join(root, "stock.go")
	if err := os.WriteFile(file, []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	f := &finding.Finding{Path: []finding.Step{
		step("go", 6, 3), // how things came about
		step("lock", 4, 2),
		step("receive", 5, 10),
		step("send", 6, 15),
		step("unlock", 4, 19), // deferred
		step("send", 9, 7),
		step("return", 12, 2),
		step("lock", 4, 2), // once more
	}}
	p, err := witness.Prepare(f, root, nil, "", tmp)
	if err != nil {
		t.Fatal(err)
	}
	if p.Order != "1.1 2.1 3.1 4.1 5.1 1.2" || len(p.Steps) != 6 {
		t.Errorf("the order is %q, with %d steps", p.Order, len(p.Steps))
	}
	got, err := os.ReadFile(p.Replace[file])
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(`; import cloudlintTesting "testing"`, "@", "cloudlintTesting.Cloudlint", "").Replace(string(got))
	want := `package stock@ // a

func f(c chan int, mu locker) int {
	cloudlintStep1 := Step(1); mu.Lock(); Done(cloudlintStep1); defer mu.Unlock() // b
	Step(2); if v := <-c; v > 0 {
		go func() { cloudlintStep3 := Step(3); c <- v; Done(cloudlintStep3) }()
	}
	Step(4); select {
	case c <- 1:
	default:
	}
	Step(5); return <-c
}
`
	if text != want {
		t.Errorf("got %s", text)
	}

	// What an overlay of the user's has is what runs.
	other := filepath.Join(tmp, "other.go")
	if err := os.WriteFile(other, []byte(strings.ReplaceAll(source, "// b", "// other")), 0o666); err != nil {
		t.Fatal(err)
	}
	p, err = witness.Prepare(f, root, map[string]string{file: other}, "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(p.Replace[file]); !strings.Contains(string(got), "// other") {
		t.Errorf("the overlay is passed over: %s", got)
	}

	for name, path := range map[string][]finding.Step{
		"nothing to force":   {step("go", 6, 3), step("lock", 4, 2)},
		"a line that is not": {step("lock", 400, 2), step("lock", 4, 2)},
	} {
		_, err := witness.Prepare(&finding.Finding{Path: path}, root, nil, "", tmp)
		if err == nil || errors.Is(err, witness.ErrNoSteps) != (name == "nothing to force") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := witness.Prepare(f, root, nil, root, tmp); err == nil {
		t.Error("a file of the module cache is replaced")
	}
}
