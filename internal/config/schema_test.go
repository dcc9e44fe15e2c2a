package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/cloudlint/cloudlint/internal/config"
)

// TestSchemaAgrees holds the schema to the decoder: both accept these texts, or both refuse them.
func TestSchemaAgrees(t *testing.T) {
	schema := schemaOf(t)
	for _, test := range []struct {
		text string
		good bool
	}{
		{"version: 1", true},
		{"version: 2", false},
		{"{}", false},
		{"version: 1\nextends: base.yml", true},
		{"version: 1\nextends: C:/shared/base.yml", true},
		{"version: 1\nextends: https://example.com", false},
		{"version: 1\npreview: true", true},
		{"version: 1\npreview: maybe", false},
		{"version: 1\nenable:", true},
		{"version: 1\nenable: [all, stable, timeouts, CL2, CL200, CL2001, server-idle, serverdeadline]", true},
		{"version: 1\nenable: [cl2001]", false},
		{"version: 1\nenable: [retired]", false},
		{"version: 1\nenable: [1]", false},
		{"version: 1\nenable: all", false},
		{"version: 1\nseverity: {pools: note}", true},
		{"version: 1\nseverity: {pool: note}", false},
		{"version: 1\nseverity: {pools: fatal}", false},
		{"version: 1\nseverity: {pools: }", false},
		{"version: 1\nexclude: ['*.go', a/**/b]", true},
		{"version: 1\nexclude: ['!a']", false},
		{"version: 1\nexclude: ['{a}']", false},
		{"version: 1\nexclude: ['']", false},
		{"version: 1\noverrides: [{paths: [x], severity: {all: note}}]", true},
		{"version: 1\noverrides: [{paths: []}]", false},
		{"version: 1\noverrides: [{paths: }]", false},
		{"version: 1\noverrides: [{disable: [all]}]", false},
		{"version: 1\noverrides: [{paths: [x], exclude: [y]}]", false},
		{"version: 1\noptions: {clientdeadline: {cli: true, depth: 3, share: 1, limit: 1m30s, prefix: '', helpers: [a]}}", true},
		{"version: 1\noptions: {clientdeadline: }", true},
		{"version: 1\noptions: {clientdeadline: {cli: 'true'}}", false},
		{"version: 1\noptions: {clientdeadline: {depth: 0.5}}", false},
		{"version: 1\noptions: {clientdeadline: {limit: 10}}", false},
		{"version: 1\noptions: {clientdeadline: {limit: ten}}", false},
		{"version: 1\noptions: {clientdeadline: {helpers: ['a,b']}}", false},
		{"version: 1\noptions: {clientdeadline: {prefix: }}", false},
		{"version: 1\noptions: {serverdeadline: {}}", false},
		{"version: 1\nexits: [log.Fatal, os.Exit, (*a.b/c.T).M, (a.T).M]", true},
		{"version: 1\nexits: [Fatal]", false},
		{"version: 1\nexits: ['log.Fatal()']", false},
		{"version: 1\ninside: [corp.example/..., corp.example/a]", true},
		{"version: 1\ninside: [./a]", false},
		{"version: 1\nmodels:", true},
		{"version: 1\nmodels: {outbound: [{func: (*a.b/c.T).M, context: 2, waits: for the inventory service}], bounded: [a.b/c.T], deadlines: [a.F], closers: }", true},
		{"version: 1\nmodels: {outbound: [{context: 2}]}", false},
		{"version: 1\nmodels: {outbound: [{func: a.F, context: 0}]}", false},
		{"version: 1\nmodels: {outbound: [{func: a.F, context: 65}]}", false},
		{"version: 1\nmodels: {outbound: [{func: a.F, context: ctx}]}", false},
		{"version: 1\nmodels: {outbound: [{func: a.F, context: }]}", false},
		{"version: 1\nmodels: {outbound: [{func: a.F, waits: \"for\\nit\"}]}", false},
		{"version: 1\nmodels: {outbound: [{func: a.F, waits: ''}]}", false},
		{"version: 1\nmodels: {outbound: [a.F]}", false},
		{"version: 1\nmodels: {bounded: [Client]}", false},
		{"version: 1\nmodels: {sinks: [a.F]}", false},
		{"version: 1\nmodels: [a.F]", false},
		{"version: 1\nother: 1", false},
	} {
		root := tree(t, map[string]string{".cloudlint.yml": test.text, "base.yml": "version: 1"})
		_, err := config.Load(root, root, "", known(t), config.Flags{})
		if err != nil && strings.Contains(err.Error(), "no such file") {
			err = nil
		}
		if (err == nil) != test.good {
			t.Errorf("%s\nthe decoder says %v", test.text, err)
		}
		var v any
		if err := yaml.Unmarshal([]byte(test.text), &v); err != nil {
			t.Fatal(err)
		}
		if err := check(schema, v, ""); (err == nil) != test.good {
			t.Errorf("%s\nthe schema says %v", test.text, err)
		}
	}
}

func schemaOf(t testing.TB) map[string]any {
	t.Helper()
	data, err := config.Schema(known(t))
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

// FuzzLoad: whatever the file holds, there is either a configuration, which the schema accepts too and which can be
// shown and read back, or mistakes with their places in the file.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		"version: 1\npreview: true\nfail-on: note\nenable: [all]\ndisable: [CL2]\n",
		"version: 1\noverrides:\n  - paths: [\"**/*.go\"]\n    severity: {CL2001: error}\n",
		"version: 1\nexclude: &a [x, y]\ntests: [all]\noverrides: [{paths: *a}]\n",
		"version: 1\noptions: {clientdeadline: {cli: true, limit: 1h, helpers: [a, b], share: 1e-3, depth: 0x10}}\n",
		"version: 1\nexits: [a.b, (*c.D).E]\ninside: [x/...]\n",
		"version: 1\nmodels: {outbound: [{func: a.F, context: 1, waits: for b}], bounded: [a.T], deadlines: [a.D], closers: [a.C]}\n",
		"version: 1\nextends: .cloudlint.yml\n",
		"version: !!int \"1\"\n? [a]\n: b\n<<: *x\n",
		"\xff\xfeversion: 1", "%YAML 1.1\n---\n&x *x", "version: 1\r\nenable:\r\n", "--- |\n x\n...\n",
		"version: 1\nenable: !!set {a}\nexclude: !!binary aGk=\n", "version: 1\n#\n\x85\u2028enable: []",
	} {
		f.Add([]byte(seed))
	}
	schema := schemaOf(f)
	k := known(f)
	root := f.TempDir() // one for all: making folders would take most of the time
	file := filepath.Join(root, ".cloudlint.yml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(root, root, "", k, config.Flags{})
		if err != nil {
			var errs config.Errors
			if !errors.As(err, &errs) || len(errs) == 0 || c != nil {
				t.Fatalf("%T is the error, want config.Errors", err)
			}
			lines := strings.Count(string(data), "\n") + strings.Count(string(data), "\r") + strings.Count(string(data), "\u0085") + strings.Count(string(data), "\u2028") + strings.Count(string(data), "\u2029") + 1
			for _, e := range errs {
				if e.File != file || e.Line < 1 || e.Line > lines && utf8.Valid(data) || e.Column < 1 || e.Message == "" {
					t.Errorf("%q: mistake without a place: %+v", data, e)
				}
			}
			return
		}
		var v any
		if err := yaml.Unmarshal(data, &v); err != nil {
			t.Fatalf("%q: not YAML, but a configuration: %v", data, err)
		}
		if err := check(schema, v, ""); err != nil {
			t.Errorf("%q: the decoder accepts what the schema does not: %v", data, err)
		}
		for _, r := range k.Rules {
			c.At(r, filepath.Join(root, "a", "b.go"))
			c.Severity(r, filepath.Join(root, "a", "b.go"), "")
		}
		shown, err := c.Show()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, shown, 0o666); err != nil {
			t.Fatal(err)
		}
		c2, err := config.Load(root, root, "", k, config.Flags{})
		if err != nil {
			t.Fatalf("%q is shown as\n%s\nwhich is refused: %v", data, shown, err)
		}
		if a, b := meaning(c, root, k), meaning(c2, root, k); !reflect.DeepEqual(a, b) {
			t.Errorf("%q is shown as\n%s\nwhich means something else", data, shown)
		}
	})
}

// check is as much of JSON schema as the schema uses; a word that it does not know is an error.
func check(schema map[string]any, v any, path string) error {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("%s: "+format, append([]any{path}, args...)...)
	}
	for word, want := range schema {
		switch word {
		case "$schema", "title", "description", "default":
		case "type":
			var types []any
			if one, ok := want.(string); ok {
				types = []any{one}
			} else {
				types = want.([]any)
			}
			if !slices.ContainsFunc(types, func(name any) bool { return isA(v, name.(string)) }) {
				return fail("%v is not %v", v, want)
			}
		case "const":
			if fmt.Sprint(v) != fmt.Sprint(want) {
				return fail("%v is not %v", v, want)
			}
		case "enum":
			if !slices.Contains(want.([]any), v) {
				return fail("%v is none of %v", v, want)
			}
		case "pattern":
			if s, ok := v.(string); ok && !regexp.MustCompile(want.(string)).MatchString(s) {
				return fail("%q does not match %v", s, want)
			}
		case "not":
			if check(want.(map[string]any), v, path) == nil {
				return fail("%v is forbidden", v)
			}
		case "minLength":
			if s, ok := v.(string); ok && float64(utf8.RuneCountInString(s)) < want.(float64) {
				return fail("%q is too short", s)
			}
		case "minimum":
			if n, ok := v.(int); ok && float64(n) < want.(float64) {
				return fail("%d is too small", n)
			}
		case "maximum":
			if n, ok := v.(int); ok && float64(n) > want.(float64) {
				return fail("%d is too large", n)
			}
		case "minItems":
			if l, ok := v.([]any); ok && float64(len(l)) < want.(float64) {
				return fail("too few")
			}
		case "items":
			if l, ok := v.([]any); ok {
				for i, e := range l {
					if err := check(want.(map[string]any), e, fmt.Sprint(path, "/", i)); err != nil {
						return err
					}
				}
			}
		case "required":
			if m, ok := v.(map[string]any); ok {
				for _, key := range want.([]any) {
					if _, ok := m[key.(string)]; !ok {
						return fail("%v is missing", key)
					}
				}
			}
		case "properties", "additionalProperties", "propertyNames":
			m, ok := v.(map[string]any)
			if !ok {
				continue
			}
			properties, _ := schema["properties"].(map[string]any)
			for key, e := range m {
				sub, ok := properties[key].(map[string]any)
				if !ok {
					if sub, ok = schema["additionalProperties"].(map[string]any); !ok {
						return fail("unknown key %s", key)
					}
				}
				if names, ok := schema["propertyNames"].(map[string]any); ok {
					if err := check(names, key, path); err != nil {
						return err
					}
				}
				if err := check(sub, e, path+"/"+key); err != nil {
					return err
				}
			}
		default:
			return fail("unknown word %s in the schema", word)
		}
	}
	return nil
}

func isA(v any, name string) bool {
	switch v := v.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case int, int64, uint64:
		return name == "integer" || name == "number"
	case float64:
		return name == "number" || name == "integer" && v == float64(int64(v))
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	}
	return false
}
