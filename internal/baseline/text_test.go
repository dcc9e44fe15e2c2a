package baseline_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/baseline"
)

const head = "# cloudlint baseline 1\n"

// What is written is read again, whatever stands in the texts.
func TestFormatIsReadAgain(t *testing.T) {
	want := &baseline.File{Entries: []baseline.Entry{
		{ID: "0123456789abcdef", Count: 3, Code: "CL2012", Package: ".", Function: "(*Store).Price", Text: "plain"},
		{ID: "0123456789abcdef", Count: 1, Code: "CL2012", Package: "internal/store", Text: `"quoted" \ and <<<<<<< and # and é`},
		{ID: "fedcba9876543210", Count: 1, Code: "CL1034", Package: "a/b_test", Function: "T.M", Text: "new\nline\x00", Wide: true, Until: "2027-01-31", Reason: "until \"then\"\n>>>>>>> x"},
	}}
	text := want.Format()
	got, err := baseline.Parse(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if !bytes.Equal(got.Format(), text) {
		t.Errorf("read and written again it differs:\n%s", cmp.Diff(string(text), string(got.Format())))
	}
	for i := range got.Entries {
		got.Entries[i].Line = 0
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The order of lines, and how they end, do not matter: people and programs resolve conflicts of merges.
func TestParseForgives(t *testing.T) {
	a := `0123456789abcdef 2 CL2012 internal/store Price "text" reason "why"`
	b := `0123456789abcdee 1 CL2012 . - "text" anywhere until 2027-01-31`
	sorted, err := baseline.Parse([]byte(head + b + "\n" + a + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		head + a + "\n" + b,
		head + "\n# a remark\n" + a + "\n\n" + b + "\n\n",
		"\ufeff" + strings.ReplaceAll(head+a+"\n"+b+"\n", "\n", "\r\n"),
	} {
		got, err := baseline.Parse([]byte(text))
		if err != nil {
			t.Errorf("%v in\n%s", err, text)
		} else if !bytes.Equal(got.Format(), sorted.Format()) {
			t.Errorf("%q gives\n%s", text, got.Format())
		}
	}
}

// A file that is not understood as a whole is refused as a whole, with the lines.
func TestParseRefuses(t *testing.T) {
	const line = `0123456789abcdef 1 CL2012 internal/store Price "text"`
	tests := []struct{ name, text, want string }{
		{"empty", "", `line 1: this is no baseline`},
		{"another file", "package p\n", `line 1: this is no baseline: its first line is "package p"`},
		{"another version", "# cloudlint baseline 2\n" + line, "line 1: this cloudlint reads version 1"},
		{"a conflict", head + "<<<<<<< HEAD\n" + line + "\n=======\n" + line + " reason \"why\"\n>>>>>>> branch\n", "line 2: a merge has left a conflict"},
		{"a conflict in the first line", "<<<<<<< HEAD\n" + head, "line 1: a merge has left a conflict"},
		{"the same twice", head + line + "\n\n" + line + "\n", "line 4: this finding is in line 2 already"},
		{"the same with another count", head + line + "\n" + strings.Replace(line, " 1 ", " 2 ", 1) + "\n", "line 3: this finding is in line 2 already"},
		{"an identity", head + "0123 1 CL2012 p F \"text\"\n", `line 2: "0123" is no identity`},
		{"no count", head + strings.Replace(line, " 1 ", " one ", 1), `line 2: "one" is no count`},
		{"count 0", head + strings.Replace(line, " 1 ", " 0 ", 1), `line 2: "0" is no count`},
		{"a count below 0", head + strings.Replace(line, " 1 ", " -1 ", 1), `line 2: "-1" is no count`},
		{"a count beyond numbers", head + strings.Replace(line, " 1 ", " 99999999999999999999 ", 1), "is no count"},
		{"no code", head + strings.Replace(line, "CL2012", "G114", 1), `line 2: "G114" is no code`},
		{"a place outside", head + strings.Replace(line, "internal/store", "../../etc", 1), `line 2: "../../etc" is no package`},
		{"no text", head + "0123456789abcdef 1 CL2012 p F text\n", "line 2: the text does not stand in quotation marks"},
		{"an open text", head + "0123456789abcdef 1 CL2012 p F \"text\n", "line 2: the text does not stand in quotation marks"},
		{"cut off", head + "0123456789abcdef 1 CL2012\n", "line 2: the package or the function is missing"},
		{"a day that is none", head + line + " until 2027-02-30\n", `line 2: until: "2027-02-30" is no day`},
		{"a day in another form", head + line + " until 31.1.2027\n", `"31.1.2027" is no day`},
		{"an open reason", head + line + " reason why\n", "line 2: the reason does not stand in quotation marks"},
		{"something else", head + line + " unto 2027-01-31\n", `line 2: "unto 2027-01-31" is not understood`},
		{"the wrong order", head + line + " reason \"why\" until 2027-01-31\n", `is not understood`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := baseline.Parse([]byte(test.text))
			if err == nil || f != nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// No file keeps the command busy, or fills its memory.
func TestReadHugeFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "huge")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(head); err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(100 << 20); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := baseline.Read(name); err == nil || !strings.Contains(err.Error(), "larger than 16 MB") {
		t.Errorf("got %v", err)
	}
	broken := []byte(head + strings.Repeat("x\n", 1<<20))
	if _, err := baseline.Parse(broken); err == nil || strings.Count(err.Error(), "\n") > 10 {
		t.Errorf("the message about a million mistakes has %d lines", strings.Count(err.Error(), "\n"))
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(head + `0123456789abcdef 2 CL2012 internal/store (*T).M "text" anywhere until 2027-01-31 reason "why"` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := baseline.Parse(text)
		if err != nil {
			return
		}
		again, err := baseline.Parse(file.Format())
		if err != nil {
			t.Fatalf("what it writes it does not read: %v", err)
		}
		if !bytes.Equal(again.Format(), file.Format()) {
			t.Error("written again it differs")
		}
	})
}
