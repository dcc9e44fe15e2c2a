#!/usr/bin/env bash
# The hooks in the programs that run them: hooks.sh CLOUDLINT-REPOSITORY NPM-FOLDER WORK-FOLDER
#
# Commits to a repository of two modules, one of whose packages is old and has findings, through pre-commit, which installs the
# hooks of the repository's HEAD, and through lefthook, lint-staged and husky. Needs pre-commit, and cloudlint on the PATH.
set -uo pipefail
source=$1 npm=$2 work=$3
export PRE_COMMIT_HOME=$work/pre-commit GIT_CONFIG_GLOBAL=$work/gitconfig GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE LEFTHOOK HUSKY SKIP CI
mkdir -p "$work"
git config --global user.name judge
git config --global user.email judge@corp.example
git config --global init.defaultBranch main
git config --global --add safe.directory '*'
failed=0

# timed COMMAND...: its output is in $out, its exit status in $status, what it cost in $took.
timed() {
	local TIMEFORMAT='%1R s, user %1U s'
	{ time "$@" >"$work/out" 2>&1 </dev/null; } 2>"$work/took"
	status=$?
	out=$(<"$work/out") took=$(<"$work/took")
}

# expect WHAT pass|refuse PATTERN COMMAND...: the command's exit status, and what its output matches; "!PATTERN": does not.
expect() {
	local what=$1 want=$2 pattern=$3 got=refuse said=1
	shift 3
	timed "$@"
	[ "$status" -eq 0 ] && got=pass
	case $pattern in
	!*) ! grep -qE -- "${pattern#!}" <<<"$out" || said=0 ;;
	?*) grep -qE -- "$pattern" <<<"$out" || said=0 ;;
	esac
	if [ "$got" = "$want" ] && [ "$said" -eq 1 ]; then
		printf 'ok    %s (%s)\n' "$what" "$took"
	else
		printf 'WRONG %s: exit status %s, want %s and %s\n%s\n' "$what" "$status" "$want" "${pattern:-any output}" "$out"
		failed=1
	fi
}

# also PATTERN: what the output of the last command matches as well.
also() {
	grep -qE -- "$1" <<<"$out" || {
		printf 'WRONG and it does not say %s:\n%s\n' "$1" "$out"
		failed=1
	}
}

commit() { expect "$1" "$2" "$3" git commit -qm "$1" "${@:4}"; }

# call PACKAGE FUNCTION: a function with a finding, CL2012.
call() { printf 'func %s() error {\n\tresp, err := http.Get("http://%s.corp.example/")\n\tif err != nil {\n\t\treturn err\n\t}\n\treturn resp.Body.Close()\n}\n' "$2" "$1"; }

# file PACKAGE FUNCTION...: a Go file of functions with findings.
file() {
	printf 'package %s\n\nimport "net/http"\n' "$1"
	local f
	for f in "${@:2}"; do printf '\n%s\n' "$(call "$1" "$f")"; done
}

# repository DIR: two modules and a folder of no module; the package old has findings.
repository() {
	mkdir -p "$1"/{old,new,tool,script} && cd "$1" || exit 1
	git init -q .
	printf 'module corp.example/shop\n\ngo 1.26\n' >go.mod
	printf 'module corp.example/tool\n\ngo 1.26\n' >tool/go.mod
	file old A B C D >old/old.go
	printf 'package old\n\n// Size is a size.\nconst Size = 1\n' >old/size.go
	printf 'package new\n\n// Sum adds.\nfunc Sum(a, b int) int { return a + b }\n' >new/new.go
	printf 'package main\n\nfunc main() {}\n' >tool/main.go
	printf 'package main\n\nfunc main() {}\n' >script/run.go
	printf 'package new\n\nimport "net/http"\n\nvar client = &http.Client{}\n\nfunc ask() error {\n\tresp, err := client.Get("http://x.corp.example/")\n\tif err != nil {\n\t\treturn err\n\t}\n\treturn resp.Body.Close()\n}\n\nvar _ = ask\n' >new/client.go
	printf 'package new\n\nimport "time"\n\nfunc init() { client.Timeout = time.Second }\n' >new/timeout.go
}

# back: as after the last commit.
back() { git reset -q --hard && git clean -qfd; }

# story [named]: what every client has to do right. Hooks are installed, the last commit is clean. named: the client names the
# files of the commit, and does not name deleted ones.
story() {
	add() { printf '\nvar x%d = 1\n' $RANDOM$RANDOM >>new/new.go && git add -A; } # a change without findings
	add
	commit "a clean commit passes" pass ""
	sed -i '0,/return err$/s//return nil \/\/ ignored/' old/old.go && git add -A
	commit "one line in an old package full of findings passes" pass "!CL2012"
	call old E >>old/old.go && git add -A
	commit "a new finding is refused" refuse "old/old.go:3[0-9]:.*CL2012"
	[ "$(grep -c ': CL2012 ' <<<"$out")" -eq 1 ] || also "only one finding"
	back
	file new E >new/e.go && sed -i 's/Size = 1/Size = 2/' old/size.go
	printf 'package main\n\nimport "net/http"\n\nfunc main() { http.Get("http://x.corp.example/") }\n' >tool/main.go && git add -A
	commit "two packages and a second module in one commit" refuse "new/e.go:6:.*CL2012"
	also "tool/main.go:5:"
	back
	if [ -z "${1-}" ]; then
		git rm -q new/timeout.go && add
		commit "a deleted file, without which others have a finding" refuse "new/client.go:5:.*CL2011"
		back
	fi
	git rm -q old/size.go && add
	commit "a deleted file that leaves nothing new behind passes" pass ""
	printf 'package new\n\n// Zero is none.\nconst Zero = 0\n' >new/zero.go && git add -A
	file new H >new/new.go # not staged: a new finding, and Sum is gone
	cp new/new.go "$work/unstaged"
	commit "unstaged changes beside staged ones are not looked at" pass ""
	cmp -s new/new.go "$work/unstaged" || {
		echo "WRONG the unstaged change is gone"
		failed=1
	}
	back
	mkdir -p new/testdata/x && echo 'package x(' >new/testdata/x/x.go
	printf '//go:build ignore\n\npackage main\n' >new/gen.go
	printf 'package new\n' >new/new_plan9.go && printf '\nvar x = 1\n' >>script/run.go && git add -A
	commit "testdata, other systems, tools with build constraints, no module: pass" pass ""
	add
	file new I >new/i.go && git add -A
	commit "git commit FILE: the other staged file is not part of it" pass "" new/new.go
	back
	printf '\nfunc broken() { undefined() }\n' >>new/new.go
	commit "git commit -a of code that does not compile is refused" refuse "new/new.go:[0-9]+:.*undefined" -a
	back
	echo text >README.md && git add -A
	commit "a commit without Go files passes" pass ""
}

config() { # LINE...: of the hooks in .pre-commit-config.yaml
	printf 'repos:\n- repo: file://%s\n  rev: %s\n  hooks:\n' "$source" "$(git -C "$source" rev-parse HEAD)"
	printf '  %s\n' "$@"
}

echo "== $(pre-commit --version), $(git --version)"
expect "validate-manifest" pass "" pre-commit validate-manifest "$source/.pre-commit-hooks.yaml"
repository "$work/shop"
config "- id: cloudlint" "- id: cloudlint-config" >.pre-commit-config.yaml
git add -A && git commit -qm old
expect "install" pass "" pre-commit install --install-hooks
story

git rm -q new/timeout.go
commit "pre-commit itself skips a commit that only deletes files" pass "no files to check"
git reset -q --hard HEAD~1
printf 'version: 1\n' >.cloudlint.yml && mkdir -p tool && printf 'version: 1\ndisabel: [CL2012]\n' >tool/.cloudlint.yml && git add -A
commit "a mistake in a second module's configuration is refused" refuse "tool/.cloudlint.yml:2:1: .*disable"
printf 'version: 1\ndisable: [CL2012]\n' >tool/.cloudlint.yml && git add -A
commit "a configuration without mistakes passes" pass ""
config "- id: cloudlint" "  always_run: true" "  args: [--fail-on=error]" "- id: cloudlint-system" >.pre-commit-config.yaml && git add -A && git commit -qm config 2>/dev/null
git rm -q new/timeout.go && printf '\nvar last = 45\n\nvar _ = last\n' >>new/new.go && git add -A
commit "args are added, and cloudlint-system runs what is on the PATH" refuse "on PATH.*Failed"
if ! grep -qE '^cloudlint\.+Passed' <<<"$out"; then
	printf 'WRONG --fail-on=error has no effect:\n%s\n' "$out"
	failed=1
fi
back
sed -i '/args/d' .pre-commit-config.yaml && git commit -qam "always_run" 2>/dev/null
git rm -q new/timeout.go
commit "always_run: a commit that only deletes files is refused" refuse "new/client.go:5:.*CL2011"
back
git worktree add -q "$work/linked" && cd "$work/linked" && call old Z >>old/old.go && git add -A
commit "in a linked worktree" refuse "old/old.go:3[0-9]:"
cd "$work/shop" || exit 1
expect "try-repo cloudlint-full finds the old ones" refuse "old/old.go:6:.*CL2012" pre-commit try-repo "$source" cloudlint-full --all-files
expect "cloudlint with --all-files, and nothing staged" pass "" pre-commit run cloudlint --all-files
printf '  - id: cloudlint-full\n    args: [./tool/...]\n' >>.pre-commit-config.yaml && git add -A
expect "cloudlint-full with another module" pass "cloudlint \(full\).*Passed" pre-commit run cloudlint-full --all-files --verbose
"$PRE_COMMIT_HOME"/repo*/golangenv-*/bin/cloudlint --version

PATH=$npm/node_modules/.bin:$PATH
files="cloudlint --staged --new-from-rev=HEAD"
echo "== lefthook $(lefthook version | cut -d' ' -f1): cloudlint finds the files"
repository "$work/lefthook"
printf 'pre-commit:\n  jobs:\n    - name: cloudlint\n      glob: "*.go"\n      run: %s --changed\n' "$files" >lefthook.yml
git add -A && git commit -qm old
expect "install" pass "" lefthook install
story

echo "== lefthook: {staged_files}"
repository "$work/lefthook-files"
printf 'pre-commit:\n  jobs:\n    - name: cloudlint\n      glob: "*.go"\n      run: %s {staged_files}\n' "$files" >lefthook.yml
git add -A && git commit -qm old
expect "install" pass "" lefthook install
story named

echo "== husky and lint-staged $(lint-staged --version)"
repository "$work/husky"
printf '{"private": true, "lint-staged": {"*.go": "%s"}}\n' "$files" >package.json
git add -A && git commit -qm old
expect "install" pass "" husky
echo lint-staged >.husky/pre-commit && git add -A
story named
echo "$files --changed" >.husky/pre-commit && git add -A && git commit -qm "husky alone"
git rm -q new/timeout.go
commit "husky alone: a deleted file, without which others have a finding" refuse "new/client.go:5:.*CL2011"
exit "$failed"
