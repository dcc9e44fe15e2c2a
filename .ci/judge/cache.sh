#!/usr/bin/env bash
# Three machines share a build cache by GOCACHEPROG: cache.sh FOLDER MODULE. Each has an empty GOCACHE, the third has the module
# in another folder. The second and the third must find the same as the first, and analyse nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mkdir -p "$1"
work=$(cd "$1" && pwd)
module=$2
go build -o "$work/cloudlint" ./cmd/cloudlint
go build -o "$work/cacheprog" ./cmd/cloudlint/testdata/cacheprog
cp -r "$module" "$work/elsewhere"
export CI=true GOWORK=off GOFLAGS=-trimpath
TIMEFORMAT='%U s user, %S s system, %R s wall'
for machine in 1 2 3; do
	dir=$module
	[ "$machine" -ne 3 ] || dir=$work/elsewhere
	export GOCACHE=$work/gocache-$machine GOCACHEPROG="$work/cacheprog $work/shared $work/stats-$machine"
	time "$work/cloudlint" -C "$dir" --preview --exit-zero --format "json=$work/report-$machine.json" ./...
	# One line for each time that the go command was run.
	awk '{ hits += $1; misses += $3; puts += $5 } END { print hits + 0, "hits,", misses + 0, "misses,", puts + 0, "puts" }' \
		"$work/stats-$machine" | tee "$work/sum-$machine"
	grep -v '"seconds":\|"root":' "$work/report-$machine.json" >"$work/found-$machine.json"
	rm -rf "$GOCACHE"
	if [ "$machine" -ne 1 ]; then
		diff "$work/found-1.json" "$work/found-$machine.json"
		grep -q ' 0 puts' "$work/sum-$machine"
	fi
done
grep -c '"code":' "$work/found-1.json" | sed 's/$/ findings, the same three times/'
du -sh "$work/shared" | sed 's/\t.*/ in the shared cache/'
