package unit

import (
	"fmt"
	"go/version"
	"runtime"
)

// MaxErrors is how many errors of a package are shown, as the compiler does.
const MaxErrors = 10

// CheckVersion reports that a package needs a newer Go than cloudlint was built with. The type checker would say that,
// too, but not what to do.
func CheckVersion(path, goVersion string) error {
	own, want := version.Lang(runtime.Version()), version.Lang(goVersion)
	if own == "" || version.Compare(want, own) <= 0 {
		return nil // or this is a development version, which knows best
	}
	return fmt.Errorf("package %s needs %s, but this cloudlint was built with %s: install it again with GOTOOLCHAIN=%s or newer",
		path, want, own, goVersion)
}
