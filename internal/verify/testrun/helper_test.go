package testrun_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/cloudlint/cloudlint/internal/gocmd"
)

// The tests guard runs by themselves, as cloudlint does.
func TestMain(m *testing.M) {
	gocmd.Guard()
	// Settings of whoever runs the tests have no influence.
	for name, value := range map[string]string{"GOFLAGS": "", "GOWORK": "", "GO111MODULE": "", "GOTRACEBACK": "", "GODEBUG": ""} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func self(t testing.TB) string {
	t.Helper()
	name, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// cache is where cloudlint keeps the overlay, so that the build cache has what was compiled with it.
func cache(t testing.TB) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "cloudlint", "verify")
}

func write(t testing.TB, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
