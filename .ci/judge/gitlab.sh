#!/usr/bin/env bash
# gitlab.sh GITLAB-CI-LOCAL REPOSITORY FOLDER: runs the template for GitLab CI, of the repository, in a project made in
# FOLDER. The project's variables are hostile.
set -euo pipefail
tool=$1 repository=$2 folder=$3

mkdir -p "$folder/store"
cd "$folder"
cat >go.mod <<END
module corp.example/shop

go 1.26.0

tool github.com/cloudlint/cloudlint/cmd/cloudlint

require github.com/cloudlint/cloudlint v0.0.0-00010101000000-000000000000

replace github.com/cloudlint/cloudlint => $repository
END
cat >store/store.go <<'END'
package store

import "net/http"

func Price(item string) (*http.Response, error) { return http.Get("http://prices.corp.example/" + item) }
END
cat >.gitlab-ci.yml <<END
include:
  - local: template.yml
cloudlint:
  variables:
    GOCACHE: $(go env GOCACHE)
    GOMODCACHE: $(go env GOMODCACHE)
    CLOUDLINT_ARGS: |
      --format=junit=it's "odd" \$(touch run).xml
      ./...
END
cp "$repository/integrations/gitlab/cloudlint.yml" template.yml
echo .gitlab-ci-local >.gitignore
go mod tidy
git init -q -b main
git add -A
git -c user.name=n -c user.email=e@x.y commit -q -m m
git remote add origin https://gitlab.example/corp/shop.git
git update-ref refs/remotes/origin/main HEAD
git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main

status=0
"$tool" --force-shell-executor cloudlint 2>&1 | tee log || status=$?
grep -q "json schema validated" log
grep -q "store/store.go:5:[0-9]*: CL2012 " log
ls
[ "$status" -eq 1 ]
[ -s "it's \"odd\" \$(touch run).xml" ]
[ ! -e run ]
