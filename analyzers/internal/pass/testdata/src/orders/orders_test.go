package orders

import (
	"testing"

	"lib"
)

func TestPlace(t *testing.T) {
	lib.Deprecated()
}
