package driver

import (
	"path/filepath"
	"strings"
)

// A complaint is what go, a compiler or the vettool wrote about one package.
type complaint struct {
	pkg      string   // import path, without a test variant's suffix; empty: go's own words
	messages []string // "file:line:col: text", one line each
}

// parseStderr splits what go vet wrote to its standard error: blocks that begin with "# import/path", and its own
// words.
func parseStderr(text string) []complaint {
	var all []complaint
	cur := -1
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case line == "" || isNews(line):
			continue
		case strings.HasPrefix(line, "# "):
			if pkg := blockPackage(line[2:]); pkg != "" {
				all = append(all, complaint{pkg: pkg})
				cur = len(all) - 1
			}
			// "# [pkg]" repeats the line before, for a test variant.
			continue
		case cur < 0 || strings.HasPrefix(line, "go: ") && all[cur].pkg != "":
			all = append(all, complaint{})
			cur = len(all) - 1
		}
		c := &all[cur]
		if n := len(c.messages); n > 0 && (line[0] == '\t' || line[0] == ' ') {
			c.messages[n-1] += " " + strings.TrimSpace(line) // have (int) want (string)
			continue
		}
		c.messages = append(c.messages, strings.TrimPrefix(strings.TrimPrefix(line, "go: "), "vet: "))
	}
	for i := range all {
		all[i].messages = withoutStack(all[i].messages)
	}
	return all
}

// blockPackage returns the import path in the headline of a block: "p", "p [p.test]", or "[p]", which names none.
func blockPackage(headline string) string {
	if strings.HasPrefix(headline, "[") {
		return ""
	}
	path, _, _ := strings.Cut(headline, " ")
	return path
}

// withoutStack cuts what the runtime writes after a panic.
func withoutStack(messages []string) []string {
	for i, m := range messages {
		if strings.HasPrefix(m, "panic: ") || strings.HasPrefix(m, "fatal error: ") {
			return append(messages[:i:i], "cloudlint failed: "+m)
		}
	}
	return messages
}

// cutPosition splits "file:line[:col]: text" before the first colon that a line number follows.
func cutPosition(s string) (file, rest string, ok bool) {
	from := len(filepath.VolumeName(s))
	for i := from; i < len(s)-1; i++ {
		if s[i] != ':' || s[i+1] < '0' || s[i+1] > '9' {
			continue
		}
		return s[:i], s[i:], i > from && !strings.Contains(s[:i], ": ")
	}
	return "", s, false
}
