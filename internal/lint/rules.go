package lint

import (
	"honnef.co/go/tools/analysis/lint"

	"github.com/cloudlint/cloudlint/internal/rule"
)

// The codes of the tool's own rules.
const (
	CodeUnused     = "CL0001"
	CodeReasonless = "CL0002"
	CodeUnknown    = "CL0003"
	CodeStale      = "CL0004" // the baseline's reader reports it
)

// Rules returns the tool's own rules: those about suppression comments and the baseline. No analyzer reports them, because only a whole
// run knows them. They are configured like all others.
func Rules() []*rule.Rule {
	return []*rule.Rule{
		{
			Code: CodeUnused,
			Name: "unused-suppression",
			Doc: lint.RawDocumentation{
				Title: "A suppression comment silences nothing",
				Text: `The code that the comment was written for has changed, or never was wrong. The comment stays behind,
hides the next real finding in this place, and its reason misleads whoever reads it.

Remove the comment, or the names in it that silence nothing.`,
				Before: `func total(prices []int) (sum int) {
	for _, p := range prices {
		//cloudlint:ignore timeouts the loop ends with its input
		sum += p
	}
	return sum
}`,
				After: `func total(prices []int) (sum int) {
	for _, p := range prices {
		sum += p
	}
	return sum
}`,
				Since:    "0.1.0",
				Severity: lint.SeverityInfo,
			},
			Maturity: rule.Stable,
			Tests:    true,
			Fix:      rule.NoFix,
			Blind: "Nothing is said about a name whose rules did not all run to their end on the whole package: an analyzer is " +
				"switched off or gave up, the package has errors, tests are left out. Nor about comments that silence every tool " +
				"(a bare //nolint, //nolint:all), or about the names of other linters. A comment that is needed under other build tags " +
				"only is reported: silence CL0001 for its path in the configuration.",
		},
		{
			Code: CodeReasonless,
			Name: "suppression-without-reason",
			Doc: lint.RawDocumentation{
				Title: "A suppression comment gives no reason",
				Text: `Without its reason nobody can tell later whether the finding was wrong or the fix was put off. For that reason
//cloudlint:ignore and //lint:ignore have no effect without one: the finding is still reported. //nolint, whose form
belongs to golangci-lint, works without a reason; this is then only a note.

Write why the finding does not matter here: after the names, for //nolint after a second //.`,
				Before: `func main() {
	//cloudlint:ignore timeouts
	println("ready")
}`,
				After: `func main() {
	println("ready")
}`,
				Since:    "0.1.0",
				Severity: lint.SeverityWarning,
			},
			Maturity:   rule.Stable,
			Tests:      true,
			Fix:        rule.NoFix,
			Blind:      "Whether the reason is a good one.",
			References: []string{"https://staticcheck.dev/docs/configuration/#ignoring-problems", "https://golangci-lint.run/docs/linters/false-positives/"},
		},
		{
			Code: CodeUnknown,
			Name: "unknown-rule-in-suppression",
			Doc: lint.RawDocumentation{
				Title: "A suppression comment names a rule that does not exist",
				Text: `//cloudlint:ignore silences only what it names. With a misspelt name it silences nothing, although it looks as if.

Write a code (CL2001), the beginning of codes (CL2), or the name of a rule, an analyzer or a family, with commas between
several, and then the reason.`,
				Before: `func main() {
	//cloudlint:ignore CL20O1 the health check runs on the loopback interface
	println("ready")
}`,
				After: `func main() {
	println("ready")
}`,
				Since:    "0.1.0",
				Severity: lint.SeverityWarning,
			},
			Maturity: rule.Stable,
			Tests:    true,
			Fix:      rule.NoFix,
			Blind:    "Names in //nolint and //lint:ignore, which may belong to other tools.",
		},
		{
			Code: CodeStale,
			Name: "stale-baseline-entry",
			Doc: lint.RawDocumentation{
				Title: "The baseline knows a finding that is gone",
				Text: `An entry of the baseline stands for more findings than there are: they were fixed, or the code is gone. As long as
the entry stays, the same mistake can be made again in the same function, and nobody is told.

Run ` + "`cloudlint baseline prune`" + `, which only ever removes.`,
				Before: `// .cloudlint-baseline has a line that stands for a finding in Total, which was fixed since.
func Total(prices []int) (sum int) {
	for _, p := range prices {
		sum += p
	}
	return sum
}`,
				After: `// After cloudlint baseline prune the file has no line about Total.
func Total(prices []int) (sum int) {
	for _, p := range prices {
		sum += p
	}
	return sum
}`,
				Since:    "0.1.0",
				Severity: lint.SeverityInfo,
			},
			Maturity: rule.Stable,
			Tests:    true,
			Fix:      rule.NoFix,
			Blind: "Nothing is said about an entry whose rule did not run to its end on the whole package with its tests, whose " +
				"function stands in a file for other systems or build tags, or, where a finding has its cause in another package " +
				"than the one that reports it, about one that not all packages of the module were searched for.",
		},
	}
}
