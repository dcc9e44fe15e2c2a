package modules

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	list, err := parse(strings.NewReader(`
# a comment
podinfo  github.com/stefanprodan/podinfo@v1.8.1
app      https://example.com/app@0123abc   # as of today
part     https://example.com/app//server@0123abc
mine     /home/me/mine
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Module{
		{Name: "podinfo", Source: "github.com/stefanprodan/podinfo", Version: "v1.8.1"},
		{Name: "app", Source: "https://example.com/app", Version: "0123abc"},
		{Name: "part", Source: "https://example.com/app", Subdir: "server", Version: "0123abc"},
		{Name: "mine", Source: "/home/me/mine"},
	}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Error(diff)
	}
	chosen, err := Select(list, []string{"mine", "podinfo"})
	if diff := cmp.Diff([]Module{want[3], want[0]}, chosen); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := Select(list, []string{"other"}); err == nil {
		t.Error("an unknown name is no error")
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"\nname":               "2: want a name and a source",
		"a x.org/a":            "1: x.org/a has no version",
		"a x.org/a@":           "1: x.org/a has no version",
		"a x.org/a@v1\na /tmp": "2: a is there already",
	} {
		if _, err := parse(strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

// The list that is kept with the code can be read, and has what the benchmark needs.
func TestTheKeptList(t *testing.T) {
	list, err := Read("../../modules.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Select(list, []string{"podinfo", "etcd", "prometheus"}); err != nil {
		t.Error(err)
	}
}
