package declare_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/declare"
)

// What is declared is written in one form, whatever its order, and read back from it.
func TestCanonicalForm(t *testing.T) {
	m := declare.Models{
		Outbound: []declare.Outbound{{Func: "b.Get", Waits: "for b"}, {Func: "a.Get", Context: 1}, {Func: "b.Get"}},
		Bounded:  []string{"z.T", "y.T", "z.T"},
		Closers:  []string{"(*io.R).Drain"},
	}
	const want = `{"outbound":[{"func":"a.Get","context":1},{"func":"b.Get","waits":"for b"}],"bounded":["y.T","z.T"],"closers":["(*io.R).Drain"]}`
	if got := m.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var read declare.Models
	if err := read.Set(want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, read.String()); diff != "" {
		t.Error(diff)
	}
	if err := read.Set(""); err != nil || read.String() != "" {
		t.Errorf("an empty flag declares %s (%v)", read.String(), err)
	}
}

// A mistake leaves nothing declared.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		`a.Get`:                                          "want JSON",
		`{"sinks":["a.Get"]}`:                            `unknown field "sinks"`,
		`{"bounded":["a.T"]} {}`:                         "there is more after the JSON object",
		`{"bounded":["T"]}`:                              `"T": want a function`,
		`{"outbound":[{"func":"Get"}]}`:                  `outbound "Get": want a function`,
		`{"outbound":[{"context":1}]}`:                   `outbound "": want a function`,
		`{"outbound":[{"func":"a.Get","context":-1}]}`:   "want the position of the context",
		`{"outbound":[{"func":"a.Get","waits":"a\nb"}]}`: "want a few words in one line",
	} {
		m := declare.Models{Bounded: []string{"a.T"}}
		if err := m.Set(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
		if m.String() != "" {
			t.Errorf("%s declares %s", text, m.String())
		}
	}
}

func TestQuestions(t *testing.T) {
	m := new(declare.Models)
	if err := m.Set(`{"outbound":[{"func":"b.Get"},{"func":"a.Get","context":2}],"bounded":["c.T","b.F"],"deadlines":["d.With"],"closers":["e.Close"]}`); err != nil {
		t.Fatal(err)
	}
	if o := m.OutboundCall("a.Get"); o == nil || o.Context != 2 {
		t.Errorf("a.Get is %v", o)
	}
	for _, name := range []string{"a.Ge", "c.Get", ""} {
		if o := m.OutboundCall(name); o != nil {
			t.Errorf("%q is %v", name, o)
		}
	}
	for question, answers := range map[string][2]bool{
		"bounded by type":     {m.IsBounded("(*c.T).Get", "c.T"), true},
		"bounded by name":     {m.IsBounded("b.F", ""), true},
		"of another type":     {m.IsBounded("(*c.U).Get", "c.U"), false},
		"deadline":            {m.IsDeadline("d.With"), true},
		"no deadline":         {m.IsDeadline("d.Without"), false},
		"closer":              {m.IsCloser("e.Close"), true},
		"no closer":           {m.IsCloser("d.With"), false},
		"nothing is declared": {(*declare.Models)(nil).IsCloser("e.Close"), false},
	} {
		if answers[0] != answers[1] {
			t.Errorf("%s: %t", question, answers[0])
		}
	}
}
