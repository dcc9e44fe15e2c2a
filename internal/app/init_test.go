package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cloudlint/cloudlint/internal/buildinfo"
	"github.com/cloudlint/cloudlint/internal/rule/ruletest"
)

// On a terminal, only yes writes.
func TestInitAsks(t *testing.T) {
	tests := []struct {
		answer        string
		written, fail bool
	}{
		{"y\n", true, false}, {"Yes\r\n", true, false}, {"y", true, false},
		{"\n", false, false}, {"n\n", false, false}, {"yesterday\n", false, false},
		{"", false, true},
	}
	for _, test := range tests {
		dir := t.TempDir()
		ruletest.Write(t, filepath.Join(dir, "go.mod"), "module m\n")
		var stdout, stderr bytes.Buffer
		a := New(&stdout, &stderr, os.Getenv)
		a.Options.Dir = dir
		if err := a.Prepare(); err != nil {
			t.Fatal(err)
		}
		err := a.Init(t.Context(), InitOptions{Only: []string{"config"}, Answer: strings.NewReader(test.answer)})
		_, missing := os.Stat(filepath.Join(dir, ".cloudlint.yml"))
		if (missing == nil) != test.written || (err != nil) != test.fail || !strings.Contains(stderr.String(), "write 1 file? [y/N] ") || !strings.Contains(stdout.String(), "+version: 1\n") {
			t.Errorf("answer %q: written %v, %v\n%s%s", test.answer, missing == nil, err, &stdout, &stderr)
		}
	}
}

func TestPin(t *testing.T) {
	const commit = "0123456789abcdef0123456789abcdef01234567"
	tests := []struct {
		info buildinfo.Info
		want string
	}{
		{buildinfo.Info{Version: "v0.3.0"}, "v0.3.0"},
		{buildinfo.Info{Version: "v0.3.0-rc.1"}, "v0.3.0-rc.1"},
		{buildinfo.Info{Version: "devel", Commit: commit}, commit},
		{buildinfo.Info{Version: "v0.3.1-0.20261122000000-0123456789ab+dirty", Commit: commit, Modified: true}, "main"},
		{buildinfo.Info{Version: "v0.0.0-20261122000000-0123456789ab"}, "main"},
		{buildinfo.Info{Version: "v0.3.0-rc.1.0.20261122000000-0123456789ab"}, "main"},
		{buildinfo.Info{Version: "devel"}, "main"},
	}
	for _, test := range tests {
		if got := pin(test.info); got != test.want {
			t.Errorf("%+v: %s, want %s", test.info, got, test.want)
		}
	}
}
