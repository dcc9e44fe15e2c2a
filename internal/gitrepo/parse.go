package gitrepo

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// parseDiff reads what git diff --raw prints, and with --patch the patches after it. Names with special characters are
// quoted in both, so that no name can be taken for anything else; -z would leave them as they are in the patches. The
// patches' own lines are counted, not looked at.
func parseDiff(stdout io.Reader) ([]Change, error) {
	p := &diffParser{in: bufio.NewReaderSize(stdout, 1<<16), current: -1}
	for {
		line, err := p.in.ReadString('\n')
		if errors.Is(err, io.EOF) && line == "" {
			break
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		line = strings.TrimSuffix(line, "\n")
		if p.current < 0 && strings.HasPrefix(line, ":") {
			err = p.raw(line)
		} else {
			err = p.patch(line)
		}
		if err != nil {
			return nil, err
		}
	}
	if p.current >= 0 && p.current != len(p.patches)-1 {
		return nil, fmt.Errorf("git diff lists %d changes and shows %d", len(p.patches), p.current+1)
	}
	return p.changes, nil
}

// A diffParser pairs each patch with a line of the raw part: they have one order.
type diffParser struct {
	in      *bufio.Reader
	changes []Change
	patches []int // the change that each patch is about
	current int   // index of patches; -1 before the first
}

// raw reads ":100644 100755 OBJECT OBJECT R087\told\tnew".
func (p *diffParser) raw(line string) error {
	info, names, ok := strings.Cut(strings.TrimPrefix(line, ":"), "\t")
	fields := strings.Fields(info)
	if !ok || len(fields) != 5 {
		return p.unexpected(line)
	}
	c := Change{Kind: fields[4][0], OldMode: fields[0], NewMode: fields[1], OldBlob: fields[2]}
	first, second, two := strings.Cut(names, "\t")
	old, err := unquote(first)
	if err != nil {
		return p.unexpected(line)
	}
	c.Old, c.New = old, old
	switch {
	case two:
		if c.New, err = unquote(second); err != nil {
			return p.unexpected(line)
		}
	case c.Kind == Added:
		c.Old = ""
	case c.Kind == Deleted:
		c.New = ""
	}
	p.patches = append(p.patches, len(p.changes))
	if c.Kind == TypeChanged {
		p.patches = append(p.patches, len(p.changes)) // what is gone, then what is there instead
	}
	p.changes = append(p.changes, c)
	return nil
}

// patch reads a line of a patch's head, or a hunk.
func (p *diffParser) patch(line string) error {
	if strings.HasPrefix(line, "diff --git ") {
		if p.current++; p.current >= len(p.patches) {
			return p.unexpected(line)
		}
		return nil
	}
	if p.current < 0 {
		if line == "" {
			return nil // between the two parts
		}
		return p.unexpected(line)
	}
	c := &p.changes[p.patches[p.current]]
	switch {
	case strings.HasPrefix(line, "Binary files "):
		c.Binary = true
	case strings.HasPrefix(line, "+++ "):
		name, err := unquote(strings.TrimSuffix(strings.TrimPrefix(line, "+++ "), "\t"))
		if err != nil || name != "/dev/null" && name != "b/"+c.New {
			return p.unexpected(line)
		}
	case strings.HasPrefix(line, "@@ "):
		return p.hunk(c, line)
	}
	return nil
}

// hunk reads "@@ -12,0 +13,2 @@ func f()" and goes past the lines.
func (p *diffParser) hunk(c *Change, line string) error {
	fields := strings.Fields(line)
	if len(fields) < 4 {
		return p.unexpected(line)
	}
	_, gone, ok := parseRange(fields[1], "-")
	start, count, ok2 := parseRange(fields[2], "+")
	if !ok || !ok2 {
		return p.unexpected(line)
	}
	c.Hunks = append(c.Hunks, Hunk{Line: start, Count: count})
	for n := gone + count; n > 0; {
		_, err := p.in.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return fmt.Errorf("git diff: the output ends within %s: %w", strconv.Quote(line), err)
		}
		n--
	}
	return nil
}

// parseRange reads "+13,2", or "+13", which is one line.
func parseRange(s, sign string) (start, count int, ok bool) {
	s, ok = strings.CutPrefix(s, sign)
	first, second, two := strings.Cut(s, ",")
	start, err := strconv.Atoi(first)
	count = 1
	if two && err == nil {
		count, err = strconv.Atoi(second)
	}
	return start, count, ok && err == nil && start >= 0 && count >= 0
}

// unquote returns a file's name from the form that git prints. git quotes as C does, which is Go's way, too, as far as
// git makes use of it.
func unquote(name string) (string, error) {
	if !strings.HasPrefix(name, `"`) {
		return name, nil
	}
	return strconv.Unquote(name)
}

func (p *diffParser) unexpected(line string) error {
	return fmt.Errorf("git diff printed %s, which cloudlint does not understand", strconv.Quote(line))
}
