package render

import (
	"io"

	"github.com/cloudlint/cloudlint/internal/rule"
)

// A gitlabIssue is an entry of GitLab's Code Quality report. GitLab ignores what else the Code Climate format has.
type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"` // GitLab gives up on a report in which one is missing
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
}

// renderGitLab prints a Code Quality report. GitLab compares those of two branches by the fingerprints, and shows
// entries with equal ones as one entry.
func renderGitLab(w io.Writer, in *Input) error {
	issues := []gitlabIssue{}
	for _, it := range in.items() {
		severity := map[rule.Severity]string{rule.Error: "critical", rule.Warning: "major", rule.Note: "info"}[it.severity]
		if it.finding == nil {
			severity = "blocker"
		}
		issues = append(issues, gitlabIssue{
			Description: it.code + ": " + it.text("; "),
			CheckName:   it.code,
			Fingerprint: it.fingerprint,
			Severity:    severity,
			Location:    gitlabLocation{it.file(), gitlabLines{max(it.at.Line, 1)}},
		})
	}
	return encode(w, issues, "  ")
}
