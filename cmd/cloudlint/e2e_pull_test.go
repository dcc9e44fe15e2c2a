package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A hosted is a repository on a server, with a pull request that adds the finding of more. The target branch has moved on.
type hosted struct {
	t      *testing.T
	dir    string // the bare repository
	target string // the branch of the pull request's target
}

func newHosted(t *testing.T, target string) *hosted {
	t.Helper()
	dir := module(t, price, clean)
	commitAll(t, dir)
	git(t, dir, "branch", "-M", target)
	git(t, dir, "checkout", "-q", "-b", "topic")
	addFiles(t, dir, more)
	commitAll(t, dir)
	git(t, dir, "checkout", "-q", target)
	addFiles(t, dir, strings.ReplaceAll(more, "more.go", "other.go"))
	edit(t, dir, "store/other.go", "func Count", "func Other")
	commitAll(t, dir)
	git(t, dir, "checkout", "-q", "--detach")
	git(t, dir, "merge", "-q", "--no-ff", "-m", "Merge topic", "topic")
	git(t, dir, "update-ref", "refs/pull/7/merge", "HEAD")
	git(t, dir, "update-ref", "refs/pull/7/head", "topic")
	h := &hosted{t: t, dir: filepath.Join(t.TempDir(), "shop.git"), target: target}
	git(t, dir, "clone", "-q", "--mirror", ".", h.dir)
	return h
}

func (h *hosted) commit(rev string) string { return gitOutput(h.t, h.dir, "rev-parse", rev) }

// checkout does what actions/checkout does: it fetches one commit, with the history of a given depth, and nothing else.
func (h *hosted) checkout(rev, depth string) string {
	h.t.Helper()
	dir := module(h.t, "-- .git/info/exclude --\n")
	git(h.t, dir, "init", "-q")
	git(h.t, dir, "remote", "add", "origin", "file://"+filepath.ToSlash(h.dir))
	git(h.t, dir, "fetch", "-q", "--no-tags", "--depth="+depth, "origin", "+"+h.commit(rev)+":refs/remotes/pull/7/merge")
	git(h.t, dir, "checkout", "-q", "--force", "refs/remotes/pull/7/merge")
	return dir
}

// pull is a runner that has checked out rev for the pull request.
func (h *hosted) pull(rev, depth string) *runner {
	h.t.Helper()
	r := newRunner(h.t, h.checkout(rev, depth))
	r.env["GITHUB_EVENT_NAME"], r.env["GITHUB_BASE_REF"], r.env["GITHUB_REF"] = "pull_request", h.target, "refs/pull/7/merge"
	r.env["GITHUB_SHA"] = h.commit("refs/pull/7/merge")
	return r
}

// On a pull request only what it brings counts, whatever actions/checkout has left out.
func TestActionOnPullRequest(t *testing.T) {
	h := newHosted(t, `release/it's_"$(touch${IFS}run)"`)
	inputs := map[string]string{"cache": "off"}
	for _, test := range []struct{ name, rev, depth string }{
		{"merge, shallow", "refs/pull/7/merge", "1"},
		{"merge, whole", "refs/pull/7/merge", "2147483647"},
		{"head, shallow", "refs/pull/7/head", "1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := h.pull(test.rev, test.depth)
			r.run(inputs).want(t, 1, moreAnnotation)
			if got := gitOutput(t, r.dir, "status", "--porcelain"); got != "" {
				t.Errorf("something was run: %s", got)
			}
		})
	}
	t.Run("all findings", func(t *testing.T) {
		j := h.pull("refs/pull/7/merge", "1").run(map[string]string{"cache": "off", "only-new": "false"})
		j.want(t, 1, moreAnnotation, strings.ReplaceAll(moreAnnotation, "more.go", "other.go"), priceAnnotation)
	})
	t.Run("merge queue", func(t *testing.T) {
		r := h.pull("refs/pull/7/merge", "1")
		r.env["GITHUB_EVENT_NAME"], r.env["GITHUB_BASE_REF"], r.env["GITHUB_REF"] = "merge_group", "", "refs/heads/gh-readonly-queue/main/pr-7"
		r.event["merge_group"] = map[string]any{"base_sha": h.commit("refs/pull/7/merge^1")}
		r.run(inputs).want(t, 1, moreAnnotation)
	})
}

// GitHub compares the uploaded log with that of the target branch, so it has all findings.
func TestActionUploadsAllOfPullRequest(t *testing.T) {
	r := newHosted(t, "main").pull("refs/pull/7/merge", "1")
	r.upload = "failure"
	j := r.run(map[string]string{"cache": "off", "upload-sarif": "true"})
	j.want(t, 1, moreAnnotation)
	text, err := os.ReadFile(j.outputs["sarif"])
	if err != nil || strings.Count(string(text), `"ruleId":`) != 3 {
		t.Errorf("%v, %s", err, text)
	}
	if text, err = os.ReadFile(j.outputs["json"]); err != nil || len(report(t, text).Findings) != 1 {
		t.Errorf("%v, %s", err, text)
	}
}

// Nothing passes because it could not be compared.
func TestActionCannotCompare(t *testing.T) {
	h := newHosted(t, "main")
	inputs := map[string]string{"cache": "off"}

	r := h.pull("refs/pull/7/merge", "1")
	git(t, r.dir, "remote", "set-url", "origin", "file:///no/such/place")
	const fetch = "::error title=cloudlint::git could not fetch what the change is compared with"
	j := r.run(inputs)
	j.want(t, 2, fetch)
	if !strings.Contains(j.log, "/no/such/place") {
		t.Errorf("git's own words are missing: %s", j.log)
	}

	r = h.pull("refs/pull/7/head", "1")
	r.env["GITHUB_BASE_REF"] = "gone"
	r.run(inputs).want(t, 2, fetch)

	// The event of those who want secrets: the checkout is the target branch, in which nothing is new.
	r = h.pull("main", "1")
	r.env["GITHUB_EVENT_NAME"], r.env["GITHUB_REF"], r.env["GITHUB_SHA"] = "pull_request_target", "refs/heads/main", h.commit("main")
	r.run(inputs).want(t, 2, "::error title=cloudlint::on pull_request_target, actions/checkout takes the target branch")

	r = h.pull("main", "1")
	if err := os.RemoveAll(filepath.Join(r.dir, ".git")); err != nil {
		t.Fatal(err)
	}
	r.run(inputs).want(t, 2, "::error title=cloudlint::git finds no commit")
}
