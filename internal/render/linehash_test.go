package render

import (
	"strings"
	"testing"
)

// The values are those of github/codeql-action (src/fingerprints.ts), whose code was run on these texts.
func TestLineHashIsGitHubs(t *testing.T) {
	const end = "c129715d7a2bc9a3:1" // of the empty line at the end of a file
	tests := []struct {
		name, text string
		want       []string // by line
	}{
		{"empty", "", []string{end}},
		{"no line end", "package p", []string{"c150439ec292fb0b:1"}},
		{"byte order mark", "\ufeffpackage p\n", []string{"d73ea118ba33dd80:1", end}},
		{"CR LF", "package p\r\n\r\nfunc f() {\r\n\tg()\r\n}\r\n", []string{
			"c20dced4170748f0:1", "a9880d92e6416c1e:1", "8889d03548540dec:1", "22c808a7584bc1e8:1", "32dce9ccfdbc9d3e:1", end}},
		{"CR", "a\rb\r\r\nc \r \nd", []string{
			"74677fe6e796af5f:1", "75e251f7e21ec968:1", "3005887a40c64c34:1", "f8ac93a55d88711a:1", "6bf49ae9d59c5bc1:1", "a23a3dc5e078b07b:1"}},
		{"UTF-16 surrogates", "package p\n// 🙂 日本 é\nvar x = \"🙂\"\n", []string{"77227b3378d911f5:1", "41e44ec541f57db7:1", "1175616aee4a8f86:1", end}},
		{"blanks and tabs", " \t\n\n \n\t x\n", []string{"1e304d5bcf18595f:1", "64db083eef645851:1", "9b880b129a60314b:1", "828973aa50c68d6d:1", end}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := newSource([]byte(tt.text), nil)
			for i, want := range tt.want {
				if got := src.lineHash(i + 1); got != want {
					t.Errorf("line %d: %s, want %s", i+1, got, want)
				}
			}
			if got := src.lineHash(len(tt.want) + 1); got != "" {
				t.Errorf("a line more than the file has: %s", got)
			}
		})
	}
}

func TestLineHashNumbersEqualLines(t *testing.T) {
	src := newSource([]byte(strings.Repeat("}\n", 120)), nil)
	for line, want := range map[int]string{1: "4d54ff68c4c1c5ce:1", 22: "4d54ff68c4c1c5ce:22", 120: "32dce9ccfdbc9d3e:1"} {
		if got := src.lineHash(line); got != want {
			t.Errorf("line %d: %s, want %s", line, got, want)
		}
	}
}
