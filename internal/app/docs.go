package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/cloudlint/cloudlint/analyzers"
	"github.com/cloudlint/cloudlint/internal/catalogue"
	"github.com/cloudlint/cloudlint/internal/config"
	"github.com/cloudlint/cloudlint/internal/doctor"
	"github.com/cloudlint/cloudlint/internal/driver"
	"github.com/cloudlint/cloudlint/internal/explain"
	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/render"
	"github.com/cloudlint/cloudlint/internal/rule"
)

func pages() []*explain.Page { return explain.Pages(catalogue.Rules(), analyzers.All()) }

// Explain prints the documentation of a rule, or of all rules of an analyzer.
func (a *App) Explain(query, format string) error {
	found, close := explain.Find(pages(), query)
	if len(found) == 0 {
		hint := "`cloudlint rules` lists all"
		if len(close) > 0 {
			hint = "did you mean " + strings.Join(close, ", ") + "?"
		}
		return Usagef("there is no rule %s; %s", query, hint)
	}
	if format == "json" {
		if len(found) == 1 {
			return writeJSON(a.stdout, found[0])
		}
		return writeJSON(a.stdout, found)
	}
	for i, p := range found {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		var err error
		if format == "md" {
			err = p.WriteMarkdown(a.stdout, 1)
		} else {
			err = p.WriteText(a.stdout, a.terminal().Color)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Rules prints all rules: FORMAT or FORMAT=FILE.
func (a *App) Rules(spec string) error {
	format, file, _ := strings.Cut(spec, "=")
	all := pages()
	var print func(io.Writer) error
	switch format {
	case "text":
		print = func(w io.Writer) error { return explain.Table(w, all) }
	case "md":
		print = func(w io.Writer) error { return explain.RulesMD(w, all) }
	case "json":
		print = func(w io.Writer) error { return writeJSON(w, all) }
	default:
		return Usagef("--format %s: there is no format %q; there are text, json, md", spec, format)
	}
	return a.write(file, print)
}

// Schema prints the JSON schema of "findings" or "config" to a file, or to standard output.
func (a *App) Schema(of, file string) error {
	text := []byte(finding.Schema())
	switch of {
	case "findings":
	case "config":
		var err error
		if text, err = config.Schema(known(catalogue.Rules())); err != nil {
			return err
		}
	default:
		return Usagef("there is no schema of %s: want findings or config", of)
	}
	return a.write(file, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// Doctor describes the environment.
func (a *App) Doctor(ctx context.Context, format string) error {
	report := doctor.Examine(ctx, doctor.Request{
		Dir:    a.Options.Dir,
		Config: a.configFile,
		Driver: func(ctx context.Context) (string, error) {
			mode, err := driver.Choose(ctx, driver.Request{Dir: a.Options.Dir, Mode: driver.Auto, Analyzers: analyzers.All, Log: a.log})
			return string(mode), err
		},
	})
	if format == "json" {
		return writeJSON(a.stdout, report)
	}
	return report.WriteText(a.stdout)
}

// RuleNames are what `cloudlint explain` takes, for completion: codes with the titles beside them, and names.
func RuleNames() []string {
	var codes, names []string
	for _, p := range pages() {
		codes = append(codes, p.Code+"\t"+p.Title)
		names = append(names, p.Name+"\t"+p.Title)
	}
	return append(codes, append(names, catalogue.Rules().Analyzers()...)...)
}

// Selectors are the names that choose rules, for completion.
func Selectors() []string {
	rules := catalogue.Rules()
	list := []string{"all", string(rule.Stable), string(rule.Preview)}
	for _, f := range rule.Families() {
		list = append(list, string(f))
	}
	list = append(list, rules.Analyzers()...)
	for _, r := range rules {
		list = append(list, r.Code)
	}
	for _, r := range rules {
		list = append(list, r.Name)
	}
	return list
}

// FormatNames are the formats of reports.
func FormatNames() []string {
	var names []string
	for _, f := range render.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// FormatCompletions are the formats with what they are for beside them, for completion.
func FormatCompletions() []string {
	var list []string
	for _, f := range render.Formats() {
		list = append(list, f.Name+"\t"+f.Doc)
	}
	return list
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
