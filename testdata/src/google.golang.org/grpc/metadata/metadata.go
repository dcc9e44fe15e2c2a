// Package metadata has the part of google.golang.org/grpc/metadata that the tests use.
package metadata

// MD is metadata.
type MD map[string][]string
