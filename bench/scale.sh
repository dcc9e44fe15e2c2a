#!/usr/bin/env bash
# One run over ten modules, more than two million lines of Go, on a terminal: bench/scale.sh [FOLDER [FLAG...]]. Prints what it cost,
# and checks the progress line: it counts every package once, up to all of them. FOLDER (default: a temporary one) gets the report
# and what the terminal showed. Needs the programs script and GNU time (Debian: bsdutils, time), and what bench/findings needs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=${1:-$(mktemp -d)}
shift || true
mkdir -p "$out"
out=$(cd "$out" && pwd)
names=clientgo,grpc,nats,natsgo,etcd,prometheus,traefik,quic,sarama,controllerruntime
mapfile -t dirs < <(go run ./bench/findings -dirs -only "$names")
go build -o "$out/cloudlint" ./cmd/cloudlint
printf 'load %s, %s processors, %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)" "$(nproc)" "$("$out/cloudlint" --version)"
printf '%s lines in the Go files of %s modules\n' "$(find "${dirs[@]}" -name '*.go' -exec cat {} + | wc -l)" "${#dirs[@]}"

# One command for all: patterns of several modules.
parent=$(dirname "${dirs[0]}")
patterns=()
for dir in "${dirs[@]}"; do patterns+=("./$(basename "$dir")/..."); done
printf -v command '%q ' env GOWORK=off GOFLAGS=-mod=mod "$(command -v time)" -f '%M KB peak, %U s user, %S s system, %e s wall' -o "$out/cost" \
	"$out/cloudlint" -C "$parent" --driver=source --exit-zero --format "json=$out/report.json" "$@" "${patterns[@]}"
# Three packages of nats.go's tests need a module that no proxy has: status 3, with all others analysed.
status=0
TERM=xterm script -qec "$command" "$out/terminal" >/dev/null </dev/null || status=$?
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || { echo "exit status $status"; exit 1; }
cat "$out/cost"
grep -a 'source driver' "$out/terminal" | sed 's/.*\x1b\[K//'
jq -r '"\(.findings | length) findings, \(.errors | length) errors"' "$out/report.json" 2>/dev/null || true
tr '\r' '\n' <"$out/terminal" | sed -n 's/.*\[\([0-9]*\)\/\([0-9]*\)\] .*/\1 \2/p' | awk '
	NR > 1 && ($1 < last || $2 != all) { print "the progress line goes from " last "/" all " to " $1 "/" $2; wrong = 1 }
	{ last = $1; all = $2; lines++ }
	END {
		if (lines < 10 || last > all || last < 0.98 * all) { print "the progress line ends at " last "/" all " after " lines + 0 " lines"; wrong = 1 }
		else print "the progress line was drawn " lines " times, up to " last "/" all
		exit wrong
	}'
