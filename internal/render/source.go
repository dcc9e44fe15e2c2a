package render

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/cloudlint/cloudlint/internal/finding"
	"github.com/cloudlint/cloudlint/internal/paths"
)

// maxSource is the size beyond which a file is not taken for source code.
const maxSource = 64 << 20

// DiskReader returns a function that reads the files of a report from the disk, given the report's root. A //line
// directive can name any file, and reports are published: it refuses what is not a regular file, and what is neither
// inside the root nor Go.
func DiskReader(root string) func(file string) ([]byte, error) {
	return func(file string) ([]byte, error) {
		name := finding.Abs(root, file)
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is not a regular file", name)
		}
		if info.Size() > maxSource {
			return nil, fmt.Errorf("%s is too large", name)
		}
		if err := readable(root, name); err != nil {
			return nil, err
		}
		return os.ReadFile(name)
	}
}

// readable returns an error for a file that must not be shown. Symbolic links count as what they lead to.
func readable(root, name string) error {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	if filepath.Ext(name) == ".go" {
		return nil
	}
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return err
	}
	if _, ok := paths.Below(root, name); !ok {
		return fmt.Errorf("%s is neither in the repository nor a Go file", name)
	}
	return nil
}

// sources reads each file once.
type sources struct {
	read  func(file string) ([]byte, error)
	files map[string]*source
}

func newSources(read func(string) ([]byte, error)) *sources {
	return &sources{read: read, files: make(map[string]*source)}
}

// file returns the file's contents, or a source with an error.
func (s *sources) file(name string) *source {
	src, ok := s.files[name]
	if !ok {
		src = newSource(s.read(name))
		s.files[name] = src
	}
	return src
}

// A source is a file with its lines.
type source struct {
	text   []byte
	err    error
	starts []int          // offset of each line
	hashes map[int]string // by line; see lineHashes
}

func newSource(text []byte, err error) *source {
	if err != nil {
		return &source{err: err}
	}
	src := &source{text: text, starts: []int{0}}
	for i, c := range text {
		if c == '\n' {
			src.starts = append(src.starts, i+1)
		}
	}
	return src
}

// line returns the text of a line, counted from 1, without its end. It reports false if there is none.
func (s *source) line(n int) (string, bool) {
	if s.err != nil || n < 1 || n > len(s.starts) {
		return "", false
	}
	text := s.text[s.starts[n-1]:]
	if n < len(s.starts) {
		text = s.text[s.starts[n-1] : s.starts[n]-1]
	}
	return string(bytes.TrimSuffix(text, []byte("\r"))), true
}

// position returns the line and the byte column of an offset, both counted from 1.
func (s *source) position(offset int) (line, column int, ok bool) {
	if s.err != nil || offset < 0 || offset > len(s.text) {
		return 0, 0, false
	}
	line = sort.SearchInts(s.starts, offset+1)
	return line, offset - s.starts[line-1] + 1, true
}

// errChanged says that a place lies beyond the end of its file or line.
var errChanged = errors.New("the file has changed since it was analysed")

// check returns the text of the line that a place starts on, or why it cannot be shown.
func (s *source) check(r finding.Range) (string, error) {
	if s.err != nil {
		return "", brief(s.err)
	}
	text, ok := s.line(r.Line)
	if !ok || r.Column > len(text)+1 {
		return "", errChanged
	}
	return text, nil
}

// brief drops the file's name from an error about a file that was just named.
func brief(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// span returns the bytes [start, end) of a line's text that a place covers. A place without a column covers the whole
// line, one that goes on in later lines the rest of its first one, one without an end the identifier or the single
// character that it stands on.
func span(text string, r finding.Range) (start, end int) {
	start = min(r.Column-1, len(text))
	switch {
	case r.Column <= 0:
		start, end = len(text)-len(strings.TrimLeft(text, " \t")), len(strings.TrimRight(text, " \t"))
	case r.EndLine > r.Line:
		end = len(strings.TrimRight(text, " \t"))
	case r.EndLine == r.Line && r.EndColumn > r.Column:
		end = min(r.EndColumn-1, len(text))
	default:
		end = start + wordLength(text[start:])
	}
	return start, max(start, end)
}

// wordLength returns the length of the identifier at the start of the text, or of its first character.
func wordLength(text string) int {
	n := 0
	for i, r := range text {
		if r != '_' && !isLetterOrDigit(r) {
			break
		}
		n = i + utf8.RuneLen(r)
	}
	if n == 0 {
		_, n = utf8.DecodeRuneInString(text)
	}
	return n
}

// utf16Column converts an offset in a line's text to a column that counts UTF-16 code units from 1.
func utf16Column(text string, offset int) int {
	column := 1
	for i, r := range text {
		if i+runeLen(text[i:]) > offset {
			break
		}
		column++
		if r > 0xFFFF {
			column++
		}
	}
	return column
}

func runeLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}
