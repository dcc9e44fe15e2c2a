package render

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
)

type junitReport struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	junitCounts
	Suites []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	junitCounts
	Cases []junitCase `xml:"testcase"`
}

type junitCounts struct {
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Time     string `xml:"time,attr"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	Classname string        `xml:"classname,attr"`
	File      string        `xml:"file,attr,omitempty"`
	Line      int           `xml:"line,attr,omitempty"`
	Time      string        `xml:"time,attr"`
	Failure   *junitProblem `xml:"failure"`
	Error     *junitProblem `xml:"error"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// renderJUnit prints the findings as failed tests, what could not be analysed as tests with an error, and one that
// passed where there is neither: readers take a report without tests for a mistake.
//
// GitLab drops all but the first test of a name, and compares branches by the names: they are unique and have no line
// numbers.
func renderJUnit(w io.Writer, in *Input) error {
	const noTime = "0" // the format has no way to leave it out that all readers know
	report := junitReport{Name: in.Tool.Name}
	report.Time = noTime
	suites := make(map[string]*junitSuite)
	seen := make(map[[2]string]int)
	add := func(c junitCase) {
		suite := suites[c.Classname]
		if suite == nil {
			suite = &junitSuite{Name: c.Classname}
			suite.Time = noTime
			suites[c.Classname] = suite
			report.Suites = append(report.Suites, suite)
		}
		c.Time = noTime
		suite.Cases = append(suite.Cases, c)
		for _, counts := range []*junitCounts{&report.junitCounts, &suite.junitCounts} {
			counts.Tests++
			if c.Failure != nil {
				counts.Failures++
			}
			if c.Error != nil {
				counts.Errors++
			}
		}
	}
	items := in.items()
	for _, it := range items {
		problem := &junitProblem{Message: it.message, Type: it.code, Text: it.text("\n")}
		c := junitCase{Name: it.code, Classname: cmp.Or(clean(it.pkg), in.Tool.Name), File: it.at.File, Line: it.at.Line}
		if f := it.finding; f != nil {
			c.Name += " " + it.name
			if f.Function != "" {
				c.Name += " in " + clean(f.Function)
			}
			problem.Text = string(f.Severity) + " " + plainText(f)
			c.Failure = problem
		} else {
			c.Error = problem
		}
		name := [2]string{c.Classname, c.Name}
		if seen[name]++; seen[name] > 1 {
			c.Name += fmt.Sprintf(" (%d)", seen[name])
		}
		add(c)
	}
	if len(items) == 0 {
		add(junitCase{Name: "no findings", Classname: in.Tool.Name})
	}
	return encodeXML(w, report)
}
