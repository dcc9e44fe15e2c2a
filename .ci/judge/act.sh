#!/usr/bin/env bash
# act.sh ACT REPOSITORY FOLDER: runs the action of the repository in act, another runner of GitHub's workflows, on a project
# made in FOLDER. The actions of others are stand-ins: the cache is off, the upload fails.
set -euo pipefail
act=$1 repository=$2 folder=$3

mkdir -p "$folder"/{project/store,project/.github/workflows,cache/restore,cache/save,codeql/upload-sarif}
cd "$folder"
for action in cache/restore cache/save codeql/upload-sarif; do
	cat >"$action/action.yml" <<-'END'
		name: stand-in
		description: fails
		inputs: {sarif_file: {description: a file}, path: {description: a folder}, key: {description: a key}, restore-keys: {description: keys}}
		runs:
		  using: composite
		  steps:
		    - run: echo "given $FILE"; exit 1
		      shell: bash
		      env: {FILE: "${{ inputs.sarif_file }}"}
	END
done
cat >project/.github/workflows/cloudlint.yml <<END
name: cloudlint
on: push
jobs:
  cloudlint:
    runs-on: ubuntu-latest
    steps:
      - run: git clone -q '$folder/project' .
      - uses: cloudlint/cloudlint@v0.1.0
        id: cloudlint
        with:
          cache: off
          upload-sarif: true
          args: |
            --format=junit=it's "odd" \$(touch run).xml
            ./...
      - if: always()
        run: cloudlint --version; echo "status is \$STATUS"; ls -1
        env:
          STATUS: \${{ steps.cloudlint.outputs.exit-status }}
END
cd project
cat >go.mod <<'END'
module corp.example/shop

go 1.26
END
cat >store/store.go <<'END'
package store

import "net/http"

func Price(item string) (*http.Response, error) { return http.Get("http://prices.corp.example/" + item) }
END
git init -q -b main
git add -A
git -c user.name=n -c user.email=e@x.y commit -q -m m
git remote add origin https://github.com/corp/shop.git

locals=(--local-repository "cloudlint/cloudlint@v0.1.0=$repository")
while read -r name version; do
	locals+=(--local-repository "$name@$version=$folder/$(basename "${name%-action}")")
done < <(sed -n 's|.*uses: \([a-z]*/[a-z-]*\)/[a-z-]*@\([0-9a-f]*\).*|\1 \2|p' "$repository/action.yml" | sort -u)
status=0
"$act" push -P ubuntu-latest=-self-hosted --no-cache-server --use-new-action-cache --action-cache-path "$folder/actions" "${locals[@]}" >../log 2>&1 || status=$?
grep -v LocalRepository ../log
[ "$status" -eq 1 ]
for line in 'given .*/cloudlint.sarif' 'Failed but continue next step' '::warning file=store/store.go,line=5,' \
	'could not be uploaded' 'cloudlint devel' 'status is 1' "it.* \"odd\" \$(touch run).xml"; do
	grep -q -- "$line" ../log || { echo "the log has no $line"; exit 1; }
done
if grep -Eq '\| run *$' ../log; then
	echo "an input was run"
	exit 1
fi
