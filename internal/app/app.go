// Package app is the cloudlint command without its flags: each exported method of App is what one subcommand does. It
// wires the parts together, which know nothing of each other: configuration, driver, lint, fix and render.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sirupsen/logrus"

	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/lint"
	"github.com/cloudlint/cloudlint/internal/nearest"
	"github.com/cloudlint/cloudlint/internal/render"
)

// Options are what all subcommands share.
type Options struct {
	Dir       string // where to work; Prepare makes it absolute
	Config    string // a configuration file
	Color     string // "auto", "always" or "never"
	LogLevel  string
	LogFormat string // "text" or "json"
	Debug     bool
}

// An App is one run of the command.
type App struct {
	Options Options

	stdout, stderr io.Writer
	getenv         func(string) string
	self           string // the vettool's executable; empty: this program
	log            *logrus.Logger
	progress       *progress
	prepared       bool
}

// New returns an App that writes to the files, or in tests to other writers.
func New(stdout, stderr io.Writer, getenv func(string) string) *App {
	a := &App{stdout: stdout, stderr: stderr, getenv: getenv, log: logrus.New()}
	a.progress = &progress{w: stderr}
	if f, ok := stderr.(*os.File); ok {
		if t := render.DetectTerminal(f, getenv); t.Frames {
			a.progress.width = cmp.Or(t.Width, 80)
		}
	}
	a.log.SetOutput(a.progress)
	a.log.SetFormatter(textLog{})
	a.log.SetLevel(logrus.WarnLevel)
	return a
}

// Prepare makes the shared options take effect. It comes before every other method.
func (a *App) Prepare() error {
	a.prepared = true
	o := &a.Options
	if o.LogFormat == "json" {
		a.log.SetFormatter(new(logrus.JSONFormatter))
	}
	if o.Debug {
		o.LogLevel = "debug"
	}
	if o.LogLevel != "" {
		level, err := logrus.ParseLevel(o.LogLevel)
		if err != nil {
			return Usagef("--log-level: %v", err)
		}
		a.log.SetLevel(level)
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return fmt.Errorf("the current folder is gone: %w", err)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return Usagef("-C %s: there is no such folder", o.Dir)
	}
	o.Dir = dir
	if o.Config != "" {
		o.Config = a.path(o.Config)
	}
	return nil
}

// path makes the name of a file absolute.
func (a *App) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(a.Options.Dir, name)
}

// Usagef returns the error for a mistake of the user.
func Usagef(format string, args ...any) error {
	return &driver.UsageError{Message: fmt.Sprintf(format, args...)}
}

// FlagError explains what is wrong with a flag; command and flags are those that the user typed it for.
func FlagError(err error, command string, flags []string) error {
	message := strings.Replace(err.Error(), "unknown flag: ", "there is no flag ", 1)
	if name, ok := strings.CutPrefix(message, "there is no flag "); ok {
		if near := nearest.Name(name, flags); near != "" {
			return Usagef("%s; did you mean %s?", message, near)
		}
	}
	return Usagef("%s; `%s --help` lists all", message, command)
}

// A statusError ends the program with a status; what there is to say has been said.
type statusError int

func (s statusError) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// Exit says why the run failed, if there is more to say, and returns the program's exit status. interrupted is the status
// for the signal that ended the run, or 0.
func (a *App) Exit(err error, interrupted int) int {
	a.progress.done()
	var status statusError
	switch {
	case err == nil:
		return lint.ExitClean
	case interrupted != 0:
		return interrupted
	case errors.As(err, &status):
		return int(status)
	}
	if !a.prepared {
		err = Usagef("%v", err) // the arguments did not fit the command
	}
	a.log.Error(err)
	code := lint.ExitCode(err, nil, nil, false)
	if code == lint.ExitFailed && !errors.Is(err, context.Canceled) {
		a.log.Info("`cloudlint doctor` describes the environment")
	}
	return code
}

// terminal says what standard output shows, as far as --color does not decide it.
func (a *App) terminal() render.Terminal {
	var t render.Terminal
	if f, ok := a.stdout.(*os.File); ok {
		t = render.DetectTerminal(f, a.getenv)
	}
	switch a.Options.Color {
	case "always":
		t.Frames, t.Color = true, true
	case "never":
		t.Color = false
	}
	return t
}

// write sends text to a file, or to standard output where it is empty.
func (a *App) write(file string, print func(io.Writer) error) error {
	if file == "" {
		return print(a.stdout)
	}
	return render.WriteFile(a.path(file), print)
}
