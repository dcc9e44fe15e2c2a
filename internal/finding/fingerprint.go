package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Parts are what a fingerprint is made of: what stays the same when lines move and messages are reworded.
type Parts struct {
	Code     string
	Package  string // import path; of the cause, where the finding has an Origin
	Function string // as Finding.Function; of the cause, where the finding has an Origin
	Op       string // kind of operation: "serve", "dial", "send" ...
	Object   string // the thing it works on, by its type or its name in the source
}

// fingerprintScheme is raised when the parts or their encoding change, so that a baseline made by another scheme is
// recognised instead of silently matching nothing.
const fingerprintScheme = "2"

// Fingerprint returns the identity of a finding, as "SCHEME:PACKAGE-REST": 8 hexadecimal digits that stand for the package
// and 16 for the other parts, so that a finding whose package has moved can be recognised (Identity). Two findings of one
// function about the same kind of operation on the same object share it: whoever needs to tell them apart counts them, for
// a number in the identity would belong to another finding when the first of them is mended.
func Fingerprint(p Parts) string {
	return fingerprintScheme + ":" + digits(4, p.Package) + "-" + digits(8, p.Code, p.Function, p.Op, p.Object)
}

// Identity returns the part of a fingerprint that does not depend on the package, 16 hexadecimal digits. It is empty for
// a text that is no fingerprint of this scheme.
func Identity(fingerprint string) string {
	rest, ok := strings.CutPrefix(fingerprint, fingerprintScheme+":")
	_, id, found := strings.Cut(rest, "-")
	if !ok || !found || len(id) != 16 {
		return ""
	}
	return id
}

// digits are those of the first bytes of the hash of a list.
func digits(bytes int, list ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(list, "\x00")))
	return hex.EncodeToString(sum[:bytes])
}
