package app

import (
	"bytes"
	"strings"
	"testing"
)

func TestLog(t *testing.T) {
	tests := []struct {
		name    string
		options Options
		want    []string
	}{
		{"defaults", Options{}, []string{"cloudlint: warning: w key=1", "cloudlint: e"}},
		{"errors only", Options{LogLevel: "error"}, []string{"cloudlint: e"}},
		{"--debug", Options{Debug: true}, []string{"cloudlint: debug: d", "cloudlint: warning: w key=1", "cloudlint: e"}},
		{"JSON", Options{LogLevel: "error", LogFormat: "json"}, []string{`{"level":"error","msg":"e","time":`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b bytes.Buffer
			a := New(nil, &b, func(string) string { return "" })
			a.Options = test.options
			if err := a.Prepare(); err != nil {
				t.Fatal(err)
			}
			a.log.Debug("d")
			a.log.WithField("key", 1).Warn("w")
			a.log.Error("e")
			lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
			if len(lines) != len(test.want) {
				t.Fatalf("got %q, want %q", lines, test.want)
			}
			for i, line := range lines {
				if !strings.HasPrefix(line, test.want[i]) {
					t.Errorf("line %d is %q, want %q", i+1, line, test.want[i])
				}
			}
		})
	}
}
