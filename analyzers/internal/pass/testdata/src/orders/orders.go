// Package orders calls what the test analyzer looks for.
package orders

import "lib"

func place() {
	lib.Deprecated()
}

func cancel() {
	lib.Preview()
}

// Each of these is silenced.
func silenced() {
	lib.Deprecated() //cloudlint:ignore CL9001 the old path is kept for one release

	//nolint:deprecatedcall
	lib.Deprecated()

	//lint:ignore deprecated-call,SA1019 as above
	for range 3 {
		lib.Deprecated()
	}
}
