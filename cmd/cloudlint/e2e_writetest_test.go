package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mending is how testdata/writetest.txtar says how a leak is there and how it is mended.
var mending = regexp.MustCompile(`\[([^\[\]|\n]*)\|([^\[\]\n]*)\]`)

// Tests that are written fail before the leaks are mended and pass after, in the form that works for each. Of those that
// would not do so, it says why there are none.
func TestVerifyWriteTest(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/writetest.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := module(t, mending.ReplaceAllString(string(data), "$1"))
	if os.Getenv("CLOUDLINT_WRITETEST") == "" { // of .ci/full: bubbles that hang, and each package again, take a minute
		writeTestsOfKinds(t, dir, mending.ReplaceAllString(string(data), "$2"))
		return
	}
	before := sums(t, dir)
	r := cloudlint(t, dir, "verify", "--write-test", "./...", "--", "-tags=integration", "-run=.")
	for _, part := range []string{
		"wrote kinds/cloudlint_leak_test.go (6 tests, 5 with testing/synctest), which fails as long as the leaks are there: go test -tags=integration -run '^(TestFetchLeavesNothingInFetch|",
		"wrote named/cloudlint_leak_test.go (1 test, 1 with testing/synctest)",
		"wrote named/cloudlint_leak2_test.go (1 test, 1 with testing/synctest)",
		"wrote outside/cloudlint_leak_x_test.go (2 tests, 1 with testing/synctest)",
		"wrote special/cloudlint_leak_test.go (3 tests, 1 with testing/synctest)",
		"wrote state/cloudlint_leak_test.go (1 test, 0 with testing/synctest)",
		"no test about wait (outside_test.go:39): FuzzBox is a fuzz test, which a test cannot call\n",
		"no test about TestRegister (special_test.go:40): TestRegister ends the process when it runs a second time in it: panic: registered twice",
	} {
		if !strings.Contains(r.stderr, part) {
			t.Errorf("it does not say %q", part)
		}
	}
	if r.status != 4 || strings.Count(r.stderr, "\nwrote ") != 6 || strings.Count(r.stderr, "no test about ") != 2 || t.Failed() {
		t.Fatalf("status %d\n%s", r.status, r.stderr)
	}
	for name, sum := range sums(t, dir) {
		if before[name] != sum && !strings.HasPrefix(filepath.Base(name), "cloudlint_leak") {
			t.Errorf("%s has changed", name)
		}
	}
	cloudlint(t, dir, "verify", "--write-test", "./state").wantError(t, 2, "state/cloudlint_leak_test.go is there already")
	cloudlint(t, dir, "verify", "--write-test", "--reproduce", "CL1001@kinds/kinds.go:14").wantError(t, 2, "give one of them")
	cloudlint(t, dir, "verify", "--write-test=goleak").wantError(t, 2, "want auto, synctest, check")

	written := []string{
		"TestALeavesNothingInTestA", "TestAllLeavesNothingInAll", "TestBoxLeavesNothingInBoxFill", "TestEitherLeavesNothingInEither",
		"TestFetchLeavesNothingInFetch", "TestExampleBoxLeavesNothingInReceive", "TestLateLeavesNothingInLate", "TestLeakLeavesNothingInLeak2",
		"TestLogLeavesNothingInLogWrite", "TestNetLeavesNothingInLeak", "TestOnceLeavesNothingInTestOnce", "TestStockLeavesNothingInStockTell",
		"TestSuiteLeavesNothingInTestSuite", "TestTaggedLeavesNothingInTestTagged",
	}
	slices.Sort(written)
	for _, args := range [][]string{{}, {"-tags=integration"}} {
		want := slices.DeleteFunc(slices.Clone(written), func(name string) bool { return len(args) == 0 && strings.Contains(name, "Tagged") })
		if diff := cmp.Diff(want, failing(t, dir, args...)); diff != "" {
			t.Errorf("with the leaks other tests fail: %s", diff)
		}
	}
	addFiles(t, dir, mending.ReplaceAllString(string(data), "$2"))
	if names := failing(t, dir, "-tags=integration"); len(names) > 0 {
		t.Errorf("without the leaks there fail %v", names)
	}
}

// writeTestsOfKinds writes the tests of one package, which fail until that is as in fixed.
func writeTestsOfKinds(t *testing.T, dir, fixed string) {
	r := cloudlint(t, dir, "verify", "--write-test", "./kinds")
	if said := "wrote kinds/cloudlint_leak_test.go (6 tests, 5 with testing/synctest)"; r.status != 4 || !strings.Contains(r.stderr, said) {
		t.Fatalf("status %d, or it does not say %q: %s", r.status, said, r.stderr)
	}
	text, err := os.ReadFile(filepath.Join(dir, "kinds", "cloudlint_leak_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var written []string
	for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(text), -1) {
		written = append(written, m[1])
	}
	slices.Sort(written)
	if diff := cmp.Diff(written, failing(t, dir, "./kinds")); diff != "" || len(written) != 6 {
		t.Errorf("with the leaks other tests fail: %s", diff)
	}
	addFiles(t, dir, fixed)
	if names := failing(t, dir, "./kinds"); len(names) > 0 {
		t.Errorf("without the leaks there fail %v", names)
	}
}

// failing runs a module's tests, or those of the package that comes last among the arguments, which compile and pass go vet, and returns which fail, sorted.
func failing(t *testing.T, dir string, args ...string) []string {
	t.Helper()
	if len(args) == 0 || !strings.HasPrefix(args[len(args)-1], "./") {
		args = append(slices.Clone(args), "./...")
	}
	r := execute(t, command(dir, "go", slices.Concat([]string{"test", "-vet=all"}, args)...))
	if strings.Contains(r.stdout+r.stderr, "build failed") || strings.Contains(r.stdout, "panic:") {
		t.Errorf("%s%s", r.stdout, r.stderr)
	}
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^--- FAIL: (\S+)`).FindAllStringSubmatch(r.stdout, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return names
}
