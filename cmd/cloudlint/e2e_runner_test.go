package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// An action is what the tests read of action.yml.
type action struct {
	Name, Description, Author string
	Branding                  map[string]string
	Inputs                    map[string]struct {
		Description, Default string
		Required             bool
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []actionStep
	}
}

type actionStep struct {
	Name, ID, If, Uses, Shell, Run string
	With, Env                      map[string]string
	ContinueOnError                bool `yaml:"continue-on-error"`
}

// repository is the root of cloudlint's own repository, seen from this package.
func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func readAction(t *testing.T) *action {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository(t), "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	a := new(action)
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(a); err != nil {
		t.Fatal(err)
	}
	return a
}

// A runner does with a composite action what the runner of GitHub Actions does: it evaluates expressions, gives every step
// its files, and takes from them what it hands to later steps. The actions of others are models of what is documented
// of them.
type runner struct {
	t      *testing.T
	action *action
	dir    string            // the checkout
	env    map[string]string // GITHUB_*, and what a test adds
	event  map[string]any    // the payload
	caches *caches
	upload string // outcome of the upload to code scanning: success or failure
	// install builds the program as the action does. Without it the one that the other tests use is where it would be.
	install bool

	temp  string
	steps map[string]any
	path  []string // additions, the latest first
}

// A job is what a run of the action has brought.
type job struct {
	status  int
	log     string            // of all steps, standard output and standard error as they came
	logs    map[string]string // the same by the names of steps
	user    map[string]time.Duration
	summary string // step summaries
	outputs map[string]string
	steps   map[string]string // outcomes by the names of steps
}

// newRunner returns a runner that has checked out a folder on a push to main.
func newRunner(t *testing.T, dir string) *runner {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil || runtime.GOOS == "windows" {
		t.Skip("no bash, or names of files that Windows does not have")
	}
	return &runner{
		t: t, action: readAction(t), dir: dir, caches: new(caches), upload: "success",
		env: map[string]string{
			"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main", "GITHUB_BASE_REF": "",
			"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "corp/shop", "GITHUB_SHA": gitOutput(t, dir, "rev-parse", "HEAD"),
		},
		event: map[string]any{"repository": map[string]any{"default_branch": "main"}},
	}
}

// run runs the action once, as a job of its own.
func (r *runner) run(inputs map[string]string) *job {
	r.t.Helper()
	r.temp, r.steps, r.path = r.t.TempDir(), make(map[string]any), nil
	j := &job{outputs: make(map[string]string), steps: make(map[string]string), logs: make(map[string]string), user: make(map[string]time.Duration)}
	given := make(map[string]any)
	for name, in := range r.action.Inputs {
		given[name] = in.Default
	}
	for name, value := range inputs {
		if _, ok := given[name]; !ok {
			r.t.Fatalf("the action has no input %s", name)
		}
		given[name] = value
	}
	contexts := func() map[string]any {
		return map[string]any{"inputs": given, "steps": r.steps, "github": map[string]any{"event": r.event}}
	}
	for _, s := range r.action.Runs.Steps {
		outcome, outputs := "skipped", map[string]any{}
		if j.status == 0 && (s.If == "" || truthy(r.eval(s.If, contexts()))) {
			status := r.step(s, contexts(), outputs, j)
			if outcome = "success"; status != 0 {
				outcome = "failure"
			}
			if !s.ContinueOnError {
				j.status = status
			}
		}
		j.steps[s.Name] = outcome
		if s.ID != "" {
			r.steps[s.ID] = map[string]any{"outcome": outcome, "outputs": outputs}
		}
	}
	for name, out := range r.action.Outputs {
		j.outputs[name] = r.expand(out.Value, contexts())
	}
	return j
}

// step runs a step, fills its outputs, and returns its exit status.
func (r *runner) step(s actionStep, contexts map[string]any, outputs map[string]any, j *job) int {
	r.t.Helper()
	if s.Uses != "" {
		with := make(map[string]string)
		for name, value := range s.With {
			with[name] = r.expand(value, contexts)
		}
		return r.use(s.Uses, with, outputs)
	}
	if s.Name == "Install" && !r.install {
		bin := filepath.Join(r.temp, "cloudlint", "bin")
		if err := os.MkdirAll(bin, 0o777); err != nil {
			r.t.Fatal(err)
		}
		if err := os.Link(binary, filepath.Join(bin, filepath.Base(binary))); err != nil {
			r.t.Fatal(err)
		}
		return 0
	}
	dir := r.t.TempDir()
	script := filepath.Join(dir, "step.sh")
	if err := os.WriteFile(script, []byte(r.expand(s.Run, contexts)), 0o666); err != nil {
		r.t.Fatal(err)
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script)
	cmd.Dir = r.dir
	cmd.Env = r.stepEnv(dir, s.Env, contexts)
	out := new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		r.t.Fatal(err)
	}
	j.log += out.String()
	j.logs[s.Name] = out.String()
	j.user[s.Name] = cmd.ProcessState.UserTime()
	for _, line := range fileLines(r.t, filepath.Join(dir, "output")) {
		name, value, ok := strings.Cut(line, "=")
		if _, twice := outputs[name]; !ok || twice {
			r.t.Errorf("step %s: output %q", s.Name, line)
		}
		outputs[name] = value
	}
	if env := fileLines(r.t, filepath.Join(dir, "env")); len(env) > 0 {
		r.t.Errorf("step %s changes the environment of the job: %q", s.Name, env)
	}
	r.path = append(fileLines(r.t, filepath.Join(dir, "path")), r.path...)
	j.summary += strings.Join(fileLines(r.t, filepath.Join(dir, "summary")), "\n")
	return cmd.ProcessState.ExitCode()
}

// stepEnv is the environment of a step whose files are in dir.
func (r *runner) stepEnv(dir string, own map[string]string, contexts map[string]any) []string {
	env := map[string]string{
		"RUNNER_TEMP": r.temp, "RUNNER_OS": runtime.GOOS, "GITHUB_WORKSPACE": r.dir, "GITHUB_ACTION_PATH": repository(r.t),
		"GITHUB_OUTPUT": filepath.Join(dir, "output"), "GITHUB_ENV": filepath.Join(dir, "env"),
		"GITHUB_PATH": filepath.Join(dir, "path"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary"),
		"PATH": strings.Join(append(r.path, os.Getenv("PATH")), string(os.PathListSeparator)),
	}
	maps.Copy(env, r.env)
	for name, value := range own {
		env[name] = r.expand(value, contexts)
	}
	list := command(r.dir, "env").Env
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	return list
}

// fileLines returns the lines of a file that a step may have written.
func fileLines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if len(text) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

var expression = regexp.MustCompile(`\$\{\{(.*?)\}\}`)

// expand replaces the expressions of a text.
func (r *runner) expand(text string, contexts map[string]any) string {
	return expression.ReplaceAllStringFunc(text, func(s string) string {
		v := r.eval(expression.FindStringSubmatch(s)[1], contexts)
		if v == nil {
			return ""
		}
		return fmt.Sprint(v)
	})
}

// eval evaluates an expression: names, texts, and the operators of logic. Go's parser reads it once names have no hyphens and
// texts are quoted as in Go.
func (r *runner) eval(expr string, contexts map[string]any) any {
	r.t.Helper()
	words := regexp.MustCompile(`'[^']*'|[A-Za-z_][\w-]*`)
	goExpr := words.ReplaceAllStringFunc(expr, func(s string) string {
		if s[0] == '\'' {
			return strconv.Quote(s[1 : len(s)-1])
		}
		return strings.ReplaceAll(s, "-", "ー") // a letter
	})
	tree, err := parser.ParseExpr(strings.TrimSpace(goExpr))
	if err != nil {
		r.t.Fatalf("%s: %v", expr, err)
	}
	v, err := evaluate(tree, contexts)
	if err != nil {
		r.t.Fatalf("%s: %v", expr, err)
	}
	return v
}

// evaluate returns the value of an expression; what does not exist is nil.
func evaluate(e ast.Expr, contexts map[string]any) (any, error) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return evaluate(e.X, contexts)
	case *ast.BasicLit:
		return strconv.Unquote(e.Value)
	case *ast.Ident:
		v, ok := contexts[e.Name]
		if !ok {
			return nil, fmt.Errorf("there is no context %s here", e.Name)
		}
		return v, nil
	case *ast.SelectorExpr:
		x, err := evaluate(e.X, contexts)
		object, _ := x.(map[string]any)
		return object[strings.ReplaceAll(e.Sel.Name, "ー", "-")], err
	case *ast.BinaryExpr:
		x, err := evaluate(e.X, contexts)
		if err != nil {
			return nil, err
		}
		y, err := evaluate(e.Y, contexts)
		if err != nil {
			return nil, err
		}
		text := func(v any) string {
			if v == nil {
				return ""
			}
			return strings.ToLower(fmt.Sprint(v))
		}
		switch e.Op {
		case token.EQL:
			return text(x) == text(y), nil
		case token.NEQ:
			return text(x) != text(y), nil
		case token.LAND:
			return truthy(x) && truthy(y), nil
		case token.LOR:
			return truthy(x) || truthy(y), nil
		}
	}
	return nil, fmt.Errorf("the tests do not know %T", e)
}

func truthy(v any) bool { return v != nil && v != "" && v != false }
