// This main takes the place of cmd/cloudlint's, by an overlay, where .ci/release makes man pages: its arguments are the
// folder, the time of the commit in seconds since 1970, and the version.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra/doc"

	"github.com/cloudlint/cloudlint/internal/app"
)

func main() {
	if err := write(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "man pages:", err)
		os.Exit(1)
	}
}

func write(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("want a folder, a time and a version, got %q", args)
	}
	seconds, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return err
	}
	date := time.Unix(seconds, 0).UTC()
	root := newRoot(app.New(os.Stdout, os.Stderr, os.Getenv))
	root.DisableAutoGenTag = true
	return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Date: &date, Source: "cloudlint " + args[2], Manual: "cloudlint"}, args[0])
}
