package unit

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"go/version"
	"runtime"
	"slices"
)

// MaxErrors is how many errors of a package are shown, as the compiler does.
const MaxErrors = 10

// TypeErrors collects the errors of the type checker.
type TypeErrors struct{ list []types.Error }

// Add is for types.Config.Error.
func (e *TypeErrors) Add(err error) {
	if te := new(types.Error); errors.As(err, te) {
		e.list = append(e.list, *te)
	}
}

// Messages returns the errors in the order of the source. format makes one line of a place and a text.
func (e *TypeErrors) Messages(format func(at token.Position, text string) string) []string {
	slices.SortStableFunc(e.list, func(a, b types.Error) int { return cmp.Compare(a.Pos, b.Pos) })
	var messages []string
	for _, te := range e.list {
		if len(messages) == MaxErrors {
			return append(messages, "too many errors")
		}
		messages = append(messages, format(te.Fset.Position(te.Pos), te.Msg))
	}
	return messages
}

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
