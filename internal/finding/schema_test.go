package finding

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloudlint/cloudlint/internal/rule"
)

// The schema is written by hand, for its descriptions. It must name exactly the fields that the Go types have, and
// require those that are always written.
func TestSchemaDescribesReport(t *testing.T) {
	type object struct {
		Properties           map[string]json.RawMessage `json:"properties"`
		Required             []string                   `json:"required"`
		AdditionalProperties json.RawMessage            `json:"additionalProperties"`
	}
	var root struct {
		object
		Definitions map[string]json.RawMessage `json:"definitions"`
	}
	if err := json.Unmarshal([]byte(Schema()), &root); err != nil {
		t.Fatal(err)
	}
	inner := func(data json.RawMessage) (o object) {
		if err := json.Unmarshal(data, &o); err != nil {
			t.Fatal(err)
		}
		return o
	}
	definition := func(name string) object { return inner(root.Definitions[name]) }
	tests := []struct {
		value  any
		schema object
	}{
		{Report{}, root.object},
		{Tool{}, inner(root.Properties["tool"])},
		{Finding{}, definition("finding")},
		{Related{}, definition("related")},
		{Step{}, definition("step")},
		{Fix{}, definition("fix")},
		{Edit{}, definition("edit")},
		{Evidence{}, inner(definition("finding").Properties["evidence"])},
		{Error{}, definition("error")},
		{Stats{}, definition("stats")},
	}
	for _, test := range tests {
		typ := reflect.TypeOf(test.value)
		t.Run(typ.Name(), func(t *testing.T) {
			fields, required := jsonFields(typ)
			var properties []string
			for name := range test.schema.Properties {
				properties = append(properties, name)
			}
			slices.Sort(fields)
			slices.Sort(properties)
			slices.Sort(required)
			slices.Sort(test.schema.Required)
			if diff := cmp.Diff(fields, properties); diff != "" {
				t.Errorf("properties (-type +schema):\n%s", diff)
			}
			if diff := cmp.Diff(required, test.schema.Required); diff != "" {
				t.Errorf("required (-type +schema):\n%s", diff)
			}
			if string(test.schema.AdditionalProperties) != "false" {
				t.Error("the schema allows other properties")
			}
		})
	}
}

func TestSchemaListsWords(t *testing.T) {
	for _, s := range rule.Severities() {
		if !strings.Contains(Schema(), `"`+string(s)+`"`) {
			t.Errorf("no severity %q", s)
		}
	}
	for _, f := range rule.Families() {
		if !strings.Contains(Schema(), `"`+string(f)+`"`) {
			t.Errorf("no family %q", f)
		}
	}
}

// jsonFields returns the names of the fields that encoding/json writes, and of those that it always writes.
func jsonFields(typ reflect.Type) (all, required []string) {
	for f := range typ.Fields() {
		if f.Anonymous {
			more, must := jsonFields(f.Type)
			all, required = append(all, more...), append(required, must...)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		all = append(all, name)
		if options != "omitempty" {
			required = append(required, name)
		}
	}
	return all, required
}
