package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Parts are what a fingerprint is made of: what stays the same when lines move and messages are reworded.
type Parts struct {
	Code     string
	Package  string // import path
	Function string // as Finding.Function
	Op       string // kind of operation: "serve", "dial", "send" ...
	Object   string // the thing it works on, by its type or its name in the source
}

// fingerprintScheme is raised when the parts or their encoding change, so that a baseline made by another scheme is
// recognised instead of silently matching nothing.
const fingerprintScheme = "1"

// Fingerprint returns the identity of a finding, as "SCHEME:16 hexadecimal digits". Two findings of one function about
// the same kind of operation on the same object share it; whoever needs to tell them apart adds the occurrence.
func Fingerprint(p Parts) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{p.Code, p.Package, p.Function, p.Op, p.Object}, "\x00")))
	return fingerprintScheme + ":" + hex.EncodeToString(sum[:8])
}
