package plugin

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/tools/go/analysis"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/internal/buildinfo"
	"github.com/cloudlint/cloudlint/internal/catalogue"
	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/driver/unit"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// A session is one analysis, and the names that report its findings.
type session struct {
	settings Settings
	config   *config.Config
	rules    rule.Catalogue
	chosen   []*analysis.Analyzer // of cloudlint, those that the configuration turns on

	engine    *analysis.Analyzer
	inputs    *analysis.Analyzer
	reporters []reporter

	begun  atomic.Bool
	mu     sync.Mutex
	joined []string
}

// A reporter reports the findings of one family.
type reporter struct {
	family   rule.Family
	analyzer *analysis.Analyzer
}

func newSession(dir string, settings Settings) (*session, error) {
	rules, err := catalogue.New()
	if err != nil {
		return nil, err
	}
	all := analyzers.All()
	cfg, err := settings.load(dir, config.Known{Rules: rules, Analyzers: all, CommonFlags: analyzers.CommonFlags()})
	if err != nil {
		return nil, err
	}
	// As for the cloudlint command: analyzers tell everything, and package lint knows what is wanted.
	flags := unit.NewFlags(all)
	flags.Record = true
	_, chosen, err := flags.Parse(cfg.Settings().Flags)
	if err != nil {
		return nil, err
	}
	hash, err := inputs(dir, cfg, settings)
	if err != nil {
		return nil, err
	}
	s := &session{settings: settings, config: cfg, rules: rules, chosen: chosen}
	s.engine = &analysis.Analyzer{
		// golangci-lint keeps facts by the analyzer's name.
		Name:       "cloudlintengine_" + hash,
		Doc:        "analyse a package for the linters of cloudlint",
		Run:        s.run,
		ResultType: reflect.TypeFor[[]issue](),
		FactTypes:  []analysis.Fact{new(facts)},
	}
	s.inputs = &analysis.Analyzer{
		Name: "cloudlintinputs_" + hash,
		Doc:  "make golangci-lint's cache depend on the configuration of cloudlint",
		Run:  func(*analysis.Pass) (any, error) { return nil, nil },
	}
	for _, f := range append([]rule.Family{rule.Tool}, families()...) {
		s.reporters = append(s.reporters, reporter{f, s.reporter(f)})
	}
	return s, nil
}

// reporter returns the analyzer that reports a family's findings. Its name is that of the linter, before whose messages
// golangci-lint prints no name.
func (s *session) reporter(f rule.Family) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:     All,
		Doc:      "report findings of cloudlint about " + string(f),
		URL:      "https://github.com/cloudlint/cloudlint/blob/main/rules.md",
		Requires: []*analysis.Analyzer{s.engine},
		Run: func(p *analysis.Pass) (any, error) {
			issues, _ := p.ResultOf[s.engine].([]issue)
			for _, i := range issues {
				if i.family == f {
					p.Report(i.diagnostic)
				}
			}
			return nil, nil
		},
	}
}

// linters returns the analyzers whose diagnostics are reported under a name. What the tool says about comments belongs to
// every name.
func (s *session) linters(name string) []*analysis.Analyzer {
	list := []*analysis.Analyzer{s.inputs}
	for _, r := range s.reporters {
		if name == All || name == r.family.Linter() || r.family == rule.Tool {
			list = append(list, r.analyzer)
		}
	}
	return list
}

func (s *session) join(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.joined = append(s.joined, name)
}

// names returns the names that golangci-lint knows of, enabled or not: it does not tell which are. They are part of the
// salt of its cache.
func (s *session) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.joined)
}

// shows reports whether the findings of a family have a name.
func (s *session) shows(f rule.Family) bool { return len(s.carriers(f)) > 0 }

// carriers returns the names under which a finding of the family may be reported.
func (s *session) carriers(f rule.Family) []string {
	return slices.DeleteFunc(s.names(), func(name string) bool { return name != All && name != f.Linter() && f != rule.Tool })
}

// wanted returns the analyzers whose findings have a name. The others neither run nor speak for them.
func (s *session) wanted() []*analysis.Analyzer {
	return slices.DeleteFunc(slices.Clone(s.chosen), func(a *analysis.Analyzer) bool {
		return !slices.ContainsFunc(s.rules, func(r *rule.Rule) bool { return r.Analyzer == a.Name && s.shows(r.Family()) })
	})
}

// inputs is a hash of all that findings depend on and that is neither Go code nor in .golangci.yml: that is in the keys of
// golangci-lint's cache.
func inputs(dir string, cfg *config.Config, settings Settings) (string, error) {
	h := sha256.New()
	write := json.NewEncoder(h).Encode // into a hash, which takes everything
	_ = write([]any{buildinfo.Read().Version, settings})
	module := config.ModuleRoot(dir)
	for _, file := range cfg.Files() {
		data, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		if rel, err := filepath.Rel(module, file); err == nil {
			file = rel // equal checkouts share a cache
		}
		_ = write([]any{filepath.ToSlash(file), data})
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), nil
}
