package doctor

import (
	"context"
	"errors"
	"go/version"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/driver"
)

func TestSkew(t *testing.T) {
	built := runtime.Version()
	if !version.IsValid(built) {
		t.Skip("not built by a release of Go")
	}
	tests := []struct {
		name, command, module string
		want                  string // a part; empty: they fit
	}{
		{"all the same", built, strings.TrimPrefix(built, "go"), ""},
		{"an older module", built, "1.21", ""},
		{"a newer module", "go1.999.4", "1.999.0", "needs go1.999: reinstall with `GOTOOLCHAIN=go1.999.4 go install"},
		{"a newer go command", "go1.999.4", "1.21", "older than the go command's go1.999.4"},
		{"no go line", built, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := skew(built, test.command, driver.Module{Path: "m", GoVersion: test.module})
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestDiscreet(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip("no home folder")
	}
	tests := []struct{ text, want string }{
		{filepath.Join(home, "go", "bin", "cloudlint"), filepath.Join("~", "go", "bin", "cloudlint")},
		{"-mod=mod -ldflags=-X=main.token=s3cret -trimpath", "-mod=mod -ldflags=… -trimpath"},
		{"-tags=a '-ldflags=-X main.token=s3cret'", "-tags=a '-ldflags=…'"},
		{"https://user:token@proxy.corp.example/x", "https://…@proxy.corp.example/x"},
	}
	for _, test := range tests {
		if got := discreet(test.text); got != test.want {
			t.Errorf("discreet(%q) = %q, want %q", test.text, got, test.want)
		}
	}
}

func TestExamine(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module corp.example/shop\n\ngo 1.22\n")
	report := Examine(context.Background(), Request{
		Dir: dir,
		Config: func(moduleDir string) (string, error) {
			return filepath.Join(moduleDir, ".cloudlint.yml"), errors.New("line 3: unknown key")
		},
		Driver: func(context.Context) (string, error) { return "vet", nil },
	})
	var b strings.Builder
	if err := report.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"cloudlint  ", "module", "corp.example/shop, go 1.22", "GOCACHE", ".cloudlint.yml\n", "! line 3: unknown key", "--driver=auto"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in:\n%s", want, b.String())
		}
	}
}

func TestExamineWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var b strings.Builder
	if err := Examine(context.Background(), Request{Dir: t.TempDir()}).WriteText(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "cloudlint needs the go command on PATH") {
		t.Error(b.String())
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
