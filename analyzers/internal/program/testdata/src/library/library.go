// Package library is used by others, which may call what it exports as often as they like.
package library

import "github.com/spf13/cobra"

func work() {}

func init() { unexported() }

func unexported() { go work() } // want "once"

func Exported() { go work() }

// Only a command is called so.
func Import(cmd *cobra.Command, args []string) { go work() } // want "once, in a command"

// A list of names is no command's alone.
func ImportAll(name string, args []string) { go work() }
