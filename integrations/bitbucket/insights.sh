#!/bin/sh
# insights.sh REPORT.json STATUS: shows a report (cloudlint --format json) of Bitbucket Pipelines in Code Insights, on the
# commit and its pull requests. STATUS is cloudlint's exit status. Needs jq and curl; the proxy of Pipelines signs in.
set -eu
report=$1 status=$2
url=http://api.bitbucket.org/2.0/repositories/$BITBUCKET_REPO_FULL_NAME/commit/$BITBUCKET_COMMIT/reports/cloudlint

# send METHOD URL sends standard input.
send() {
	answer=$(curl --silent --show-error --fail-with-body --proxy "${BITBUCKET_PROXY:-http://localhost:29418}" \
		--request "$1" --header 'Content-Type: application/json' --data-binary @- "$2") || {
		printf '%s\n' "Bitbucket refused $1 $2: $answer" >&2
		exit 1
	}
}

# What an earlier run told about this commit goes with its report.
send DELETE "$url" </dev/null

# What a baseline knows is nobody's business here.
fresh='.findings |= map(select(.baselineState != "unchanged"))'

jq --argjson status "$status" "$fresh"' | {
	title: "cloudlint", reporter: "cloudlint", report_type: "BUG", link: "https://github.com/cloudlint/cloudlint",
	result: (if $status == 0 then "PASSED" else "FAILED" end),
	details: ([(if .findings == [] then "No findings." else "\(.findings | length) findings." end),
		(if .findings[1000:] == [] then empty else "The first 1000 are shown." end),
		(.errors // [] | .[] | "Not analysed: \(.package // "") \(.message)")] | join("\n") | .[:2000]),
	data: [{title: "Findings", type: "NUMBER", value: (.findings | length)}]
}' "$report" | send PUT "$url"

# Bitbucket takes 1000 annotations of a report, and 100 at a time.
jq --compact-output "$fresh"'
	| ["error", "warning", "note"] as $order
	| [.findings | sort_by(.severity as $s | $order | index($s)) | .[:1000] | to_entries[] | .key as $i | .value | {
		external_id: "\(.fingerprint)-\($i)", annotation_type: "BUG",
		severity: {error: "HIGH", warning: "MEDIUM", note: "LOW"}[.severity],
		summary: "\(.code): \(.message)" | .[:450],
		details: ([.message, (.path // [] | .[] | "\(.file):\(.line) \(.message)")] | join("\n") | .[:2000]),
		link: .url
	} + (if (.file // "") == "" or (.file | startswith("/")) then {} else {path: .file, line: .line} end)]
	| range(0; length; 100) as $i | .[$i:$i + 100]' "$report" |
	while IFS= read -r annotations; do
		printf '%s' "$annotations" | send POST "$url/annotations"
	done
