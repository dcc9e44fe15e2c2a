package app

import (
	"cmp"
	"go/parser"
	"go/token"

	"github.com/cloudlint/cloudlint/internal/directive"
	"github.com/cloudlint/cloudlint/internal/rule"
)

// comments finds the suppression comments of files, each of which it reads once.
type comments struct {
	fset    *token.FileSet
	files   map[string]*fileComments
	replace map[string]string // of the overlay
}

type fileComments struct {
	index *directive.Index // nil: the file cannot be read
	file  *token.File
}

func newComments(replace map[string]string) *comments {
	return &comments{fset: token.NewFileSet(), files: make(map[string]*fileComments), replace: replace}
}

// silence reports whether a comment silences one of the rules in a line of a file, which is absolute.
func (c *comments) silence(file string, line int, rules rule.Catalogue) bool {
	read := c.files[file]
	if read == nil {
		read = new(fileComments)
		c.files[file] = read
		// What can be read of a file with mistakes is good enough.
		if tree, _ := parser.ParseFile(c.fset, cmp.Or(c.replace[file], file), nil, parser.ParseComments|parser.SkipObjectResolution); tree != nil {
			read.index, read.file = directive.NewIndex(c.fset, tree), c.fset.File(tree.FileStart)
		}
	}
	if read.index == nil || read.file == nil || line < 1 || line > read.file.LineCount() {
		return false
	}
	for _, r := range rules {
		if read.index.Suppressing(c.fset, read.file.LineStart(line), r.Code, r.Name, r.Analyzer, string(r.Family())) != nil {
			return true
		}
	}
	return false
}
