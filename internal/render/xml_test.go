package render

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// xmlNode is an element of any name.
type xmlNode struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []xmlNode  `xml:",any"`
}

func (n xmlNode) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func readXML(t testing.TB, report []byte) (root xmlNode) {
	t.Helper()
	if err := xml.Unmarshal(report, &root); err != nil {
		t.Fatalf("%v in %s", err, report)
	}
	return root
}

// children fails on an element of another name: one that some text has become.
func (n xmlNode) children(t testing.TB, names ...string) []xmlNode {
	t.Helper()
	for _, c := range n.Children {
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+c.XMLName.Local+" ") {
			t.Errorf("an element %s in %s", c.XMLName.Local, n.XMLName.Local)
		}
	}
	return n.Children
}

func readCheckstyle(t testing.TB, report []byte) (records []record) {
	root := readXML(t, report)
	if root.XMLName.Local != "checkstyle" {
		t.Errorf("the root is %s", root.XMLName.Local)
	}
	for _, file := range root.children(t, "file") {
		for _, e := range file.children(t, "error") {
			line, _ := strconv.Atoi(e.attr("line"))
			source := strings.Split(e.attr("source"), ".")
			if len(source) != 3 {
				t.Errorf("source %s: Jenkins wants its last two parts", source)
			}
			level := map[string]string{"error": "error", "warning": "warning", "info": "note"}[e.attr("severity")]
			records = append(records, record{level, source[2], file.attr("name"), line, e.attr("message")})
		}
	}
	return records
}

// https://docs.gitlab.com/ci/testing/unit_test_reports/, and src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
// of Jenkins' xunit plugin.
func readJUnit(t testing.TB, report []byte) (records []record) {
	root := readXML(t, report)
	names := make(map[string]bool)
	sum := map[string]int{}
	for _, suite := range root.children(t, "testsuite") {
		for _, c := range suite.children(t, "testcase") {
			name := c.attr("classname") + "\x00" + c.attr("name")
			if names[name] || c.attr("name") == "" || c.attr("classname") == "" {
				t.Errorf("a second test of the name %q, or none: GitLab drops it", name)
			}
			names[name] = true
			sum["tests"]++
			for _, p := range c.children(t, "failure", "error") {
				sum[p.XMLName.Local]++
				line, _ := strconv.Atoi(c.attr("line"))
				level, text := "error", p.Text
				if p.XMLName.Local == "failure" {
					level, text, _ = strings.Cut(text, " ")
				}
				records = append(records, record{level, p.attr("type"), c.attr("file"), line, text})
			}
		}
	}
	got := root.attr("tests") + " " + root.attr("failures") + " " + root.attr("errors")
	if want := fmt.Sprint(sum["tests"], sum["failure"], sum["error"]); got != want {
		t.Errorf("the root counts %s, want %s", got, want)
	}
	if sum["tests"] == 0 {
		t.Error("a report without tests is taken for a mistake")
	}
	return records
}
