package config_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/config"
)

func TestMistakes(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string // without the file's name
	}{
		{"empty file", "", []string{"1:1: version is missing: begin the file with `version: 1`"}},
		{"only comments", "# nothing yet\n", []string{"1:1: version is missing: begin the file with `version: 1`"}},
		{"no mapping", "- version: 1\n", []string{"1:1: want a mapping with the keys version, extends, preview, fail-on, enable, disable, severity, tests, exclude, overrides, options, exits, ..., not a list"}},
		{"other version", "version: 2\n", []string{"1:10: this cloudlint reads version 1 of the format, not 2"}},
		{"version as text", "version: \"1\"\n", []string{`1:10: want the number 1, not the text "1"`}},
		{"unknown key", "version: 1\nexlude: [x]\n", []string{"2:1: unknown key exlude: did you mean exclude?"}},
		{"key twice", "version: 1\npreview: true\npreview: false\n", []string{"3:1: preview is here twice, first in line 2"}},
		{"unknown selector", "version: 1\nenable:\n  - CL2001\n  - CL2010\n", []string{"4:5: unknown rule, analyzer, family or maturity CL2010: did you mean CL2001?"}},
		{"selector in another case", "version: 1\ndisable: [cl2001]\n", []string{"2:11: unknown rule, analyzer, family or maturity cl2001: did you mean CL2001?"}},
		{"prefix of nothing", "version: 1\ndisable: [CL3]\n", []string{"2:11: unknown rule, analyzer, family or maturity CL3: did you mean CL0?"}},
		{"one selector instead of a list", "version: 1\nenable: all\n", []string{`2:9: want a list of rules, analyzers, families or maturities, as [a, b] or with a dash in each line, not the text "all"`}},
		{"empty element", "version: 1\nenable:\n  -\n", []string{"3:4: the list has an empty element"}},
		{"unknown severity", "version: 1\nseverity: {CL2: warn}\n", []string{"2:17: unknown severity warn: did you mean warning?"}},
		{"boolean severity", "version: 1\nfail-on: no\n", []string{"2:10: unknown severity no: want one of error, warning, note"}},
		{"selector without a severity", "version: 1\nseverity:\n  CL2:\n", []string{"3:3: CL2 has no value"}},
		{"text as boolean", "version: 1\npreview: \"true\"\n", []string{`2:10: want true or false, not the text "true"`}},
		{"nothing as boolean", "version: 1\npreview:\n", []string{"2:1: preview has no value"}},
		{"globs", "version: 1\nexclude: ['[a', '../x', 'a**', 'a//b', '{a,b}', '!a', 'a\\b', '']\n", []string{
			`2:11: "[a": the pattern has a [ without its ]`,
			`2:17: "../x": a pattern cannot contain . or ..: it is relative to the folder of its file`,
			`2:25: "a**": ** stands for whole folders: write **/ before a name and /** after it`,
			`2:32: "a//b": the pattern has two slashes in a row`,
			`2:40: "{a,b}": braces have no meaning here: write two patterns`,
			`2:49: "!a": a pattern cannot be negated with !`,
			`2:55: "a\\b": patterns are written with slashes, on Windows too`,
			`2:62: "": the pattern is empty`,
		}},
		{"override without paths", "version: 1\noverrides:\n  - disable: [all]\n", []string{"3:5: paths is missing"}},
		{"override with no paths", "version: 1\noverrides:\n  - paths: []\n", []string{"3:12: the list is empty"}},
		{"unknown analyzer", "version: 1\noptions:\n  clientdeadlin: {}\n", []string{"3:3: unknown analyzer with options clientdeadlin: did you mean clientdeadline?"}},
		{"analyzer without options", "version: 1\noptions:\n  serverdeadline: {x: 1}\n", []string{"3:3: unknown analyzer with options serverdeadline: want one of clientdeadline"}},
		{"unknown option", "version: 1\noptions:\n  clientdeadline: {clii: true}\n", []string{"3:20: unknown option of clientdeadline clii: did you mean cli?"}},
		{"common flag as option", "version: 1\noptions:\n  clientdeadline: {preview: true}\n", []string{"3:20: unknown option of clientdeadline preview: want one of cli, depth, helpers, limit, loopback, prefix, share"}},
		{"options of wrong types", "version: 1\noptions:\n  clientdeadline:\n    cli: 1\n    depth: 1.5\n    share: x\n    limit: 10\n    prefix: 3\n    helpers: a\n", []string{
			"4:10: want true or false, not the number 1",
			"5:12: want a whole number, not the number 1.5",
			`6:12: want a number, not the text "x"`,
			"7:12: want a duration such as 10s, not the number 10",
			"8:13: want a text, not the number 3",
			`9:14: want a list of texts, as [a, b] or with a dash in each line, not the text "a"`,
		}},
		{"values that the flag refuses", "version: 1\noptions:\n  clientdeadline:\n    helpers: [forbidden]\n    limit: soon\n    depth: 99999999999999999999\n", []string{
			`4:14: clientdeadline.helpers cannot be "forbidden": not that one`,
			`5:12: "soon": want a duration such as 10s`,
			`6:12: want a whole number, not the number 99999999999999999999`,
		}},
		{"exits", "version: 1\nexits: [Fatal, 'log.Fatal()', '(*log.Logger.Fatal', 'a b.C', '(*log.Logger).Fatal']\n", []string{
			`2:9: "Fatal": want a function as example.com/log.Fatal or (*example.com/log.Logger).Fatal`,
			`2:16: "log.Fatal()": want a function as example.com/log.Fatal or (*example.com/log.Logger).Fatal`,
			`2:31: "(*log.Logger.Fatal": want a function as example.com/log.Fatal or (*example.com/log.Logger).Fatal`,
			`2:53: "a b.C": want a function as example.com/log.Fatal or (*example.com/log.Logger).Fatal`,
		}},
		{"models", "version: 1\nmodels:\n  outbound:\n    - {func: Get, context: 0}\n    - {context: 1, wait: x}\n    - db.Get\n  bounded: ['(*db.Client)']\n  sinks: [a.F]\n", []string{
			`4:14: "Get": want a function as example.com/log.Fatal or (*example.com/log.Logger).Fatal`,
			`4:28: want the position of the context, from 1 to 64, not 0`,
			`5:7: func is missing`,
			`5:20: unknown key of an outbound call wait: did you mean waits?`,
			`6:7: want a mapping with the keys func, context, waits, not the text "db.Get"`,
			`7:13: "(*db.Client)": want a function as example.com/log.Fatal or (*example.com/log.Logger).Fatal`,
			`8:3: unknown key of models sinks: want one of outbound, bounded, deadlines, closers`,
		}},
		{"inside", "version: 1\ninside: [./lib, corp.example/.../x, '*']\n", []string{
			`2:10: "./lib": want an import path, not a folder`,
			`2:17: "corp.example/.../x": only a final /... has a meaning`,
			`2:37: "*": only a final /... has a meaning`,
		}},
		{"remote base", "version: 1\nextends: https://example.com/a.yml\n", []string{`2:10: "https://example.com/a.yml": only local files can be extended`}},
		{"missing base", "version: 1\nextends: base.yml\n", []string{"2:1: base.yml: no such file or directory"}},
		{"merge key", "version: 1\n<<: {preview: true}\n", []string{"2:1: merge keys (<<) are not supported: use extends"}},
		{"two documents", "version: 1\n---\nversion: 1\n", []string{"2:1: the file has more than one document"}},
		{"no YAML", "version: 1\nenable: [\n", []string{"2:1: did not find expected node content"}},
		{"unknown alias", "version: 1\nenable: *x\n", []string{"1:1: unknown anchor 'x' referenced"}},
		{"several", "version: 1\nnope: 1\nfail-on: 3\nenable: [x]\n", []string{
			"2:1: unknown key nope",
			"3:10: want a severity, not the number 3",
			"4:10: unknown rule, analyzer, family or maturity x",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := tree(t, map[string]string{".cloudlint.yml": test.text})
			_, err := config.Load(root, root, "", known(t), config.Flags{})
			var errs config.Errors
			if !errors.As(err, &errs) {
				t.Fatalf("error is %v, want config.Errors", err)
			}
			var got []string
			for _, e := range errs {
				got = append(got, strings.TrimPrefix(e.Error(), filepath.Join(root, ".cloudlint.yml")+":"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMistakesInFlags(t *testing.T) {
	root := t.TempDir()
	_, err := config.Load(root, "", "", known(t), config.Flags{
		Enable: []string{"cl2001", "clientdeadlin"}, Only: []string{"nope"}, FailOn: "warnings",
	})
	want := `--enable: unknown rule, analyzer, family or maturity clientdeadlin: did you mean clientdeadline?
--only: unknown rule, analyzer, family or maturity nope; ` + "`cloudlint rules` lists all" + `
--fail-on: unknown severity warnings: did you mean warning?`
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
}

func TestLimits(t *testing.T) {
	bomb := "version: 1\nexclude: &a [" + strings.Repeat("x,", 1000) + "]\noverrides:\n" + strings.Repeat("  - paths: *a\n", 1000)
	for name, test := range map[string]struct{ text, want string }{
		"large file": {"version: 1\n" + strings.Repeat("#", 1<<20), "larger than 1048576 bytes"},
		"alias bomb": {bomb, "too many values"},
		"deep":       {"version: 1\nenable: " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "exceeded max depth"},
	} {
		t.Run(name, func(t *testing.T) {
			root := tree(t, map[string]string{".cloudlint.yml": test.text})
			_, err := config.Load(root, root, "", known(t), config.Flags{})
			if err == nil || !strings.Contains(err.Error(), test.want) || len(err.Error()) > 1000 {
				t.Errorf("error is %.1000v, want one with %q", err, test.want)
			}
		})
	}
}

func TestManyMistakesAreCutShort(t *testing.T) {
	root := tree(t, map[string]string{".cloudlint.yml": "version: 1\nenable: [" + strings.Repeat("x,", 100) + "]\n"})
	_, err := config.Load(root, root, "", known(t), config.Flags{})
	if err == nil || strings.Count(err.Error(), "\n") != 25 || !strings.HasSuffix(err.Error(), "\nand 75 more") {
		t.Errorf("error is %v, want 25 lines and the number of the others", err)
	}
}
