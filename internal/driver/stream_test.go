package driver

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/gocmd"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// TestP2Stream has streams as go passes them on: object after object, in any order, with and without findings.
func TestP2Stream(t *testing.T) {
	many := make([]wire.Finding, 60_000)
	for i := range many {
		many[i] = wire.Finding{Code: "CL9001", Message: "a < b && \u2028", Pos: wire.Pos{Package: "m/big", File: "b.go", Line: i + 1}}
	}
	data, err := json.Marshal(many)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, stream string
		want         []string // packages and numbers of findings
		err          string
	}{
		{"nothing", "", nil, ""},
		{"white space", " \n\t", nil, ""},
		{"two units", `{"m/a": {"cloudlint": [{"package": "m/a", "findings": [{}]}]}}` + "\n" + `{"m/b_test [m/b.test]": {"cloudlint": [{"package": "m/b_test"}]}}`,
			[]string{"m/a 1", "m/b_test 0"}, ""},
		{"a field of a later version", `{"m/a": {"cloudlint": [{"package": "m/a", "later": {}}]}}`, []string{"m/a 0"}, ""},
		{"very many findings", `{"m/big": {"cloudlint": [{"package": "m/big", "findings": ` + string(data) + `}]}}`, []string{"m/big 60000"}, ""},
		{"noise between", `{"m/a": {"cloudlint": [{"package": "m/a"}]}}` + "\nhello\n", []string{"m/a 0"},
			"the output of go vet cannot be read, something else writes to it: invalid character 'h' looking for beginning of value"},
		{"cut off", `{"m/a": {"cloudlint": [{"pack`, nil, "the output of go vet cannot be read, something else writes to it: unexpected EOF"},
		{"another tool", `{"m/a": {"printf": []}}`, nil, `the output of go vet for m/a is not cloudlint's but that of "printf"`},
		{"a failed unit", `{"m/a": {"cloudlint": {"error": "no memory"}}}`, nil, "the output of go vet for m/a cannot be read: no memory"},
		{"no package", `{"m/a": {"cloudlint": [{}]}}`, nil, "the output of go vet for m/a cannot be read: a record names no package"},
		{"null", `{"m/a": {"cloudlint": null}}`, nil, "the output of go vet for m/a cannot be read: there is no record"},
		{"an array", `[1]`, nil, "the output of go vet cannot be read, something else writes to it: there is an unexpected array"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			err := decodeRecords(iotest.HalfReader(strings.NewReader(tt.stream)), func(rec wire.Record) {
				got = append(got, fmt.Sprintf("%s %d", rec.Package, len(rec.Findings)))
			})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if (err != nil || tt.err != "") && (err == nil || err.Error() != tt.err) {
				t.Errorf("error %v, want %s", err, tt.err)
			}
		})
	}
}

// FuzzStream reads bytes that anything might have written. What is understood can be written and read again.
func FuzzStream(f *testing.F) {
	for _, s := range []string{
		"", "null", "{}", "[]", "0", `""`, `{"m": null}`, `{"m": {}}`, `{"m": {"cloudlint": []}}`,
		`{"m": {"cloudlint": [{"package": "m", "findings": [{"pos": {"line": 1e99}}]}]}}`,
		`{"m": {"cloudlint": [{"package": "m", "findings": [{"steps": [{}], "fix": {"edits": [{"start": -1}]}}], "exhausted": {"a": 1}}]}}`,
		`{"m": {"cloudlint": {"error": {}}}}`, "{\"m\": {\"cloudlint\": [{\"package\": \"\xff\"}]}}", strings.Repeat("[", 20_000),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var first []wire.Record
		err := decodeRecords(strings.NewReader(string(data)), func(rec wire.Record) {
			if rec.Package == "" {
				t.Error("a record without a package")
			}
			first = append(first, rec)
		})
		if err != nil && err.Error() == "" {
			t.Error("an error without a text")
		}
		if len(first) == 0 {
			return
		}
		again, err := json.Marshal(map[string]any{"m": map[string]any{"cloudlint": first}})
		if err != nil {
			t.Fatal(err)
		}
		var second []wire.Record
		if err := decodeRecords(strings.NewReader(string(again)), func(rec wire.Record) { second = append(second, rec) }); err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(first)
		b, _ := json.Marshal(second)
		if string(a) != string(b) {
			t.Errorf("read again it is different:\n%s\n%s", a, b)
		}
	})
}

func TestParseStderr(t *testing.T) {
	const text = `go: downloading example.com/x v1.0.0
b/b_test.go:1:31: no required module provides package no.such/mod; to add it:
	go get no.such/mod
# m/c
c/c.go:5:13: cannot use f() as value:
	have (int)
	want (string)
c/c.go:6:1: too many errors
# m/h_test
# [m/h_test]
vet: h/h_test.go:3:27: undefined: undefined
# m/b [m/b.test]
b/b_test.go:3:1: undefined: x
go: error obtaining VCS status: exit status 128
# m/p
panic: broken

goroutine 1 [running]:
main.main()
`
	want := []complaint{
		{pkg: "", messages: []string{"b/b_test.go:1:31: no required module provides package no.such/mod; to add it: go get no.such/mod"}},
		{pkg: "m/c", messages: []string{"c/c.go:5:13: cannot use f() as value: have (int) want (string)", "c/c.go:6:1: too many errors"}},
		{pkg: "m/h_test", messages: []string{"h/h_test.go:3:27: undefined: undefined"}},
		{pkg: "m/b", messages: []string{"b/b_test.go:3:1: undefined: x"}},
		{pkg: "", messages: []string{"error obtaining VCS status: exit status 128"}},
		{pkg: "m/p", messages: []string{"cloudlint failed: panic: broken"}},
	}
	if diff := cmp.Diff(want, parseStderr(text), cmp.AllowUnexported(complaint{})); diff != "" {
		t.Error(diff)
	}
}

func TestCutPosition(t *testing.T) {
	for _, tt := range []struct{ text, file, rest string }{
		{"a/b.go:1:2: text", "a/b.go", ":1:2: text"},
		{"b.y:10: text", "b.y", ":10: text"},
		{"text without: a place", "", "text without: a place"},
		{"sums: 2:3", "", "sums: 2:3"},
		{"", "", ""},
		{":1: x", "", ":1: x"},
	} {
		file, rest, ok := cutPosition(tt.text)
		if !ok {
			file, rest = "", tt.text
		}
		if file != tt.file || rest != tt.rest {
			t.Errorf("%q: %q %q", tt.text, file, rest)
		}
	}
}

func TestGoFlags(t *testing.T) {
	for _, tt := range []struct{ value, building string }{
		{"", " "},
		{"-trimpath -mod=mod", "-trimpath -mod=mod"},
		{" --tags=a,b\t-n", "--tags=a,b"},
		{`'-ldflags=-s -w' -json`, `'-ldflags=-s -w'`},
		{`"-gcflags=all='x y'"`, `"-gcflags=all='x y'"`},
		{"-sleepy.verb=x -vettool=t -diff -fix -C=/x", " "},
	} {
		if got := gocmd.ParseFlags(tt.value).Building().String(); got != tt.building {
			t.Errorf("%q: %q, want %q", tt.value, got, tt.building)
		}
	}
	if got := gocmd.ParseFlags("-overlay=a -overlay=b").Lookup("overlay"); got != "b" {
		t.Errorf("the last overlay counts, not %s", got)
	}
}
