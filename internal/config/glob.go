package config

import (
	"errors"
	"path"
	"slices"
	"strings"
)

// A glob is a pattern of file names. It is written with slashes and is relative to a folder. In each part between two
// slashes * stands for any characters, ? for one, [a-z] for one of a class; the part ** stands for any number of folders,
// none included. As in .gitignore, a pattern without a slash (other than a final one) matches at any depth, a first slash
// ties it to the top, and what matches a folder matches everything below it.
type glob struct {
	parts []string
}

func parseGlob(text string) (glob, error) {
	switch {
	case text == "":
		return glob{}, errors.New("the pattern is empty")
	case strings.HasPrefix(text, "!"):
		return glob{}, errors.New("a pattern cannot be negated with !")
	case strings.ContainsAny(text, "{}"):
		return glob{}, errors.New("braces have no meaning here: write two patterns")
	case strings.Contains(text, `\`):
		return glob{}, errors.New("patterns are written with slashes, on Windows too")
	}
	trimmed := strings.TrimSuffix(strings.TrimPrefix(text, "./"), "/")
	anchored := strings.Contains(trimmed, "/") || strings.HasPrefix(text, "./")
	trimmed = strings.TrimPrefix(trimmed, "/")
	if trimmed == "" || trimmed == "." {
		return glob{parts: []string{"**"}}, nil // the whole folder
	}
	var g glob
	if !anchored {
		g.parts = append(g.parts, "**")
	}
	for part := range strings.SplitSeq(trimmed, "/") {
		switch {
		case part == "":
			return glob{}, errors.New("the pattern has two slashes in a row")
		case part == "." || part == "..":
			return glob{}, errors.New("a pattern cannot contain . or ..: it is relative to the folder of its file")
		case part == "**":
		case strings.Contains(part, "**"):
			return glob{}, errors.New("** stands for whole folders: write **/ before a name and /** after it")
		default:
			if _, err := path.Match(part, ""); err != nil {
				return glob{}, errors.New("the pattern has a [ without its ]")
			}
		}
		g.parts = append(g.parts, part)
	}
	g.parts = append(g.parts, "**") // everything below a folder that matches
	return g, nil
}

// match reports whether the file, with slashes and relative to the pattern's folder, matches. Its time is the product of
// the two lengths, also for many stars.
func (g glob) match(file string) bool {
	names := strings.Split(file, "/")
	// reach[i] says whether the parts so far match the first i names.
	reach := make([]bool, len(names)+1)
	reach[0] = true
	for _, part := range g.parts {
		if part == "**" {
			if first := slices.Index(reach, true); first >= 0 {
				for i := first; i < len(reach); i++ {
					reach[i] = true
				}
			}
			continue
		}
		for i := len(names); i > 0; i-- {
			ok := reach[i-1]
			if ok {
				ok, _ = path.Match(part, names[i-1])
			}
			reach[i] = ok
		}
		reach[0] = false
	}
	return reach[len(names)]
}
