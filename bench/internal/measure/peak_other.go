//go:build !unix

package measure

import (
	"errors"
	"os"
)

// peakMemory is not known: there is no account of a process with its descendants.
func peakMemory(*os.ProcessState) (int64, error) {
	return 0, errors.New("the benchmark needs a system that accounts for a process with its descendants: linux or darwin")
}
