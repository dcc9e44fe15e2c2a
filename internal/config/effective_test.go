package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/rule"
)

func TestWhatIsOn(t *testing.T) {
	for _, test := range []struct {
		name, file string
		flags      config.Flags
		want       string // codes of the rules that are on
	}{
		{name: "stable rules by default", want: "CL0001 CL2001 CL2011"},
		{name: "preview", file: "preview: true", want: "CL0001 CL2001 CL2002 CL2011 CL4001"},
		{name: "a rule in preview by code", file: "enable: [CL2002]", want: "CL0001 CL2001 CL2002 CL2011"},
		{name: "by its name", file: "enable: [pool-open]", want: "CL0001 CL2001 CL2011 CL4001"},
		{name: "by its analyzer", file: "enable: [serverdeadline]", want: "CL0001 CL2001 CL2002 CL2011"},
		{name: "by its maturity", file: "enable: [preview]", want: "CL0001 CL2001 CL2002 CL2011 CL4001"},
		{name: "not by its family, prefix or all", file: "enable: [timeouts, CL4, all]", want: "CL0001 CL2001 CL2011"},
		{name: "nothing turns a retired rule on", file: "enable: [CL2019]", want: "CL0001 CL2001 CL2011"},
		{name: "the narrower selector wins", file: "disable: [all, CL201]\nenable: [CL2, pools]", want: "CL2001"},
		{name: "a rule is narrower than its analyzer", file: "disable: [serverdeadline]\nenable: [CL2001]", want: "CL0001 CL2001 CL2011"},
		{name: "disable wins over the same", file: "disable: [CL2001]\nenable: [CL2001]", want: "CL0001 CL2011"},
		{name: "disable wins over preview", file: "preview: true\ndisable: [pools]", want: "CL0001 CL2001 CL2002 CL2011"},

		{name: "--preview", flags: config.Flags{Preview: true}, want: "CL0001 CL2001 CL2002 CL2011 CL4001"},
		{name: "--enable is above the file", file: "disable: [CL2001]", flags: config.Flags{Enable: []string{"all"}}, want: "CL0001 CL2001 CL2011"},
		{name: "--disable", flags: config.Flags{Disable: []string{"TIMEOUTS"}}, want: "CL0001"},
		{name: "--disable with --enable", flags: config.Flags{Disable: []string{"timeouts"}, Enable: []string{"cl2001"}}, want: "CL0001 CL2001"},
		{name: "--only a rule in preview", flags: config.Flags{Only: []string{"cl4001"}}, want: "CL4001"},
		{name: "--only a family", flags: config.Flags{Only: []string{"timeouts"}}, want: "CL2001 CL2011"},
		{name: "--only with --preview", flags: config.Flags{Only: []string{"CL2"}, Preview: true}, want: "CL2001 CL2002 CL2011"},
		{name: "--only all", flags: config.Flags{Only: []string{"all"}}, want: "CL0001 CL2001 CL2011"},
		{name: "--only with --disable", flags: config.Flags{Only: []string{"CL2"}, Disable: []string{"CL2001"}}, want: "CL2011"},
		{name: "--only is above the file", file: "disable: [all]", flags: config.Flags{Only: []string{"CL2001"}}, want: "CL2001"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, root := load(t, "version: 1\n"+test.file, test.flags)
			k := known(t)
			if got := on(c, k, filepath.Join(root, "main.go")); got != test.want {
				t.Errorf("on are %s, want %s", got, test.want)
			}
			for _, r := range k.Rules {
				if got, want := c.Enabled(r), strings.Contains(test.want, r.Code); got != want {
					t.Errorf("Enabled(%s) = %v", r.Code, got)
				}
			}
		})
	}
}

func TestPaths(t *testing.T) {
	const file = `version: 1
disable: [CL2011]
exclude: [third_party, "*.pb.go", /top.go]
overrides:
  - paths: [cmd/**]
    disable: [CL2001]
    severity: {CL2: note}
  - paths: [cmd/orders]
    enable: [CL2001, CL4001]
    severity: {CL2001: error}
`
	c, root := load(t, file, config.Flags{})
	k := known(t)
	rules := []string{"CL2001", "CL2011", "CL4001"}
	for _, test := range []struct {
		file     string
		want     []config.State
		severity rule.Severity // of CL2001
	}{
		{"main.go", []config.State{config.On, config.Off, config.Off}, rule.Warning},
		{"third_party/lib/lib.go", []config.State{config.Excluded, config.Off, config.Off}, rule.Warning},
		{"api/third_party/lib.go", []config.State{config.Excluded, config.Off, config.Off}, rule.Warning},
		{"api/v1/orders.pb.go", []config.State{config.Excluded, config.Off, config.Off}, rule.Warning},
		{"top.go", []config.State{config.Excluded, config.Off, config.Off}, rule.Warning},
		{"api/top.go", []config.State{config.On, config.Off, config.Off}, rule.Warning},
		{"cmd/tool/main.go", []config.State{config.Excluded, config.Off, config.Off}, rule.Note},
		{"cmd/orders/main.go", []config.State{config.On, config.Off, config.On}, rule.Error},
		{"cmd/orders/third_party/x.go", []config.State{config.Excluded, config.Off, config.Excluded}, rule.Error},
		{"../other/main.go", []config.State{config.On, config.Off, config.Off}, rule.Warning},
	} {
		abs := filepath.Join(root, filepath.FromSlash(test.file))
		var got []config.State
		for _, code := range rules {
			got = append(got, c.At(k.Rules.Lookup(code), abs))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: states of %v (-want +got):\n%s", test.file, rules, diff)
		}
		if s := c.Severity(k.Rules.Lookup("CL2001"), abs, ""); s != test.severity {
			t.Errorf("%s: severity is %s, want %s", test.file, s, test.severity)
		}
	}
	if !c.Enabled(k.Rules.Lookup("CL4001")) {
		t.Error("a rule that is on for some files is not enabled")
	}

	// A flag decides where overrides cannot.
	only, root := load(t, file, config.Flags{Only: []string{"CL2001"}})
	if got := on(only, k, filepath.Join(root, "cmd/orders/main.go")); got != "CL2001" {
		t.Errorf("with --only CL2001, on are %s", got)
	}
	if only.Enabled(k.Rules.Lookup("CL4001")) {
		t.Error("an override turns on what --only leaves out")
	}
}

func TestSeverity(t *testing.T) {
	for _, test := range []struct {
		file      string
		own, want rule.Severity
	}{
		{"", "", rule.Error},
		{"", rule.Note, rule.Note},
		{"severity: {timeouts: note}", "", rule.Note},
		{"severity: {timeouts: note}", rule.Warning, rule.Note},
		{"severity: {CL2011: warning, timeouts: note}", "", rule.Warning},
		{"severity: {timeouts: note, client-timeout: warning}", rule.Note, rule.Note},
		{"severity: {clientdeadline: error}", rule.Warning, rule.Warning},
	} {
		c, root := load(t, "version: 1\n"+test.file, config.Flags{})
		if got := c.Severity(known(t).Rules.Lookup("CL2011"), filepath.Join(root, "main.go"), test.own); got != test.want {
			t.Errorf("%q with a finding of %q: %s, want %s", test.file, test.own, got, test.want)
		}
	}
}

func TestTests(t *testing.T) {
	c, _ := load(t, "version: 1\ntests: [serverdeadline]\n", config.Flags{})
	r := known(t).Rules
	if !c.Tests(r.Lookup("CL2001")) || c.Tests(r.Lookup("CL2011")) {
		t.Error("tests: [serverdeadline] is not what is reported in tests")
	}
}

func TestFailOn(t *testing.T) {
	for _, test := range []struct {
		file string
		flag string
		want rule.Severity
	}{
		{"", "", rule.Warning},
		{"fail-on: error", "", rule.Error},
		{"fail-on: error", "note", rule.Note},
	} {
		c, _ := load(t, "version: 1\n"+test.file, config.Flags{FailOn: test.flag})
		if got := c.FailOn(); got != test.want {
			t.Errorf("%q, --fail-on %q: %s, want %s", test.file, test.flag, got, test.want)
		}
	}
}

func TestSettings(t *testing.T) {
	c, _ := load(t, `version: 1
disable: [serverdeadline]
exits: [example.com/log.Fatal, (*example.com/log.Logger).Fatal, example.com/log.Fatal]
inside: [corp.example/platform/..., corp.example/auth]
options:
  clientdeadline:
    limit: 90s
    helpers: [b, a]
    cli: false
    depth: 4
    loopback: false
`, config.Flags{})
	want := driver.Settings{
		Flags: []string{
			"-clientdeadline.depth=4",
			"-clientdeadline.helpers=b,a",
			"-clientdeadline.limit=1m30s",
			"-clientdeadline.loopback=false",
			"-exits=(*example.com/log.Logger).Fatal,example.com/log.Fatal",
			"-poolbounds=false",
			"-serverdeadline=false",
		},
		Inside: []string{"corp.example/auth", "corp.example/platform/..."},
	}
	if diff := cmp.Diff(want, c.Settings()); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}

	// What only the front reads does not reach the analyzers' cache key.
	plain, _ := load(t, "version: 1\n", config.Flags{})
	front, _ := load(t, "version: 1\nseverity: {all: note}\nexclude: [x]\nfail-on: note\ndisable: [CL0001]\noptions: {clientdeadline: {limit: 0.5m}}\n", config.Flags{})
	if diff := cmp.Diff(plain.Settings(), front.Settings()); diff != "" {
		t.Errorf("what the front reads changes the settings:\n%s", diff)
	}
	// Findings in tests are looked for only where somebody wants them.
	tests, _ := load(t, "version: 1\ntests: [clientdeadline]\n", config.Flags{})
	if diff := cmp.Diff([]string{"-clientdeadline.tests=true", "-poolbounds=false"}, tests.Settings().Flags); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
	// Options of an analyzer that does not run are none.
	off, _ := load(t, "version: 1\ndisable: [all]\noptions: {clientdeadline: {cli: true}}\n", config.Flags{})
	if diff := cmp.Diff([]string{"-clientdeadline=false", "-poolbounds=false", "-serverdeadline=false"}, off.Settings().Flags); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
}

func TestExtends(t *testing.T) {
	root := tree(t, map[string]string{
		"config/base.yml":                "version: 1\nextends: deeper/root.yaml\ndisable: [CL2001]\nexclude: [gen]\nfail-on: error\nexits: [b.Exit]\n",
		"config/deeper/root.yaml":        "version: 1\npreview: true\nfail-on: note\nexclude: [vendored]\nexits: [a.Exit]\nseverity: {all: error}\noptions: {clientdeadline: {depth: 5, cli: true}}\n",
		"services/orders/.cloudlint.yml": "version: 1\nextends: ../../config/base.yml\nexclude: [mocks]\nenable: [CL2001]\npreview: false\nexits: [b.Exit]\nseverity: {CL2: warning}\noptions: {clientdeadline: {depth: 6}}\n",
	})
	module := filepath.Join(root, "services", "orders")
	c, err := config.Load(module, root, "", known(t), config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	k := known(t)
	if got := on(c, k, filepath.Join(module, "main.go")); got != "CL0001 CL2001 CL2011" {
		t.Errorf("on are %s", got)
	}
	// Patterns of a file in whose folder the module does not lie are relative to the module.
	for _, dir := range []string{"gen", "vendored", "mocks"} {
		if s := c.At(k.Rules.Lookup("CL2001"), filepath.Join(module, dir, "x.go")); s != config.Excluded {
			t.Errorf("%s is %v, want excluded", dir, s)
		}
	}
	if got := c.FailOn(); got != rule.Error {
		t.Errorf("fail-on is %s, want that of the nearest file that has one", got)
	}
	file := filepath.Join(module, "main.go")
	if a, b := c.Severity(k.Rules.Lookup("CL2001"), file, ""), c.Severity(k.Rules.Lookup("CL0001"), file, ""); a != rule.Warning || b != rule.Error {
		t.Errorf("severities are %s and %s, want warning and error", a, b)
	}
	want := []string{"-clientdeadline.cli=true", "-clientdeadline.depth=6", "-exits=a.Exit,b.Exit", "-poolbounds=false"}
	if diff := cmp.Diff(want, c.Settings().Flags); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
	wantFiles := []string{filepath.Join(module, ".cloudlint.yml"), filepath.Join(root, "config", "base.yml"), filepath.Join(root, "config", "deeper", "root.yaml")}
	if diff := cmp.Diff(wantFiles, c.Files()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestExtendsCycle(t *testing.T) {
	root := tree(t, map[string]string{
		".cloudlint.yml": "version: 1\nextends: a.yml\n",
		"a.yml":          "version: 1\nextends: ./b.yml\n",
		"b.yml":          "version: 1\nfail-on: never\nextends: a.yml\n",
	})
	_, err := config.Load(root, root, "", known(t), config.Flags{})
	b := filepath.Join(root, "b.yml")
	want := b + ":2:10: unknown severity never: want one of error, warning, note\n" + b + ":3:1: a.yml: extends itself"
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
}

func TestFind(t *testing.T) {
	root := tree(t, map[string]string{
		".cloudlint.yml":                       "version: 1\n", // outside the repository
		"repo/.git/":                           "",
		"repo/.cloudlint.yaml":                 "version: 1\n",
		"repo/services/orders/go.mod":          "",
		"repo/services/billing/.cloudlint.yml": "version: 1\n",
		"repo/both/.cloudlint.yml":             "version: 1\n",
		"repo/both/.cloudlint.yaml":            "version: 1\n",
		"bare/.git":                            "gitdir: elsewhere\n",
		"bare/module/go.mod":                   "",
		"plain/module/go.mod":                  "",
		"plain/.cloudlint.yml":                 "version: 1\n",
	})
	at := func(name string) string { return filepath.Join(root, filepath.FromSlash(name)) }
	for _, test := range []struct{ module, git, want string }{
		{"repo", "repo", "repo/.cloudlint.yaml"},
		{"repo/services/orders", "repo", "repo/.cloudlint.yaml"},
		{"repo/services/billing", "repo", "repo/services/billing/.cloudlint.yml"},
		{"bare/module", "bare", ""},
		{"plain/module", "", ""},
	} {
		git := config.GitRoot(at(test.module))
		want := ""
		if test.git != "" {
			want = at(test.git)
		}
		if git != want && !(want == "" && !strings.HasPrefix(git, root)) {
			t.Errorf("git root of %s is %s, want %s", test.module, git, want)
		}
		found, err := config.Find(at(test.module), want)
		if err != nil {
			t.Fatal(err)
		}
		want = ""
		if test.want != "" {
			want = at(test.want)
		}
		if found != want {
			t.Errorf("file of %s is %s, want %s", test.module, found, want)
		}
	}
	if _, err := config.Find(at("repo/both"), at("repo")); err == nil || !strings.Contains(err.Error(), "there is .cloudlint.yml beside it: keep one of the two") {
		t.Errorf("two files in one folder: error is %v", err)
	}
}

func TestExplicitFile(t *testing.T) {
	root := tree(t, map[string]string{"ci/lint.yml": "version: 1\nexclude: [gen/x.go]\n", "module/.cloudlint.yml": "not read"})
	module := filepath.Join(root, "module")
	c, err := config.Load(module, root, filepath.Join(root, "ci", "lint.yml"), known(t), config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	if s := c.At(known(t).Rules.Lookup("CL2001"), filepath.Join(module, "gen", "x.go")); s != config.Excluded {
		t.Errorf("state is %v, want excluded", s)
	}
	missing := filepath.Join(root, "missing.yml")
	if _, err := config.Load(module, root, missing, known(t), config.Flags{}); err == nil || err.Error() != missing+": no such file or directory" {
		t.Errorf("error is %v", err)
	}
}

// What two configurations declare is one flag in the same form, however it is written; the nearest file's declaration of
// a call wins.
func TestModels(t *testing.T) {
	root := tree(t, map[string]string{
		"base.yml": "version: 1\nmodels: {outbound: [{func: a.Get, context: 1, waits: for a}, {func: b.Get}], deadlines: [c.With]}\n",
		"one/.cloudlint.yml": "version: 1\nextends: ../base.yml\nmodels:\n  bounded: [z.T, y.T, z.T]\n" +
			"  closers: [d.Drain]\n  outbound:\n    - {func: a.Get, context: 2, waits: for the inventory}\n",
		"two/.cloudlint.yml": "version: 1\nmodels:\n  closers: [d.Drain]\n  deadlines: [c.With]\n  bounded: [y.T, z.T]\n" +
			"  outbound: [{func: b.Get}, {waits: for the inventory, context: 2, func: a.Get}]\n",
	})
	want := []string{
		`-models={"outbound":[{"func":"a.Get","context":2,"waits":"for the inventory"},{"func":"b.Get"}],"bounded":["y.T","z.T"],"deadlines":["c.With"],"closers":["d.Drain"]}`,
		"-poolbounds=false",
	}
	for _, name := range []string{"one", "two"} {
		dir := filepath.Join(root, name)
		c, err := config.Load(dir, root, "", known(t), config.Flags{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, c.Settings().Flags); diff != "" {
			t.Errorf("%s: flags (-want +got):\n%s", name, diff)
		}
	}
}

// TestShow holds the shown configuration to its promise: it is a file that means the same.
func TestShow(t *testing.T) {
	root := tree(t, map[string]string{
		"base.yml": "version: 1\ndisable: [CL2011]\nexits: [a.Exit]\noptions: {clientdeadline: {helpers: [a, b]}}\n",
		".cloudlint.yml": `version: 1
extends: base.yml
enable: [CL4001]
severity: {timeouts: error}
tests: [CL2001]
exclude: [gen]
overrides:
  - paths: [cmd]
    disable: [CL2001]
    severity: {CL4: note}
inside: [corp.example/...]
options:
  clientdeadline: {limit: 10s, prefix: "yes"}
models:
  outbound: [{func: b.Get, context: 1, waits: for b}, {func: a.Get}]
  bounded: [a.Client]
`})
	c, err := config.Load(root, root, "", known(t), config.Flags{FailOn: "note"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Show()
	if err != nil {
		t.Fatal(err)
	}
	want := `version: 1
preview: false # default
fail-on: note # --fail-on
enable:
  - CL0001 # unused-suppression, stable
  - CL2001 # server-read-header, stable
  - CL4001 # pool-open, preview: .cloudlint.yml:3
disable:
  - CL2002 # server-idle, preview
  - CL2011 # client-timeout, stable: base.yml:2
  - CL2019 # client-old, retired
severity:
  CL0001: note # default
  CL2001: error # .cloudlint.yml:4
  CL2002: error # .cloudlint.yml:4
  CL2011: error # .cloudlint.yml:4
  CL2019: error # .cloudlint.yml:4
  CL4001: warning # default
tests:
  - CL2001
exclude:
  - gen # .cloudlint.yml:6
overrides:
  - paths:
      - cmd # .cloudlint.yml:8
    disable:
      - CL2001 # .cloudlint.yml:9
    severity:
      CL4: note # .cloudlint.yml:10
options:
  clientdeadline:
    cli: false # default
    depth: 3 # default
    helpers: [a, b] # base.yml:4
    limit: 10s # .cloudlint.yml:13
    loopback: true # default
    prefix: "yes" # .cloudlint.yml:13
    share: 0.5 # default
exits:
  - a.Exit # base.yml:3
inside:
  - corp.example/... # .cloudlint.yml:11
models:
  outbound:
    - func: a.Get # .cloudlint.yml:15
    - func: b.Get # .cloudlint.yml:15
      context: 1
      waits: for b
  bounded:
    - a.Client # .cloudlint.yml:16
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}

	if err := os.WriteFile(filepath.Join(root, ".cloudlint.yml"), got, 0o666); err != nil {
		t.Fatal(err)
	}
	again, err := config.Load(root, root, "", known(t), config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(meaning(c, root, known(t)), meaning(again, root, known(t))); diff != "" {
		t.Errorf("what is shown means something else:\n%s", diff)
	}
}

// meaning is all that can be asked of a configuration.
func meaning(c *config.Config, root string, k config.Known) any {
	type of struct {
		Code     string
		Enabled  bool
		Tests    bool
		At       []config.State
		Severity []rule.Severity
	}
	var all []of
	for _, r := range k.Rules {
		m := of{Code: r.Code, Enabled: c.Enabled(r), Tests: c.Tests(r)}
		for _, file := range []string{"main.go", "cmd/main.go", "gen/x.go"} {
			abs := filepath.Join(root, filepath.FromSlash(file))
			m.At = append(m.At, c.At(r, abs))
			m.Severity = append(m.Severity, c.Severity(r, abs, ""))
		}
		all = append(all, m)
	}
	return slices.Concat([]any{c.FailOn(), c.Settings()}, []any{all})
}

func TestBaseline(t *testing.T) {
	c, root := load(t, "version: 1\nbaseline: lint/known\n", config.Flags{})
	if path, where := c.Baseline(); path != filepath.Join(root, "lint", "known") || where != ".cloudlint.yml:2" {
		t.Errorf("%s from %s", path, where)
	}
	c, _ = load(t, "version: 1\n", config.Flags{})
	if path, where := c.Baseline(); path != "" || where != "" {
		t.Errorf("without the key: %s from %s", path, where)
	}
}
