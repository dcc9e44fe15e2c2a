package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is left after a fix is compared again, and with the lines that the fix has moved.
func TestFixWhatIsNew(t *testing.T) {
	for _, mode := range []string{"compare", "lines"} {
		t.Run(mode, func(t *testing.T) {
			dir := module(t, price)
			commitAll(t, dir)
			// The fix of the new function adds an import: that with the old finding moves down.
			edit(t, dir, "store/store.go", "package store\n", "package store\n\nimport \"net\"\n")
			edit(t, dir, "store/store.go", "true\n}\n", `true
}

func Connect(address string) (net.Conn, error) {
	return net.Dial("tcp", address)
}
`)
			args := []string{"--new-from-rev=HEAD", "--new-mode", mode}
			cloudlint(t, dir, args...).want(t, 1, "store/store.go:16:9: CL2013 ")
			r := cloudlint(t, dir, append(args, "--fix", "--unsafe-fixes")...)
			r.want(t, 0)
			r.wantError(t, 0, "1 finding left out, not new")
			text, err := os.ReadFile(filepath.Join(dir, "store", "store.go"))
			if err != nil || !strings.Contains(string(text), "net.DialTimeout(") || !strings.Contains(string(text), "\"time\"") {
				t.Errorf("the fixed file (%v):\n%s", err, text)
			}
		})
	}
}
