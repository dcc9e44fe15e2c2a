package vettool

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRepeatable(t *testing.T) {
	const archive = "!<arch>\n__.PKGDEF       0           0     0     644     1234      `\ngo object linux amd64 "
	tests := []struct {
		exportData string
		want       bool
	}{
		{archive + "go1.26.8 X:none\nbuild id \"x\"\n", false},
		{archive + "go1.26.10\n", false},
		{archive + "go1.26.11 GOAMD64=v1 X:regabi\n", true},
		{archive + "go1.27rc1\n", true},
		{archive + "go1.27.4\n", true},
		{archive + "devel go1.28-abcdef\n", false},
		{"\n\n\n", false},
		{"", false},
	}
	for _, tt := range tests {
		name := filepath.Join(t.TempDir(), "fmt.a")
		if err := os.WriteFile(name, []byte(tt.exportData), 0o666); err != nil {
			t.Fatal(err)
		}
		c := &config{PackageFile: map[string]string{"fmt": name, "gone": filepath.Join(t.TempDir(), "gone.a")}}
		if got := c.repeatable(); got != tt.want {
			t.Errorf("%q: %t", tt.exportData, got)
		}
	}
	if new(config).repeatable() {
		t.Error("a package without imports says nothing about the go command")
	}
}
