#!/usr/bin/env bash
# Builds Bazel's nogo with the analyzers of this repository into a folder: nogo.sh FOLDER makes FOLDER/nogo. As Bazel's
# Go rules do it (rule nogo of rules_go, which the module proxy has), but by the go command: their builder generates the
# list of analyzers, and their nogo_main.go is built with it.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir -p "$1"
cd "$1"
export GOFLAGS=-mod=mod GOWORK=off

rules=$(go mod download -json github.com/bazelbuild/rules_go@v0.65.0 | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
builders=$rules/go/tools/builders
tools=$(cd "$root" && go list -m -f '{{.Dir}}' golang.org/x/tools)

# The program that writes the list.
mkdir -p generate
cp "$builders"/{generate_nogo_main,flags,env}.go generate
cat >generate/main.go <<-'EOF'
	package main

	import (
		"log"
		"os"
	)

	func main() {
		if err := genNogoMain(os.Args[1:]); err != nil {
			log.Fatal(err)
		}
	}
EOF
chmod -R u+w generate
(cd generate && go mod init generate.invalid 2>/dev/null && go build -o ../generator .)

# nogo imports an internal package of x/tools, which the go command allows inside x/tools only.
[ -d tools ] || cp -r "$tools" tools
chmod -R u+w tools
mkdir -p tools/cmd/nogo
cp "$builders"/{constants,env,flags,nogo_fix,nogo_goversions_go118,nogo_goversions_go121,nogo_goversions_go122,nogo_main,nogo_version,nolint}.go tools/cmd/nogo
chmod -R u+w tools/cmd/nogo
imports=()
for dir in "$root"/analyzers/*/; do
	name=$(basename "$dir")
	case $name in internal | testdata) continue ;; esac
	imports+=(-analyzer_importpath "github.com/cloudlint/cloudlint/analyzers/$name")
done
./generator -output tools/cmd/nogo/analyzers.go "${imports[@]}"

cat >go.mod <<-EOF
	module nogo.invalid

	go 1.26.0

	require (
		github.com/aymanbagabas/go-udiff v0.4.1
		github.com/cloudlint/cloudlint v0.0.0
		golang.org/x/tools v0.0.0
	)

	replace github.com/cloudlint/cloudlint => $root

	replace golang.org/x/tools => $1/tools
EOF
sed -n 's/ \/\/ indirect$//;/^\tgolang.org\/x\/\(mod\|sync\|sys\)/p;/^\thonnef/p' "$root/go.mod" | while read -r path version; do
	go mod edit -require="$path@$version"
done
go build -o nogo golang.org/x/tools/cmd/nogo
