#!/usr/bin/env bash
# Tries .ci/release on a version of the commit HEAD, in clones in a new folder: release.sh FOLDER. What must be refused is; two
# clones, one with an empty build cache, make the same bytes; the module can be got and used as a tool.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source=$(git rev-parse HEAD)
mkdir -p "$1"
work=$(cd "$1" && pwd)
version=v0.99.0
export TARGETS=${TARGETS:-linux/amd64 windows/arm64}

refused() { # refused TEXT COMMAND...
	local text=$1 said
	shift
	if said=$("$@" 2>&1); then
		printf 'not refused: %s\n' "$*"
		exit 1
	fi
	printf '%s\n' "$said" | head -n 2
	grep -qF -- "$text" <<<"$said" || {
		printf 'that does not say: %s\n' "$text"
		exit 1
	}
}

git clone -q --shared . "$work/a"
cd "$work/a"
git checkout -q "$source"
git config user.name cloudlint
git config user.email cloudlint@invalid
refused "usage:" .ci/release 0.99
refused "there is no tag $version" .ci/release "$version"
git tag "$version"
refused "CHANGELOG.md has no text below" .ci/release "$version"
sed -i "s/^## \[Unreleased\]\$/&\n\n## [${version#v}] - 2026-01-01\n\nTried./" CHANGELOG.md
refused "the work tree has changes" .ci/release "$version"
git commit -qam "A version"
refused "the tag $version is on the commit $source" .ci/release "$version"
git tag -f "$version" >/dev/null
touch new.go
refused "the work tree has changes" .ci/release "$version"
rm new.go
git tag v0.99.1
refused "does not say \"mod	github.com/cloudlint/cloudlint	$version\"" .ci/release "$version" "$work/no"
git tag -d v0.99.1 >/dev/null

.ci/release "$version" "$work/out-a"
git clone -q "$work/a" "$work/elsewhere"
GOCACHE=$work/gocache GOFLAGS=-buildvcs=false GOAMD64=v3 "$work/elsewhere/.ci/release" "$version" "$work/out-b"
diff "$work/out-a/SHA256SUMS" "$work/out-b/SHA256SUMS"
(cd "$work/out-b" && sha256sum --check SHA256SUMS)
rm -rf "$work/gocache"

# What `go get` gets of this version, from a folder as its proxy, and all else from the usual one.
go run ./.ci/proxy "$work/proxy" "$version"
mkdir "$work/shop"
cd "$work/shop"
GOPROXY=file://$work/proxy,$(go env GOPROXY)
export GOPROXY GONOSUMDB='github.com/cloudlint/*' GOMODCACHE=$work/modcache GOFLAGS='-modcacherw -trimpath' CGO_ENABLED=0
printf 'module corp.example/shop\n\ngo 1.26.0\n' >go.mod
cat >shop.go <<-'EOF'
	package shop

	import "net/http"

	func Price(item string) (*http.Response, error) { return http.Get("http://prices.corp.example/" + item) }
EOF
go get -tool github.com/cloudlint/cloudlint/cmd/cloudlint@latest
grep -q "^tool github.com/cloudlint/cloudlint/cmd/cloudlint\$" go.mod
said=$(go tool cloudlint --version)
printf '%s\n' "$said"
[[ $said == "cloudlint $version (built with go"* ]]
said=$(go tool cloudlint ./... 2>/dev/null) && exit 1
printf '%s\n' "$said"
[[ $said == "shop.go:5:58: CL2012 "* ]]
