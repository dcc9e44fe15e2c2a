package unit

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
)

// knobs returns two analyzers with cloudlint's common flags, one with its own, and a foreign one.
func knobs() []*analysis.Analyzer {
	server := &analysis.Analyzer{Name: "server"}
	client := &analysis.Analyzer{Name: "client"}
	for _, a := range []*analysis.Analyzer{server, client} {
		a.Flags.Bool("preview", false, "report more")
		a.Flags.Bool("tests", false, "")
		a.Flags.Bool("unsafe-fixes", false, "")
		a.Flags.String("exits", "", "")
		a.Flags.String("inside", "", "")
		a.Flags.String("models", "", "")
	}
	server.Flags.Int("max", 1, "")
	return []*analysis.Analyzer{server, client, {Name: "foreign"}}
}

func TestFlags(t *testing.T) {
	tests := []struct {
		args string
		want string // analyzers that run, with the flags that differ from their defaults
	}{
		{"", "server client foreign"},
		{"-preview", "server[preview=true] client[preview=true] foreign"},
		{"-preview=true -preview=false", "server client foreign"},
		{"-exits example.com/log.Fatal", "server[exits=example.com/log.Fatal] client[exits=example.com/log.Fatal] foreign"},
		{`-models={"bounded":["a.T"]}`, `server[models={"bounded":["a.T"]}] client[models={"bounded":["a.T"]}] foreign`},
		{"-server.preview=false -preview", "server client[preview=true] foreign"},
		{"-server.max=7", "server[max=7] client foreign"},
		{"-client", "client"},
		{"-client=false", "server foreign"},
		{"-server=false -client", "client"},
		{"-record", "server[preview=true unsafe-fixes=true] client[preview=true unsafe-fixes=true] foreign"},
		{"-record -client.tests=true -exits=x", "server[exits=x preview=true unsafe-fixes=true] client[exits=x preview=true tests=true unsafe-fixes=true] foreign"},
		{"-inside=corp.example/...", "server client foreign"},
		{"-nope", "flag provided but not defined: -nope"},
		{"-server.max=many", `invalid value "many" for flag -server.max: parse error`},
		{"-preview=maybe", `invalid value "maybe" for flag -preview: parse error`},
		{"-client=maybe", `invalid boolean value "maybe" for -client: want true or false`},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			f := NewFlags(knobs())
			rest, chosen, err := f.Parse(append(strings.Fields(tt.args), "unit.cfg"))
			if err != nil {
				if err.Error() != tt.want {
					t.Errorf("got the error %v", err)
				}
				return
			}
			if diff := cmp.Diff([]string{"unit.cfg"}, rest); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.want, describe(chosen)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func describe(analyzers []*analysis.Analyzer) string {
	defaults := make(map[string]string)
	for _, a := range knobs() {
		a.Flags.VisitAll(func(f *flag.Flag) { defaults[a.Name+f.Name] = f.Value.String() })
	}
	var words []string
	for _, a := range analyzers {
		var set []string
		a.Flags.VisitAll(func(f *flag.Flag) {
			if f.Value.String() != defaults[a.Name+f.Name] {
				set = append(set, fmt.Sprintf("%s=%s", f.Name, f.Value))
			}
		})
		word := a.Name
		if len(set) > 0 {
			word += "[" + strings.Join(set, " ") + "]"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestFlagList(t *testing.T) {
	var got []string
	for _, f := range NewFlags(knobs()).List() {
		name := f.Name
		if f.Bool {
			name += " bool"
		}
		got = append(got, name)
	}
	want := []string{
		"client bool", "client.exits", "client.inside", "client.models", "client.preview bool", "client.tests bool", "client.unsafe-fixes bool",
		"exits", "foreign bool", "inside", "json bool", "models", "preview bool", "record bool",
		"server bool", "server.exits", "server.inside", "server.max", "server.models", "server.preview bool", "server.tests bool", "server.unsafe-fixes bool",
		"tests bool", "unsafe-fixes bool",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
