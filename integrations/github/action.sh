#!/usr/bin/env bash
# The steps of action.yml: prepare, install, run, report. It runs in bash 3.2 (macOS) and in git's bash for Windows, too.
#
# Whatever it reads may come from a pull request: inputs, names of branches, output of go. So values are only used
# between quotes, and nothing that others print can be a workflow command.
set -eu

package=github.com/cloudlint/cloudlint/cmd/cloudlint
work=$RUNNER_TEMP/cloudlint

fail() {
	printf '::error title=cloudlint::%s\n' "$(escape "$1")" >&2
	exit 2
}

# escape prints a text as the data of a workflow command.
escape() { printf '%s' "$1" | sed -e 's/%/%25/g' -e "s/$(printf '\r')/%0D/g" | awk 'NR > 1 { printf "%%0A" } { printf "%s", $0 }'; }

output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

is_one_of() {
	local name=$1 value=$2 word
	shift 2
	for word; do
		[ "$value" != "$word" ] || return 0
	done
	fail "the input $name is \"$value\": want one of $*"
}

enter() { cd "$INPUT_WORKING_DIRECTORY" || fail "there is no folder $INPUT_WORKING_DIRECTORY (input working-directory)"; }

has_commit() { git rev-parse --quiet --verify "$1^{commit}" >/dev/null 2>&1; }

# fetch gets history that actions/checkout has left out.
fetch() {
	quietly git fetch --quiet --no-tags "$@" >&2 ||
		fail "git could not fetch what the change is compared with; let actions/checkout do it (fetch-depth: 0), or set only-new: false"
}

# quietly runs a command whose output is not ours: no line of it is a workflow command. There is one stream, because the
# runner reads two in no certain order.
quietly() {
	local token status=0
	token=$(head -c 32 /dev/urandom | git hash-object --stdin)
	echo "::stop-commands::$token"
	"$@" 2>&1 || status=$?
	printf '\n::%s::\n' "$token" # on a line of its own, whatever was printed
	return "$status"
}

# compare_with prints the flag for what a pull request or merge queue brings; elsewhere nothing.
compare_with() {
	local base
	case $GITHUB_EVENT_NAME in
	merge_group)
		has_commit "$MERGE_GROUP_BASE" || fetch --depth=1 origin "$MERGE_GROUP_BASE"
		echo "--new-from-rev=$MERGE_GROUP_BASE"
		return
		;;
	pull_request | pull_request_target) ;;
	*) return ;;
	esac
	if [ "$(git rev-parse HEAD)" != "$GITHUB_SHA" ]; then # not what actions/checkout takes by itself
		base=refs/remotes/origin/$GITHUB_BASE_REF
		if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
			fetch --unshallow origin "+refs/heads/$GITHUB_BASE_REF:$base"
		elif ! has_commit "$base"; then
			fetch origin "+refs/heads/$GITHUB_BASE_REF:$base"
		fi
		echo "--new-from-merge-base=$base"
		return
	fi
	case $GITHUB_REF in
	refs/pull/*/merge) ;;
	*) fail "on $GITHUB_EVENT_NAME, actions/checkout takes the target branch, not the pull request: use the event pull_request" ;;
	esac
	# The merge of the pull request into its target, whose last commit is the first parent.
	has_commit "HEAD^1" || fetch --deepen=1 origin "$GITHUB_SHA"
	echo "--new-from-rev=$(git rev-parse --verify "HEAD^1^{commit}")"
}

prepare() {
	is_one_of cache "$INPUT_CACHE" auto always restore off
	is_one_of only-new "$INPUT_ONLY_NEW" true false
	is_one_of upload-sarif "$INPUT_UPLOAD_SARIF" true false
	command -v go >/dev/null || fail "there is no go command: run actions/setup-go before"
	enter
	git rev-parse --quiet --verify HEAD >/dev/null || fail "git finds no commit in $PWD: run actions/checkout before"
	local compare='' modcache modules job platform
	if [ "$INPUT_ONLY_NEW" = true ]; then
		compare=$(compare_with)
	fi
	output compare "$compare"

	output gocache "$(go env GOCACHE)"
	# actions/setup-go may have restored the module cache, and its files cannot be written again.
	modcache=$(go env GOMODCACHE)
	if [ -d "$modcache/cache/download" ]; then
		modcache=
	fi
	output gomodcache "$modcache"
	platform=$(go env GOOS GOARCH GOVERSION | tr -d '\r' | tr '\n' '-' | tr -c 'A-Za-z0-9._-' '_')
	job=$(printf '%s\n' "$INPUT_WORKING_DIRECTORY" "$INPUT_ARGS" | git hash-object --stdin | cut -c 1-12)
	modules=$(git ls-files --stage -- ':(top)*go.sum' ':(top)*go.mod' | git hash-object --stdin | cut -c 1-12)
	output same-go "cloudlint-1-$platform"
	output same-job "cloudlint-1-$platform$job-"
	output same-modules "cloudlint-1-$platform$job-$modules-"
	output key "cloudlint-1-$platform$job-$modules-$GITHUB_SHA"
}

# install puts the program into a folder of its own, which later steps of the job find, too. The program is the same, byte for
# byte, wherever the action lies: what go vet has kept belongs to the program that has found it.
install() {
	local module
	enter
	unset GOOS GOARCH # the program is for this machine, whatever is analysed
	# actions/setup-go sets it to local, and its Go may be older than the one that cloudlint is built with.
	[ "$(go env GOTOOLCHAIN)" != local ] || export GOTOOLCHAIN=auto
	module=$(go env GOMOD)
	mkdir -p "$work/bin"
	if [ -n "$INPUT_VERSION" ]; then
		GOFLAGS='' GOBIN=$work/bin quietly go install -trimpath "$package@$INPUT_VERSION" || fail "there is no cloudlint $INPUT_VERSION to install (input version)"
	elif [ -f "$module" ] && go mod edit -json "$module" | grep -Fq "\"$package\""; then
		quietly go build -o "$work/bin/" "$package" || fail "cloudlint, a tool of $module, could not be built"
	else
		cd "$GITHUB_ACTION_PATH"
		GOFLAGS='' GOWORK=off quietly go build -trimpath -buildvcs=false -o "$work/bin/" ./cmd/cloudlint || fail "cloudlint could not be built: it needs Go 1.26 or newer, say go-version: 1.26 for actions/setup-go"
	fi
	echo "$work/bin" >>"$GITHUB_PATH"
	"$work/bin/cloudlint" --version
}

# cloudlint runs the program with the lines of the input args behind the given flags.
cloudlint() {
	local line
	while IFS= read -r line; do
		line=${line%"$(printf '\r')"}
		[ -n "$line" ] || continue
		case ${line%%=*} in
		-*[[:blank:]]*) fail "each line of the input args is one argument: write --flag=value, and packages on lines of their own, instead of \"$line\"" ;;
		esac
		set -- "$@" "$line"
	done <<-END
		$INPUT_ARGS
	END
	quietly "$work/bin/cloudlint" "$@"
}

run() {
	local save=false status=0 sarif=
	enter
	rm -f "$work/annotations" "$work/cloudlint.json" "$work/cloudlint.sarif"
	case $INPUT_CACHE in
	always) save=true ;;
	auto) [ -n "$CACHE_MATCHED_KEY" ] && [ "$GITHUB_REF" != "refs/heads/$DEFAULT_BRANCH" ] || save=true ;;
	esac
	[ "$CACHE_HIT" != true ] || save=false
	output save "$save"

	set -- "--format=github=$work/annotations" "--format=json=$work/cloudlint.json"
	# Only the vet driver fills the cache. Left to itself, cloudlint takes the other one while the cache is empty.
	case $save-$(go env GOVERSION) in
	false-* | *-go1.1[0-9]* | *-go1.2[0-5]*) ;;
	*) set -- --driver=vet "$@" ;;
	esac
	if [ "$INPUT_UPLOAD_SARIF" = true ]; then
		sarif=$work/cloudlint.sarif
		if [ -z "$COMPARE" ]; then
			set -- "$@" "--format=sarif=$sarif"
		else
			# GitHub compares by itself, and would take findings that are left out for mended.
			echo "All findings, for code scanning:"
			cloudlint --exit-zero "--format=sarif=$sarif" || status=$?
		fi
	fi
	status=0
	[ -z "$COMPARE" ] || echo "What the change brings:"
	cloudlint ${COMPARE:+"$COMPARE"} "$@" || status=$?
	output status "$status"
	[ ! -f "$work/cloudlint.json" ] || output json "$work/cloudlint.json"
	[ ! -f "$sarif" ] || output sarif "$sarif"
}

report() {
	if [ -f "$work/annotations" ]; then
		if [ "$UPLOAD_OUTCOME" = success ]; then # code scanning shows them in the pull request
			sed -n '/^::group::/,$p' "$work/annotations"
		else
			cat "$work/annotations"
		fi
	fi
	if [ "$UPLOAD_OUTCOME" = failure ]; then
		echo "The SARIF log could not be uploaded, so findings are annotations. Code scanning needs the permission security-events: write, and in private repositories GitHub Code Security."
	fi
	exit "$RUN_STATUS"
}

case ${1-} in
prepare | install | run | report) "$1" ;;
*) fail "action.sh is part of action.yml" ;;
esac
