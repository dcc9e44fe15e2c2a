#!/usr/bin/env bash
# What a hook costs on a real module: hook-cost.sh CLOUDLINT MODULE-FOLDER FILE WORK-FOLDER
#
# FILE is one of a package with findings, best of one that imports many others of the module. Copies the module to a new repository and runs what the hook runs. Fails if a warm run computes for more than 3 s;
# how long it takes, and what the system needs for it, depends on who else is working.
set -uo pipefail
cloudlint=$1 module=$2 old=$3 work=$4
export GIT_CONFIG_GLOBAL=$work/gitconfig GIT_CONFIG_NOSYSTEM=1 GOWORK=off
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
mkdir -p "$work"
cp -r "$module" "$work/module" && chmod -R u+w "$work/module" && cd "$work/module" && rm -rf .git || exit 1
git config --global user.name judge
git config --global user.email judge@corp.example
git init -q . && git add -A && git commit -qm old

# cost WHAT PATTERN COMMAND...: what it needs of time, and what the summary says, which has to match.
cost() {
	local TIMEFORMAT='%R %U %S'
	{ time "${@:3}" >"$work/out" 2>&1; } 2>"$work/time"
	read -r real user system <"$work/time"
	awk -v what="$1" -v r="$real" -v u="$user" -v s="$system" -v load="$(cut -d' ' -f1 /proc/loadavg 2>/dev/null)" \
		'BEGIN { printf "%-72s %6.1f s, user+sys %5.1f s (user %.1f), load %s\n", what, r, u + s, u, load }'
	grep -q "$2" "$work/out" || {
		cat "$work/out"
		exit 1
	}
}
hook() { cost "$1" "$2" "$cloudlint" --staged --new-from-rev=HEAD --changed; }

# edit FILE: a change that brings nothing.
edit() { printf '\n// Edited%d is new.\nfunc Edited%d() int { return %d }\n' $RANDOM "$1" "$1" >>"$2" && git add -A; }

packages=$(go list -f '{{.Dir}}/{{index .GoFiles 0}}' ./...)
cost "all packages, nothing has changed" "packages" "$cloudlint" --exit-zero ./...
edit 1 "$old"
hook "hook: one file of a package with findings, first time" "left out"
for _ in 1 2 3; do
	hook "hook: the same, warm" "left out"
	awk "BEGIN { exit !($user > 3) }" && slow=1
done
edit 2 "$old"
hook "hook: edited again" "left out"
printf '\nvar half-done' >>"$old"
hook "hook: with unstaged changes beside the staged ones" "left out"
git checkout -q "$old" && git commit -qm edited
for file in $packages; do edit 3 "$file"; done
git commit -qm pulled # as a git pull that changes all packages
edit 4 "$old"
hook "hook: after a pull that changes all $(wc -w <<<"$packages") packages, first time" "left out"
hook "hook: the same, warm" "left out"
GOCACHE=$work/gocache hook "hook: with an empty build cache, first time" "left out"
rm -rf "$work/gocache"
echo text >README.new && git reset -q && git add README.new
hook "hook: no Go file" "0 packages"
if [ -n "${slow-}" ]; then
	echo "a warm run computes for more than 3 s"
	exit 1
fi
