package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// oneArg wants exactly one argument. want says what to give.
func oneArg(want string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return errors.New(want)
		case len(args) > 1:
			return fmt.Errorf("%s is one too many: %s", args[1], want)
		}
		return nil
	}
}

// onlyCommands wants no argument: what stands there is meant as a command.
func onlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	near := ""
	cmd.SuggestionsMinimumDistance = 2
	if list := cmd.SuggestionsFor(args[0]); len(list) > 0 {
		near = fmt.Sprintf("; did you mean `%s %s`?", cmd.CommandPath(), list[0])
	}
	return fmt.Errorf("there is no command %s: %s has %s%s", args[0], cmd.CommandPath(), strings.Join(names, ", "), near)
}

// nothing wants no argument. instead says what might have been meant; it may be empty.
func nothing(instead string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		if instead != "" {
			instead = ": " + instead
		}
		return fmt.Errorf("%s takes no argument, and %s is one%s", cmd.CommandPath(), args[0], instead)
	}
}
