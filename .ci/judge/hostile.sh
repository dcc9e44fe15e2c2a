#!/usr/bin/env bash
# Writes a module with the names that an attacker would choose to DIR: hostile.sh DIR
set -euo pipefail
mkdir -p "$1" && cd "$1"
git init -q .
printf 'module corp.example/shop\n\ngo 1.26\n' >go.mod
server='import "net/http"

func %s() { _ = http.ListenAndServe(":80", nil) }
'
file() { # NAME FUNCTION [FIRST LINES]
	printf 'package main\n\n%s'"$server" "${3-}" "$2" >"$1"
}
# The go command refuses names that begin with anything but a letter or digit; //line directives name what they like.
file main.go main
file 'a ##vso[task.setvariable variable=PATH]x.go' a
file "b ##teamcity[buildStop]|n'.go" b
file 'c::error::x,y=z;w%0A.go' c
file 'd]]><x y="1">&amp;.go' d
file 'e<img src=x>![a](b) @all #1 www.example.com.go' e
file 'f | `b` | größe 日本 🙂.go' f
file g.go g $'//line /etc/passwd:1\n'
file h.go h $'//line ##vso[task.complete]\u2028::error::x.go:7\n'
file i.go i $'//line ::stop-commands::x.go:7\n'
file j.go j $'//line <script>@all</script>.go:7\n'
mkdir broken
printf 'package broken\n\n//line ::error::<b>@all</b>##vso[task.complete]x.go:3\nvar x = undefined\n' >'broken/b<b>%0D,.go'
