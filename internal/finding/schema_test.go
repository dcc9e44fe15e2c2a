package finding_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// A schema is the part of JSON Schema 2020-12 that ours uses.
type schema struct {
	Schema      string             `json:"$schema"`
	ID          string             `json:"$id"`
	Defs        map[string]*schema `json:"$defs"`
	Ref         string             `json:"$ref"`
	Title       string             `json:"title"`
	Description string             `json:"description"`
	Type        string             `json:"type"`
	Required    []string           `json:"required"`
	Properties  map[string]*schema `json:"properties"`
	Additional  *schema            `json:"additionalProperties"`
	Items       *schema            `json:"items"`
	Enum        []any              `json:"enum"`
	Const       any                `json:"const"`
	Pattern     string             `json:"pattern"`
	Minimum     *float64           `json:"minimum"`
}

func load(t *testing.T) *schema {
	t.Helper()
	s := new(schema)
	dec := json.NewDecoder(strings.NewReader(finding.Schema()))
	dec.DisallowUnknownFields() // a keyword that the tests do not know is one that they do not test
	if err := dec.Decode(s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *schema) resolve(root *schema) *schema {
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		if def := root.Defs[name]; def != nil {
			return def
		}
		panic("no definition of " + s.Ref)
	}
	return s
}

// fields returns the types of a struct's fields by their JSON names, and those that are always encoded.
func fields(typ reflect.Type) (all map[string]reflect.Type, required []string) {
	all = make(map[string]reflect.Type)
	for _, f := range reflect.VisibleFields(typ) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" { // embedded
			continue
		}
		all[name] = f.Type
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
		}
	}
	return all, required
}

// The schema describes the types: the same fields, of the same types, as often.
func TestSchemaDescribesTheTypes(t *testing.T) {
	root := load(t)
	used := make(map[string]bool)
	var check func(path string, typ reflect.Type, s *schema)
	check = func(path string, typ reflect.Type, s *schema) {
		used[strings.TrimPrefix(s.Ref, "#/$defs/")] = true
		s = s.resolve(root)
		want := map[reflect.Kind]string{
			reflect.String: "string", reflect.Int: "integer", reflect.Int64: "integer", reflect.Float64: "number", reflect.Bool: "boolean",
			reflect.Slice: "array", reflect.Map: "object", reflect.Struct: "object",
		}
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if s.Type != want[typ.Kind()] && s.Enum == nil && s.Const == nil {
			t.Errorf("%s: type %q, want %q", path, s.Type, want[typ.Kind()])
		}
		switch typ.Kind() {
		case reflect.Slice:
			check(path+"[]", typ.Elem(), s.Items)
		case reflect.Map:
			check(path+"{}", typ.Elem(), s.Additional)
		case reflect.Struct:
			all, required := fields(typ)
			slices.Sort(required)
			got := slices.Sorted(slices.Values(s.Required))
			if diff := cmp.Diff(required, got); diff != "" {
				t.Errorf("%s: required (-types +schema): %s", path, diff)
			}
			for name := range s.Properties {
				if all[name] == nil {
					t.Errorf("%s.%s is in the schema only", path, name)
				}
			}
			for name, field := range all {
				if p := s.Properties[name]; p != nil {
					check(path+"."+name, field, p)
				} else {
					t.Errorf("%s.%s is not in the schema", path, name)
				}
			}
		}
	}
	check("report", reflect.TypeFor[finding.Report](), root)
	for name := range root.Defs {
		if !used[name] {
			t.Errorf("nothing refers to the definition of %s", name)
		}
	}
}

func TestSchemaNamesTheValues(t *testing.T) {
	root := load(t)
	f := root.Defs["finding"].Properties
	list := func(values []any) string { return fmt.Sprint(values...) }
	tests := []struct{ name, got, want string }{
		{"version", fmt.Sprint(root.Properties["version"].Const), fmt.Sprint(finding.Version)},
		{"family", list(f["family"].Enum), list(anys(rule.Families()))},
		{"severity", list(f["severity"].Enum), list(anys(rule.Severities()))},
		{"baselineState", list(f["baselineState"].Enum), list(anys(finding.States()))},
		{"maturity", list(f["maturity"].Enum), list(anys([]rule.Maturity{rule.Stable, rule.Preview, rule.Retired}))},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, tt.got, tt.want)
		}
	}
	fp := finding.Fingerprint(finding.Parts{Code: "CL2001"})
	if !regexp.MustCompile(f["fingerprint"].Pattern).MatchString(fp) {
		t.Errorf("the fingerprint %s does not match %s", fp, f["fingerprint"].Pattern)
	}
}

func anys[T ~string](values []T) []any {
	var list []any
	for _, v := range values {
		list = append(list, string(v))
	}
	return list
}

// What the json format prints is valid.
func TestGoldenReportsAreValid(t *testing.T) {
	root := load(t)
	files, err := filepath.Glob("../render/testdata/golden/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden reports: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range validate(root, root, "report", decode(t, text)) {
			t.Errorf("%s: %s", filepath.Base(file), problem)
		}
	}
}

func decode(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// The checker above is worth something only if it finds mistakes.
func TestValidatorFindsMistakes(t *testing.T) {
	root := load(t)
	const valid = `{"version":1,"tool":{"name":"cloudlint","version":"v0.1.0"},"root":"/r","findings":[{"code":"CL2001","rule":"a",
		"family":"timeouts","severity":"error","message":"m","url":"u","maturity":"stable","file":"a.go","line":1,"column":2,"module":"m",
		"package":"p","function":"f","fingerprint":"2:01234567-0123456789abcdef","path":[{"goroutine":1,"message":"m","file":"a.go","line":1,"column":0}]}],
		"errors":[],"stats":{"driver":"vet","packages":1,"notAnalysed":0,"suppressed":0,"excluded":0,"seconds":0.5,"exhausted":{"a":1}}}`
	if problems := validate(root, root, "report", decode(t, []byte(valid))); len(problems) > 0 {
		t.Fatalf("a valid report: %s", problems)
	}
	for _, tt := range []struct{ old, new string }{
		{`"version":1`, `"version":2`},
		{`"findings":[`, `"findings":null,"x":[`},
		{`"errors":[]`, `"errors":[{"package":"p"}]`},
		{`"CL2001"`, `"SA1000"`},
		{`"error"`, `"fatal"`},
		{`"line":1,"column":2`, `"line":1.5,"column":2`},
		{`"column":0`, `"column":-1`},
		{`"goroutine":1`, `"goroutine":0`},
		{`"root":"/r"`, `"root":7`},
		{`"driver":"vet",`, ``},
		{`{"a":1}`, `{"a":"1"}`},
	} {
		text := strings.Replace(valid, tt.old, tt.new, 1)
		if text == valid {
			t.Fatalf("%s is not in the report", tt.old)
		}
		if validate(root, root, "report", decode(t, []byte(text))) == nil {
			t.Errorf("a report with %s instead of %s is valid", tt.new, tt.old)
		}
	}
}

// validate returns what is wrong with a value.
func validate(root, s *schema, path string, v any) (problems []string) {
	s = s.resolve(root)
	fail := func(format string, args ...any) {
		problems = append(problems, path+": "+fmt.Sprintf(format, args...))
	}
	if s.Enum != nil && !slices.Contains(s.Enum, v) {
		fail("%v is not one of %v", v, s.Enum)
	}
	if s.Const != nil && v != s.Const {
		fail("%v is not %v", v, s.Const)
	}
	number, isNumber := v.(float64)
	text, isText := v.(string)
	object, isObject := v.(map[string]any)
	array, isArray := v.([]any)
	_, isBool := v.(bool)
	is := map[string]bool{"": true, "string": isText, "number": isNumber, "integer": isNumber && number == float64(int(number)),
		"boolean": isBool, "object": isObject, "array": isArray}
	if !is[s.Type] {
		fail("%v is not of type %s", v, s.Type)
	}
	if isNumber && s.Minimum != nil && number < *s.Minimum {
		fail("%v is less than %v", number, *s.Minimum)
	}
	if isText && s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(text) {
		fail("%q does not match %s", text, s.Pattern)
	}
	for _, name := range s.Required {
		if _, ok := object[name]; !ok && isObject {
			fail("%s is missing", name)
		}
	}
	for name, value := range object {
		if p := s.Properties[name]; p != nil {
			problems = append(problems, validate(root, p, path+"."+name, value)...)
		} else if s.Additional != nil {
			problems = append(problems, validate(root, s.Additional, path+"."+name, value)...)
		}
	}
	for i, value := range array {
		problems = append(problems, validate(root, s.Items, fmt.Sprintf("%s[%d]", path, i), value)...)
	}
	return problems
}
