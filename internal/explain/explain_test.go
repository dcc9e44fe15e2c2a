package explain

import (
	"flag"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

func testPages(t *testing.T) []*Page {
	t.Helper()
	rules, err := rule.NewCatalogue(
		&rule.Rule{
			Code: "CL2001", Name: "server-read-header-timeout", Analyzer: "serverdeadline",
			Doc: lint.RawDocumentation{
				Title: "a server waits for ever for the headers of a slow client",
				Text: "A client that opens a connection and sends \\'one\\' byte a minute keeps a goroutine and a file descriptor of the " +
					"service busy for as long as it likes.\n\nA list:\n\n- first\n- second\n\n```go\nx := 1\n```\n",
				Before:   "\nfunc f() {\n\tg()\n}\n",
				After:    "\nfunc f() {}\n",
				Since:    "0.1.0",
				Severity: lint.SeverityWarning,
				Options:  []string{"cli"},
			},
			Maturity:   rule.Stable,
			Fix:        rule.UnsafeFix,
			Blind:      "Servers in `plugins`.",
			References: []string{"https://pkg.go.dev/net/http#Server"},
		},
		&rule.Rule{
			Code: "CL2002", Name: "server-idle-timeout", Analyzer: "serverdeadline",
			Doc:      lint.RawDocumentation{Title: "idle connections stay open | for ever", Text: "Text.", Since: "0.1.0"},
			Maturity: rule.Preview,
		},
		&rule.Rule{
			Code: "CL0001", Name: "ignore-without-reason",
			Doc:      lint.RawDocumentation{Title: "a suppression without a reason", Text: "Text.", Since: "0.1.0"},
			Maturity: rule.Stable,
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	a := &analysis.Analyzer{Name: "serverdeadline", Flags: *flag.NewFlagSet("", flag.ContinueOnError)}
	a.Flags.Bool("cli", true, "also in `programs` that end by themselves")
	return Pages(rules, []*analysis.Analyzer{a})
}

func TestFind(t *testing.T) {
	pages := testPages(t)
	tests := []struct {
		query string
		found []string
		close []string
	}{
		{query: "CL2001", found: []string{"CL2001"}},
		{query: "cl2001", found: []string{"CL2001"}},
		{query: "server-idle-timeout", found: []string{"CL2002"}},
		{query: "serverdeadline", found: []string{"CL2001", "CL2002"}},
		{query: "CL2010", close: []string{"CL2001 (server-read-header-timeout)", "CL0001 (ignore-without-reason)", "CL2002 (server-idle-timeout)"}},
		{query: "serverdaedline", close: []string{"serverdeadline"}},
		{query: "idle", close: []string{"CL2002 (server-idle-timeout)"}},
		{query: "kubernetes"},
	}
	for _, test := range tests {
		t.Run(test.query, func(t *testing.T) {
			found, close := Find(pages, test.query)
			var codes []string
			for _, p := range found {
				codes = append(codes, p.Code)
			}
			if diff := cmp.Diff(test.found, codes); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.close, close); diff != "" {
				t.Errorf("close (-want +got):\n%s", diff)
			}
		})
	}
}

func TestText(t *testing.T) {
	const want = `CL2001 a server waits for ever for the headers of a slow client
server-read-header-timeout · analyzer serverdeadline · warning · stable · on by default · --fix
--unsafe-fixes can mend it · since 0.1.0

A client that opens a connection and sends one byte a minute keeps a goroutine and a file
descriptor of the service busy for as long as it likes.

A list:

- first
- second

    x := 1

Wrong
    func f() {
    	g()
    }

Right
    func f() {}

Options
    serverdeadline.cli=true: also in programs that end by themselves

What it does not see
    Servers in plugins.

To silence it
    //cloudlint:ignore CL2001 the reason
    disable: [CL2001]  (in .cloudlint.yml)

References
    https://pkg.go.dev/net/http#Server
`
	var b strings.Builder
	if err := testPages(t)[1].WriteText(&b, false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRulesMD(t *testing.T) {
	var b strings.Builder
	if err := RulesMD(&b, testPages(t)); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{
		"| [CL2001](#cl2001) | `server-read-header-timeout` | a server waits for ever for the headers of a slow client | warning | stable | on | unsafe |\n",
		`| idle connections stay open \| for ever | warning | preview | off | none |`,
		"\n## cloudlint itself\n\n### CL0001\n",
		"\n## serverdeadline\n\n### CL2001\n\n**a server waits for ever", // anchors that findings' URLs point at
		"\nWrong:\n\n```go\nfunc f() {\n\tg()\n}\n```\n",
		"- `serverdeadline.cli`: also in programs that end by themselves (default `true`)\n",
		"What it does not see: Servers in `plugins`.\n",
		"`//cloudlint:ignore CL2001 the reason`",
		"- <https://pkg.go.dev/net/http#Server>\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("rules.md has no %q:\n%s", want, got)
		}
	}
	if strings.Count(got, "## serverdeadline") != 1 {
		t.Error("the rules of one analyzer are not in one group")
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	if err := Table(&b, testPages(t)); err != nil {
		t.Fatal(err)
	}
	const want = `CODE    NAME                        SEVERITY  MATURITY  DEFAULT  FIX     FINDS
CL0001  ignore-without-reason       warning   stable    on       -       a suppression without a reason
CL2001  server-read-header-timeout  warning   stable    on       unsafe  a server waits for ever for the headers of a slow client
CL2002  server-idle-timeout         warning   preview   off      -       idle connections stay open | for ever
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
