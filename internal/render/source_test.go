package render

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/cloudlint/cloudlint/internal/finding"
)

func TestUTF16Column(t *testing.T) {
	tests := []struct {
		text   string
		offset int
		want   int
	}{
		{"abc", 0, 1},
		{"abc", 3, 4},
		{"é=x", 2, 2},
		{"日本=x", 6, 3},
		{"🙂=x", 4, 3},
		{"🙂=x", 2, 1},           // inside a character: where it starts
		{"\xff\xfe=x", 2, 3},    // not UTF-8: one replacement character a byte
		{"e\u0301=x", 3, 3},     // a combining character is a unit
		{"x", 99, 2},            // beyond the end: the end
		{"\t\tx := 1", 2, 3},    // a tab is a unit
		{"a\U0010FFFFb", 5, 4},  // the last character of Unicode
		{"a\u00a0b", 3, 3},      // a blank that is no separator
		{"日", 0, 1}, {"", 0, 1}, // the start is always 1
	}
	for _, tt := range tests {
		if got := utf16Column(tt.text, tt.offset); got != tt.want {
			t.Errorf("utf16Column(%q, %d) = %d, want %d", tt.text, tt.offset, got, tt.want)
		}
	}
}

func TestSpan(t *testing.T) {
	tests := []struct {
		name, text string
		r          finding.Range
		want       string
	}{
		{"start and end", "\tsrv := f(x)", finding.Range{Line: 1, Column: 9, EndLine: 1, EndColumn: 13}, "f(x)"},
		{"without an end, the identifier", "\tsrv := f(x)", finding.Range{Line: 1, Column: 2}, "srv"},
		{"or one character", "\tx <- y", finding.Range{Line: 1, Column: 4}, "<"},
		{"of several bytes", "größe := 1", finding.Range{Line: 1, Column: 1}, "größe"},
		{"without a column, the line", "\t{ user }  ", finding.Range{Line: 1}, "{ user }"},
		{"of more lines, the rest of the first", "\tif x {  ", finding.Range{Line: 1, Column: 2, EndLine: 3, EndColumn: 2}, "if x {"},
		{"an end beyond the line", "\tx", finding.Range{Line: 1, Column: 2, EndLine: 1, EndColumn: 50}, "x"},
		{"at the end of the line", "x", finding.Range{Line: 1, Column: 2}, ""},
		{"an end before the start", "abc", finding.Range{Line: 1, Column: 3, EndLine: 1, EndColumn: 1}, "c"},
		{"blank line", "  ", finding.Range{Line: 1}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start, end := span(tt.text, tt.r)
			if got := tt.text[start:end]; got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestPosition(t *testing.T) {
	src := newSource([]byte("ab\r\ncd\n"), nil)
	for _, tt := range []struct{ offset, line, column int }{{0, 1, 1}, {2, 1, 3}, {4, 2, 1}, {6, 2, 3}, {7, 3, 1}} {
		if line, column, ok := src.position(tt.offset); !ok || line != tt.line || column != tt.column {
			t.Errorf("position(%d) = %d:%d %t, want %d:%d", tt.offset, line, column, ok, tt.line, tt.column)
		}
	}
	if _, _, ok := src.position(8); ok {
		t.Error("an offset beyond the end has a position")
	}
}

func TestCheckKnowsAFileThatHasChanged(t *testing.T) {
	src := newSource([]byte("package p\r\nvar x\r\n"), nil)
	for _, tt := range []struct {
		r    finding.Range
		want error
	}{
		{finding.Range{Line: 2, Column: 6}, nil}, // just behind the last character
		{finding.Range{Line: 2, Column: 7}, errChanged},
		{finding.Range{Line: 4, Column: 1}, errChanged},
		{finding.Range{Line: 0}, errChanged},
	} {
		if _, err := src.check(tt.r); !errors.Is(err, tt.want) {
			t.Errorf("%+v: %v, want %v", tt.r, err, tt.want)
		}
	}
}

func TestDiskReader(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "a b"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "a b", "x.go"), []byte("package x"), 0o666); err != nil {
		t.Fatal(err)
	}
	read := DiskReader(root)
	for _, name := range []string{"a b/x.go", filepath.ToSlash(filepath.Join(root, "a b", "x.go"))} {
		if text, err := read(name); err != nil || string(text) != "package x" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	for _, name := range []string{"a b", "none.go", os.DevNull} {
		if _, err := read(name); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// A //line directive of a hostile repository cannot publish a file of the machine.
func TestDiskReaderKeepsToTheRepository(t *testing.T) {
	dir := t.TempDir()
	root := filepath.Join(dir, "repository")
	if err := os.Mkdir(root, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"secret", "library.go", "repository/page.templ"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("text"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	links := os.Symlink(filepath.Join(dir, "secret"), filepath.Join(root, "link.go")) == nil
	read := DiskReader(root)
	for name, want := range map[string]bool{
		"page.templ": true, filepath.Join(dir, "library.go"): true, "../library.go": true,
		filepath.Join(dir, "secret"): false, "../secret": false, "link.go": false,
	} {
		if name == "link.go" && !links {
			continue
		}
		if _, err := read(filepath.ToSlash(name)); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
