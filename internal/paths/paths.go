// Package paths answers questions about the names of files and folders that several packages ask.
package paths

import "path/filepath"

// Below returns file relative to dir, and whether it is dir or lies below it, as far as their names tell.
func Below(dir, file string) (rel string, ok bool) {
	rel, err := filepath.Rel(dir, file)
	return rel, err == nil && filepath.IsLocal(rel)
}
