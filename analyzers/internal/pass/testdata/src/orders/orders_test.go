package orders

import "lib"

func placeInTest() {
	lib.Deprecated()
}
