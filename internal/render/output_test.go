package render

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func openTemp(t *testing.T) (*os.File, error) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err == nil {
		t.Cleanup(func() { f.Close() })
	}
	return f, err
}

func TestParseOutputs(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name  string
		specs []string
		want  []string // format, place
		err   string   // part of the message
	}{
		{"one", []string{"text"}, []string{"text", ""}, ""},
		{"several at once", []string{"sarif=out.sarif", "text"}, []string{"sarif", filepath.Join(dir, "out.sarif"), "text", ""}, ""},
		{"an equals sign in the file's name", []string{"json=a=b.json"}, []string{"json", filepath.Join(dir, "a=b.json")}, ""},
		{"a dash", []string{"json=-"}, []string{"json", ""}, ""},
		{"an absolute file", []string{"json=" + filepath.Join(dir, "x", "..", "a.json")}, []string{"json", filepath.Join(dir, "a.json")}, ""},
		{"a misspelt format", []string{"sarfi"}, nil, `there is no format "sarfi": did you mean sarif?`},
		{"nothing near", []string{"pdf"}, nil, "the formats are text, json, jsonl, sarif, github"},
		{"no format", []string{"=x"}, nil, `there is no format ""`},
		{"no file", []string{"json="}, nil, "the name of a file is missing"},
		{"two on standard output", []string{"text", "json=-"}, nil, "--format text and --format json=- both write to standard output"},
		{"two in one file", []string{"sarif=a", "json=./a"}, nil, "both write to " + filepath.Join(dir, "a")},
		{"no such folder", []string{"json=none/a.json"}, nil, "there is no folder"},
		{"a folder", []string{"json=."}, nil, "is a folder"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			outputs, err := ParseOutputs(tt.specs, dir)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q in it", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range outputs {
				got = append(got, o.Format.Name, o.Path)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWriteSeveral(t *testing.T) {
	dir := t.TempDir()
	fx := newFixture(t)
	outputs, err := ParseOutputs([]string{"text=out.txt", "json=out.json", "text"}, dir)
	if err != nil {
		t.Fatal(err)
	}
	var stdout bytes.Buffer
	in := fx.input(fx.reports()["path"], Options{Terminal: Terminal{Frames: true, Color: true, Width: 80}})
	if err := Write(outputs, in, &stdout); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "out.txt"))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "path.txt", text) // a file gets what a pipe gets
	if !strings.Contains(stdout.String(), "\x1b[") {
		t.Error("no colour on the terminal")
	}
	if _, err := os.Stat(filepath.Join(dir, "out.json")); err != nil {
		t.Error(err)
	}
}

// A report that cannot be written does not keep the others from it, and is named.
func TestWriteGoesOnAfterAnError(t *testing.T) {
	dir := t.TempDir()
	fx := newFixture(t)
	outputs, err := ParseOutputs([]string{"json=sub.json", "text"}, dir)
	if err != nil {
		t.Fatal(err)
	}
	outputs[0].Path = filepath.Join(dir, "gone", "sub.json")
	var stdout bytes.Buffer
	err = Write(outputs, fx.input(fx.reports()["one"], Options{}), &stdout)
	if err == nil || !strings.Contains(err.Error(), "--format json="+outputs[0].Path) {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(stdout.String(), "CL2001") {
		t.Error("the text is missing")
	}
}

func TestWriteFileIsAtomic(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.json")
	if err := os.WriteFile(path, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil { // whatever the umask is
		t.Fatal(err)
	}
	failed := errors.New("interrupted")
	err := WriteFile(path, func(w io.Writer) error {
		io.WriteString(w, "half")
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("error %v", err)
	}
	check := func(want string) {
		t.Helper()
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Errorf("left behind: %v", entries)
		}
	}
	check("old")
	if err := WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }); err != nil {
		t.Fatal(err)
	}
	check("new")
	if info, _ := os.Stat(path); runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, want that of the old file", info.Mode())
	}
}

func TestWriteFileFollowsLinksAndWritesToDevices(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege there")
	}
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(target, nil, 0o666), os.Symlink(target, link)); err != nil {
		t.Fatal(err)
	}
	hello := func(w io.Writer) error { _, err := io.WriteString(w, "hello"); return err }
	if err := WriteFile(link, hello); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(target); string(text) != "hello" {
		t.Errorf("the link's target has %q", text)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v, %v", info, err)
	}
	if err := WriteFile(os.DevNull, hello); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatalf("%s was replaced: %v, %v", os.DevNull, info, err)
	}
}
