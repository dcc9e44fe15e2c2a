// Package doctor describes the environment that cloudlint runs in: what somebody who reads a bug report asks for first.
// It names no secrets: flags that carry values into programs, credentials in addresses and the home folder are left out.
package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/cloudlint/cloudlint/internal/buildinfo"
	"github.com/cloudlint/cloudlint/internal/driver"
)

// A Request says what to look at.
type Request struct {
	Dir string // absolute
	// Config returns the configuration file that applies to Dir, empty for none, and what is wrong with it.
	Config func(moduleDir string) (file string, err error)
	// Driver returns the driver that --driver=auto would choose, and why.
	Driver func(context.Context) (string, error)
}

// A Line is one fact of the report.
type Line struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Problem says what is wrong and what to do, if something is.
	Problem string `json:"problem,omitempty"`
}

// A Report is the description, in the order in which it is read.
type Report []Line

// Examine describes the environment.
func Examine(ctx context.Context, req Request) Report {
	self := buildinfo.Read()
	e := &examination{ctx: ctx, dir: req.Dir}
	e.add("cloudlint", self.String(), "")
	if exe, err := os.Executable(); err == nil {
		e.add("executable", exe, "")
	}
	e.add("system", fmt.Sprintf("%s/%s, %d cores", runtime.GOOS, runtime.GOARCH, runtime.NumCPU()), "")

	env, ok := e.goCommand()
	if ok {
		e.module(env, self.Go)
		e.environment(env)
	}
	if req.Config != nil {
		e.config(req.Config, env)
	}
	if req.Driver != nil && ok {
		if name, err := req.Driver(ctx); err != nil {
			e.add("--driver=auto", "unknown", err.Error())
		} else {
			e.add("--driver=auto", name, "")
		}
	}
	if os.Getenv("CI") != "" {
		e.add("CI", os.Getenv("CI"), "")
	}
	return e.report
}

type examination struct {
	ctx    context.Context
	dir    string
	report Report
}

func (e *examination) add(name, value, problem string) {
	e.report = append(e.report, Line{name, discreet(value), discreet(problem)})
}

// goEnv is what `go env -json` says.
type goEnv map[string]string

func (e *examination) goCommand() (goEnv, bool) {
	path, err := exec.LookPath("go")
	if err != nil {
		e.add("go", "not found", "cloudlint needs the go command on PATH: https://go.dev/dl.")
		return nil, false
	}
	cmd := exec.CommandContext(e.ctx, path, "env", "-json")
	cmd.Dir = e.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	env := make(goEnv)
	if err == nil {
		err = json.Unmarshal(out, &env)
	}
	if err != nil {
		e.add("go", path, strings.TrimSpace(fmt.Sprintf("`go env` fails: %v\n%s", err, stderr.String())))
		return nil, false
	}
	e.add("go", fmt.Sprintf("%s (%s, GOROOT %s)", env["GOVERSION"], path, env["GOROOT"]), "")
	return env, true
}

// module describes the module or workspace around the folder, and tells a skew of versions: a program cannot type-check
// a package that asks for a newer Go than the one that built the program.
func (e *examination) module(env goEnv, builtWith string) {
	file := env["GOMOD"]
	if file == "" || file == os.DevNull {
		e.add("module", "none", "There is no go.mod in this folder or above it: cloudlint lints modules.")
		return
	}
	cmd := exec.CommandContext(e.ctx, "go", "mod", "edit", "-json", file)
	cmd.Dir = e.dir
	out, err := cmd.Output()
	var mod struct {
		Module    struct{ Path string }
		Go        string
		Toolchain string
	}
	if err == nil {
		err = json.Unmarshal(out, &mod)
	}
	if err != nil {
		e.add("module", file, "go.mod cannot be read: `go mod edit -json` says why.")
		return
	}
	value := fmt.Sprintf("%s, go %s", mod.Module.Path, mod.Go)
	if mod.Toolchain != "" {
		value += ", toolchain " + mod.Toolchain
	}
	e.add("module", value, "")
	if work := env["GOWORK"]; work != "" && work != "off" {
		e.add("workspace", work, "")
	}
	e.add("toolchains", fmt.Sprintf("cloudlint built with %s, go command %s, module asks for go%s", builtWith, env["GOVERSION"], mod.Go),
		skew(builtWith, env["GOVERSION"], driver.Module{Path: mod.Module.Path, GoVersion: mod.Go}))
}

// skew says what is wrong with a combination of versions, and what to do: the Go that built cloudlint ("go1.26.8"), the
// go command's ("go1.27.4"), and the one in go.mod. It is empty where they fit.
func skew(builtWith, command string, m driver.Module) string {
	if err := driver.CheckVersion(m, command); err != nil {
		return err.Error()
	}
	return driver.Skew(builtWith, command)
}

func (e *examination) environment(env goEnv) {
	for _, name := range []string{"GOOS", "GOARCH", "CGO_ENABLED", "GOFLAGS", "GOTOOLCHAIN", "GO111MODULE"} {
		if env[name] != "" {
			e.add(name, env[name], "")
		}
	}
	cache, problem := env["GOCACHE"], ""
	if cache == "off" {
		problem = "The vet driver needs the build cache; --driver=source does without."
	} else if _, err := os.Stat(cache); err != nil {
		cache += " (not there yet)"
	}
	e.add("GOCACHE", cache, problem)
	if env["GOCACHEPROG"] != "" {
		e.add("GOCACHEPROG", "set", "")
	}
}

func (e *examination) config(find func(string) (string, error), env goEnv) {
	dir := e.dir
	if file := env["GOMOD"]; file != "" && file != os.DevNull {
		dir = filepath.Dir(file)
	}
	file, err := find(dir)
	if file == "" {
		file = "none: the defaults hold"
	}
	problem := ""
	if err != nil {
		problem = err.Error()
	}
	e.add("configuration", file, problem)
}

// WriteText prints the report in a form to paste into a bug report.
func (r Report) WriteText(w io.Writer) error {
	width := 0
	for _, l := range r {
		width = max(width, len(l.Name))
	}
	b := new(strings.Builder)
	for _, l := range r {
		fmt.Fprintf(b, "%-*s  %s\n", width, l.Name, l.Value)
		if l.Problem != "" {
			for line := range strings.Lines(l.Problem) {
				fmt.Fprintf(b, "%*s  ! %s\n", width, "", strings.TrimRight(line, "\n"))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// discreet takes out what does not belong into a bug report.
func discreet(text string) string {
	if home, err := os.UserHomeDir(); err == nil && len(home) > 1 {
		text = strings.ReplaceAll(text, home+string(filepath.Separator), "~"+string(filepath.Separator))
	}
	const tools = `(--?(?:ldflags|gcflags|asmflags|gccgoflags|toolexec))=`
	for pattern, replacement := range map[string]string{
		`://[^/@\s]+@`:           "://…@",
		`'` + tools + `[^']*'`:   "'$1=…'",
		`"` + tools + `[^"]*"`:   `"$1=…"`,
		`(^|\s)` + tools + `\S+`: "$1$2=…",
	} {
		text = regexp.MustCompile(pattern).ReplaceAllString(text, replacement)
	}
	return text
}
