package plugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/golangci/plugin-module-register/register"

	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/nearest"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// Settings are what stands in .golangci.yml, in linters.settings.custom.NAME.settings. They are on top of .cloudlint.yml, as
// the flags of the cloudlint command are; what they say is turned off stays off.
type Settings struct {
	// Config names the configuration file, relative to the module's root or one of the folders above it, up to the git root.
	// Without it the nearest .cloudlint.yml is taken.
	Config string `json:"config"`
	// Preview also runs the rules that are not stable yet.
	Preview bool `json:"preview"`
	// Only, Enable and Disable are selectors: codes, prefixes of codes, names of rules, analyzers, families or maturities.
	Only    []string `json:"only"`
	Enable  []string `json:"enable"`
	Disable []string `json:"disable"`
	// MinSeverity leaves out findings that are less severe. For golangci-lint every issue is a failure.
	MinSeverity rule.Severity `json:"min-severity"`
}

func (s Settings) equal(t Settings) bool {
	return s.Config == t.Config && s.Preview == t.Preview && s.MinSeverity == t.MinSeverity &&
		slices.Equal(s.Only, t.Only) && slices.Equal(s.Enable, t.Enable) && slices.Equal(s.Disable, t.Disable)
}

func (s Settings) flags() config.Flags {
	return config.Flags{Only: s.Only, Enable: s.Enable, Disable: s.Disable, Preview: s.Preview}
}

// decode reads the settings strictly.
func decode(conf any) (Settings, error) {
	known := keys()
	if m, ok := conf.(map[string]any); ok {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !slices.Contains(known, key) {
				hint := nearest.Hint(key, known)
				if hint == "" {
					hint = ": want one of " + strings.Join(known, ", ")
				}
				return Settings{}, fmt.Errorf("there is no setting %s%s", key, hint)
			}
		}
	} else if conf != nil {
		return Settings{}, fmt.Errorf("want a mapping with the keys %s", strings.Join(known, ", "))
	}
	s, err := register.DecodeSettings[Settings](conf)
	if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) {
		return s, fmt.Errorf("%s: want %s, not a %s", wrong.Field, wanted(wrong.Type), wrong.Value)
	}
	if err != nil {
		return s, err
	}
	if s.MinSeverity != "" && !slices.Contains(rule.Severities(), s.MinSeverity) {
		return s, fmt.Errorf("min-severity: want error, warning or note, not %q", s.MinSeverity)
	}
	return s, nil
}

// keys lists the names of the settings.
func keys() []string {
	var list []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Settings]()) {
		list = append(list, f.Tag.Get("json"))
	}
	return list
}

func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	}
	return "a text"
}

// load reads the configuration of the module that golangci-lint runs in.
func (s Settings) load(dir string, known config.Known) (*config.Config, error) {
	module := config.ModuleRoot(dir)
	root := config.GitRoot(module)
	file, err := s.file(module, root)
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load(module, root, file, known, s.flags())
	var errs config.Errors
	if errors.As(err, &errs) {
		lines := make([]string, 0, len(errs))
		for _, e := range errs {
			e.File = strings.TrimPrefix(e.File, "--") // a flag there is a setting here
			lines = append(lines, e.Error())
		}
		return nil, errors.New(strings.Join(lines, "\n"))
	}
	return cfg, err
}

// file finds the file that the setting names.
func (s Settings) file(module, root string) (string, error) {
	if s.Config == "" || filepath.IsAbs(s.Config) {
		return s.Config, nil
	}
	for dir := module; ; dir = filepath.Dir(dir) {
		file := filepath.Join(dir, filepath.FromSlash(s.Config))
		if info, err := os.Stat(file); err == nil && !info.IsDir() {
			return file, nil
		}
		if root == "" || dir == root || dir == filepath.Dir(dir) {
			return "", fmt.Errorf("settings: config: there is no file %s in %s or above it in its repository", s.Config, module)
		}
	}
}
