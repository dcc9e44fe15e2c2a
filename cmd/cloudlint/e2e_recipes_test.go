package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A block is code of a page: the lines between two fences.
type block struct{ language, text string }

func blocks(page string) (list []block) {
	fences := regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")
	for _, m := range fences.FindAllStringSubmatch(page, -1) {
		list = append(list, block{m[1], m[2]})
	}
	return list
}

// The recipes for CI systems are YAML where they say so, name flags that exist, and link to what is there.
func TestRecipes(t *testing.T) {
	help := cloudlint(t, t.TempDir(), "--help").stdout
	flag := regexp.MustCompile(`(?:^|["'\s])(--[a-z][a-z-]*)`)
	link := regexp.MustCompile(`\]\(([^):#]+)[^)]*\)`)
	pages, err := filepath.Glob(filepath.Join(repository(t), "docs", "ci", "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("%v, %v", pages, err)
	}
	for _, name := range pages {
		t.Run(filepath.Base(name), func(t *testing.T) {
			page, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range link.FindAllStringSubmatch(string(page), -1) {
				if _, err := os.Stat(filepath.Join(filepath.Dir(name), m[1])); err != nil {
					t.Error(err)
				}
			}
			list := blocks(string(page))
			if len(list) == 0 {
				t.Error("no recipe")
			}
			commands := 0
			for _, b := range list {
				if b.language == "yaml" {
					var content any
					if err := yaml.NewDecoder(strings.NewReader(b.text)).Decode(&content); err != nil && !errors.Is(err, io.EOF) {
						t.Errorf("%v:\n%s", err, b.text)
					}
				}
				// Lines that end in a backslash go on.
				for line := range strings.Lines(strings.ReplaceAll(b.text, "\\\n", " ")) {
					_, args, ours := strings.Cut(line, "cloudlint ")
					if !ours && !strings.Contains(line, "set -- ") && !strings.HasPrefix(strings.TrimSpace(line), "--") {
						continue
					}
					if !ours {
						args = line
					}
					args, _, _ = strings.Cut(args, "|")
					for _, m := range flag.FindAllStringSubmatch(args, -1) {
						commands++
						if !strings.Contains(help, m[1]+" ") {
							t.Errorf("cloudlint has no %s: %s", m[1], line)
						}
					}
				}
			}
			if commands == 0 {
				t.Error("no flag is named")
			}
		})
	}
}
