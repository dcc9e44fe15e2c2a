package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A choice is a flag that takes one of a few words.
type choice struct {
	value   *string
	allowed []string
}

// newChoice returns a flag with its default and the other words; an empty default is no word.
func newChoice(value *string, def string, others ...string) *choice {
	*value = def
	c := &choice{value: value, allowed: others}
	if def != "" {
		c.allowed = append([]string{def}, others...)
	}
	return c
}

func (c *choice) String() string { return *c.value }

func (c *choice) Set(s string) error {
	if !slices.Contains(c.allowed, s) {
		return errors.New("want " + strings.Join(c.allowed, ", "))
	}
	*c.value = s
	return nil
}

// Type is what help shows for the value.
func (c *choice) Type() string { return "word" }

// completeChoice completes the words of a choice.
func completeChoice(cmd *cobra.Command, flags *pflag.FlagSet, name string) {
	c := flags.Lookup(name).Value.(*choice)
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(c.allowed, cobra.ShellCompDirectiveNoFileComp))
}
