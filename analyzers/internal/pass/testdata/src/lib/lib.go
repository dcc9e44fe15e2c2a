// Package lib is imported by orders.
package lib

// The line numbers of this file are known to the test.

// Deprecated is called from another package.
func Deprecated() {}

// Preview too.
func Preview() {}
