// Package cobra has the part of github.com/spf13/cobra that the tests use.
package cobra

// Command is a command of the command line.
type Command struct {
	Use  string
	RunE func(cmd *Command, args []string) error
}

// Execute runs the command.
func (c *Command) Execute() error { return c.RunE(c, nil) }
