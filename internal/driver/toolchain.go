package driver

import (
	"fmt"
	"go/version"
	"runtime"
	"strings"
)

// CheckVersion returns an error if the module is written in a newer Go than the one that cloudlint was built with.
// installed is the version of the go command ("go1.26.8").
func CheckVersion(m Module, installed string) error {
	return checkVersion(m, runtime.Version(), installed)
}

// Skew says what can be wrong when cloudlint was built with an older Go ("go1.26.8") than the go command that it calls
// ("go1.27.4"): what that Go's library is written in, and the form of its export data, may be new to this cloudlint. It is
// empty where the two fit.
func Skew(built, command string) string {
	if !version.IsValid(built) || !version.IsValid(command) || version.Compare(version.Lang(command), version.Lang(built)) <= 0 {
		return ""
	}
	return fmt.Sprintf("cloudlint was built with %s, older than the go command's %s: packages that it cannot import need it built again, "+
		"by `GOTOOLCHAIN=%s go install github.com/cloudlint/cloudlint/cmd/cloudlint@latest`", built, command, command)
}

// checkVersion returns an error if a module is written in a newer Go than the one that cloudlint was built with, whose
// type checker would refuse every package of it. The versions are built, that of our own build ("go1.26.8"), and
// installed, that of the go command.
func checkVersion(m Module, built, installed string) error {
	needs := "go" + m.GoVersion
	if !version.IsValid(built) || !version.IsValid(needs) || version.Compare(version.Lang(needs), version.Lang(built)) <= 0 {
		return nil
	}
	// The toolchain to install with: the user's own, if it is new enough.
	toolchain := needs
	if version.IsValid(installed) && version.Compare(installed, needs) >= 0 {
		toolchain = installed
	} else if strings.Count(toolchain, ".") == 1 && toolchain == version.Lang(toolchain) {
		toolchain += ".0"
	}
	who := "module " + m.Path
	if m.Path == "" {
		who = "the standard library"
	}
	return fmt.Errorf("this cloudlint was built with %s, and %s needs %s: reinstall with `GOTOOLCHAIN=%s go install github.com/cloudlint/cloudlint/cmd/cloudlint@latest`",
		version.Lang(built), who, version.Lang(needs), toolchain)
}
