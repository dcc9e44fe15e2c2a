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
			// The fix of the new client adds an import: the function with the old finding moves down.
			edit(t, dir, "store/store.go", "Body.Close()\n}\n", `Body.Close()
}

var client = &http.Client{}

func Ask() error {
	resp, err := client.Get("http://prices.corp.example/")
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
`)
			args := []string{"--new-from-rev=HEAD", "--new-mode", mode}
			cloudlint(t, dir, args...).want(t, 1, "store/store.go:13:15: CL2011 ", "    1 ", "    2 ", "    3 ")
			r := cloudlint(t, dir, append(args, "--fix", "--unsafe-fixes")...)
			r.want(t, 0)
			r.wantError(t, 0, "1 finding left out, not new")
			text, err := os.ReadFile(filepath.Join(dir, "store", "store.go"))
			if err != nil || !strings.Contains(string(text), "Timeout:") {
				t.Errorf("the fixed file (%v):\n%s", err, text)
			}
		})
	}
}
