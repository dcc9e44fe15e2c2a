package ruletest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/imports"

	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// documentation is the folder with the examples, which are packages wrong and right in a folder for each rule.
const (
	documentation = "documentation"
	wrong         = "wrong"
	right         = "right"
)

// example is the path of an example's package.
func example(r *rule.Rule, side string) string {
	return documentation + "/" + strings.ToLower(r.Code) + "/" + side
}

// WriteExamples makes packages of the examples in the rules' documentation: dir/cl1001/wrong and dir/cl1001/right. The
// package clause, and the imports that an example leaves out, are added.
func WriteExamples(t *testing.T, dir string, rules []*rule.Rule) {
	t.Helper()
	t.Run("imports", func(t *testing.T) {
		// The tool that adds imports looks for them in all of the module cache, or, asked so, in a GOPATH: here the one of
		// the stand-ins.
		t.Setenv("GO111MODULE", "off")
		t.Setenv("GOPATH", Testdata(t))
		for _, r := range rules {
			WriteExample(t, filepath.Join(dir, strings.ToLower(r.Code), wrong), r.Doc.Before)
			WriteExample(t, filepath.Join(dir, strings.ToLower(r.Code), right), r.Doc.After)
		}
	})
}

// WriteExample writes declarations as a package of their own, with the imports that they need.
func WriteExample(t *testing.T, dir, source string) {
	t.Helper()
	name := "p"
	if strings.Contains(source, "func main()") {
		name = "main"
	}
	file := filepath.Join(dir, "example.go")
	full, err := imports.Process(file, []byte("package "+name+"\n\n"+source), nil)
	if err != nil {
		t.Fatalf("%v in the example\n%s", err, source)
	}
	Write(t, file, string(full))
}

// Write writes a file, and makes its folder.
func Write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// The wrong example of each rule is reported once, by that rule, with a fix if the rule has one, and the right one is not.
func (s Suite) checkExamples(t *testing.T, findings map[string][]wire.Finding) {
	for _, r := range s.Rules {
		before, after := findings[example(r, wrong)], findings[example(r, right)]
		if len(before) != 1 || before[0].Code != r.Code {
			t.Errorf("the wrong example of %s gives %v, want one finding of the rule", r.Code, before)
		}
		if len(after) != 0 {
			t.Errorf("the right example of %s gives %v", r.Code, after)
		}
		if (r.Fix != rule.NoFix) != (len(before) > 0 && before[0].Fix != nil) {
			t.Errorf("%s says its fix is %s, but the wrong example says otherwise", r.Code, r.Fix)
		}
	}
}
