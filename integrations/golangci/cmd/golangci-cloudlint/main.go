// Golangci-cloudlint is golangci-lint with cloudlint in it. It is used in the place of golangci-lint, with the same
// configuration and the same arguments.
package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/golangci/golangci-lint/v2/pkg/commands"
	"github.com/golangci/golangci-lint/v2/pkg/exitcodes"

	_ "github.com/cloudlint/cloudlint/plugin" // registers the linters
)

func main() {
	info, _ := debug.ReadBuildInfo()
	if err := commands.Execute(describe(info)); err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "The command is terminated due to an error: %v\n", err)
		os.Exit(exitcodes.Failure)
	}
}

// describe says what --version prints. The version is also in the keys of golangci-lint's cache, so it names both programs;
// where one of them has none, it is left out, and golangci-lint takes a hash of the program.
func describe(info *debug.BuildInfo) commands.BuildInfo {
	if info == nil {
		return commands.BuildInfo{}
	}
	var linter, plugin string
	for _, m := range append(info.Deps, &info.Main) {
		switch version := strings.TrimPrefix(m.Version, "v"); {
		case m.Replace != nil || version == "(devel)":
		case m.Path == "github.com/golangci/golangci-lint/v2":
			linter = version
		case m.Path == "github.com/cloudlint/cloudlint":
			plugin = version
		}
	}
	b := commands.BuildInfo{GoVersion: info.GoVersion, Commit: cmp.Or(info.Main.Sum, "(unknown)"), Date: "(unknown)"}
	if linter != "" && plugin != "" {
		b.Version = linter + "-cloudlint-" + plugin
	}
	return b
}
