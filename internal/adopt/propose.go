package adopt

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Options say what to propose.
type Options struct {
	// Only are the parts that are wanted, also where the repository shows no sign of the tool. None: those whose tool is
	// in use.
	Only []Part
	// Ref is the version of cloudlint to pin.
	Ref string
}

// A proposer makes a proposal.
type proposer struct {
	*Project
	*Proposal
	only   []Part
	values Values
}

// Propose says what to add to a project. The baseline, which needs a run, is the caller's.
func Propose(project *Project, o Options) (*Proposal, error) {
	p := &proposer{
		Project: project, Proposal: &Proposal{Root: project.Root}, only: o.Only,
		values: Values{Ref: o.Ref, Go: project.goVersion, GoVersionFile: project.goVersionFile, Packages: []string{"./..."}},
	}
	if len(project.Modules) > 1 {
		p.values.Packages = nil
		for _, m := range project.Modules {
			p.values.Packages = append(p.values.Packages, "./"+path.Join(m, "..."))
		}
	} else if project.Modules[0] != "." {
		p.values.Folder = project.Modules[0]
	}
	for _, part := range []func() error{p.config, p.github, p.gitlab, p.preCommit, p.lefthook} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	p.renovate()
	p.golangci()
	return p.Proposal, nil
}

// wants reports whether a part is to be proposed for a tool that is in use or not.
func (p *proposer) wants(part Part, inUse bool) bool {
	if len(p.only) > 0 {
		return slices.Contains(p.only, part)
	}
	return inUse
}

// create proposes a file with a template's text.
func (p *proposer) create(path, template string) error {
	text, err := Text(template, p.values)
	if err == nil {
		p.Add(Change{Path: path, New: []byte(text)})
	}
	return err
}

func (p *proposer) config() error {
	if !p.wants(Config, true) {
		return nil
	}
	names := []string{".cloudlint.yml", ".cloudlint.yaml"}
	for _, m := range p.Modules {
		names = append(names, path.Join(m, ".cloudlint.yml"), path.Join(m, ".cloudlint.yaml"))
	}
	if file := p.first(names...); file != "" {
		p.Done = append(p.Done, file)
		return nil
	}
	if len(p.Modules) == 1 {
		return p.create(path.Join(p.Modules[0], ".cloudlint.yml"), "cloudlint")
	}
	return p.create(".cloudlint.yml", "cloudlint")
}

func (p *proposer) github() error {
	const folder = ".github/workflows"
	if !p.wants(GitHub, p.exists(folder)) {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(escape(p.Project.Root), ".github", "workflows", "*.y*ml"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && mentions(text) {
			p.Done = append(p.Done, folder+"/"+filepath.Base(file))
			return nil
		}
	}
	return p.create(folder+"/cloudlint.yml", "github")
}

// escape makes a pattern of filepath.Glob that means a path.
func escape(path string) string {
	if os.PathSeparator == '\\' {
		return path // where a backslash is a separator, there is no way to escape
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

func (p *proposer) gitlab() error {
	const file = ".gitlab-ci.yml"
	if !p.wants(GitLab, p.exists(file)) {
		return nil
	}
	include, err := Text("gitlab-include", p.values)
	if err != nil {
		return err
	}
	job, err := Text("gitlab-job", p.values)
	if err != nil {
		return err
	}
	includes := "include:\n" + indent(include, 2)
	whole := includes + "\n" + job
	if !p.exists(file) {
		p.Add(Change{Path: file, New: []byte(whole)})
		return nil
	}
	return p.extend(file, whole, func(src []byte) ([]byte, error) {
		var of struct {
			Stages []string
		}
		if err := yaml.Unmarshal(src, &of); err != nil {
			return nil, err
		}
		if len(of.Stages) > 0 && !slices.Contains(of.Stages, "test") {
			return nil, fmt.Errorf("the job's stage is test, and the stages here are %s: give it one of them", strings.Join(of.Stages, ", "))
		}
		text, err := insert(src, []string{"include"}, include)
		if errors.Is(err, errNoKey) {
			text, err = insert(src, nil, includes)
		}
		if err != nil {
			return nil, err
		}
		return insert(text, nil, job)
	})
}

func (p *proposer) preCommit() error {
	const file = ".pre-commit-config.yaml"
	if !p.wants(PreCommit, p.exists(file)) {
		return nil
	}
	entry, err := Text("pre-commit", p.values)
	if err != nil {
		return err
	}
	if !p.exists(file) {
		p.Add(Change{Path: file, New: []byte("repos:\n" + indent(entry, 2))})
		return nil
	}
	return p.extend(file, entry, func(src []byte) ([]byte, error) { return insert(src, []string{"repos"}, entry) })
}

func (p *proposer) lefthook() error {
	file := p.first("lefthook.yml", ".lefthook.yml", "lefthook.yaml", ".lefthook.yaml")
	if !p.wants(Lefthook, file != "") {
		return nil
	}
	command, err := Text("lefthook-command", p.values)
	if err != nil {
		return err
	}
	job, err := Text("lefthook-job", p.values)
	if err != nil {
		return err
	}
	hook := "pre-commit:\n  commands:\n" + indent(command, 4)
	if file == "" {
		if other := p.first("lefthook.toml", ".lefthook.toml", "lefthook.json", ".lefthook.json"); other != "" {
			p.Notes = append(p.Notes, fmt.Sprintf("%s: init writes YAML only; add what this says:\n%s", other, quoted(hook)))
			return nil
		}
		p.Add(Change{Path: "lefthook.yml", New: []byte(hook)})
		return nil
	}
	return p.extend(file, hook, func(src []byte) ([]byte, error) {
		text, err := insert(src, []string{"pre-commit", "jobs"}, job)
		if errors.Is(err, errNoKey) {
			text, err = insert(src, []string{"pre-commit", "commands"}, command)
		}
		if errors.Is(err, errNoKey) {
			text, err = insert(src, nil, hook) // refused where there is a pre-commit of another kind
		}
		return text, err
	})
}

// extend proposes lines for a file that exists, or tells what to add by hand.
func (p *proposer) extend(file, entry string, change func(src []byte) ([]byte, error)) error {
	src, err := os.ReadFile(filepath.Join(p.Project.Root, file))
	if err != nil {
		return err
	}
	if mentions(src) {
		p.Done = append(p.Done, file)
		return nil
	}
	text, err := change(src)
	if err != nil {
		p.Notes = append(p.Notes, fmt.Sprintf("%s: it is not certain where to add cloudlint (%v); add this:\n%s", file, err, quoted(entry)))
		return nil
	}
	p.Add(Change{Path: file, Old: src, New: text})
	return nil
}

// renovate says how pins are kept up to date.
func (p *proposer) renovate() {
	file := p.first("renovate.json", "renovate.json5", ".renovaterc", ".renovaterc.json", ".github/renovate.json", ".github/renovate.json5", ".gitlab/renovate.json")
	pinned := slices.ContainsFunc(p.Changes, func(c Change) bool { return strings.HasSuffix(c.Path, ".pre-commit-config.yaml") })
	if file == "" || !pinned {
		return
	}
	text, err := os.ReadFile(filepath.Join(p.Project.Root, filepath.FromSlash(file)))
	if err == nil && (strings.Contains(string(text), `"pre-commit"`) || strings.Contains(string(text), ":enablePreCommit")) {
		return
	}
	p.Notes = append(p.Notes, file+": Renovate updates actions and go.mod by itself, hooks of pre-commit only with\n"+quoted(`"pre-commit": {"enabled": true}`))
}

// mentions reports whether a file says cloudlint outside its comments.
func mentions(text []byte) bool {
	for line := range strings.Lines(string(text)) {
		before, _, _ := strings.Cut(line, "#")
		if strings.Contains(before, "cloudlint") {
			return true
		}
	}
	return false
}
