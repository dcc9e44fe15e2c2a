package orders

import (
	"testing"

	"lib"
)

// Fixture helps the tests of several packages; it is no part of the service.
func Fixture(tb testing.TB) {
	tb.Helper()
	lib.Deprecated()
}
