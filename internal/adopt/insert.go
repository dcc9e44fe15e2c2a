package adopt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// errNoKey says that a file has no such key.
var errNoKey = errors.New("there is no such key")

// insert adds an entry, YAML text of one element, to the end of the list or mapping that the keys lead to; without keys
// it is the file's own mapping. It only adds lines: all others stay as they are, byte for byte. What the file says
// afterwards is compared with what it said before; an error says why the place is not certain.
func insert(src []byte, keys []string, entry string) ([]byte, error) {
	root, err := parse(src)
	if err != nil {
		return nil, err
	}
	lines := strings.SplitAfter(string(src), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	box, limit, err := find(root, keys, len(lines)+1)
	if err != nil {
		return nil, err
	}
	column, err := column(box, lines)
	if err != nil {
		return nil, err
	}

	end := lastLine(lines, limit, column, len(keys) == 0)
	newline := "\n"
	if strings.HasSuffix(lines[0], "\r\n") {
		newline = "\r\n"
	}
	var text strings.Builder
	if !strings.HasSuffix(lines[end], "\n") {
		text.WriteString(newline)
	}
	if len(keys) == 0 || apart(box, lines) {
		text.WriteString(newline)
	}
	for line := range strings.Lines(entry) {
		text.WriteString(strings.Repeat(" ", column) + strings.TrimRight(line, "\n") + newline)
	}
	changed := strings.Join(lines[:end+1], "") + text.String() + strings.Join(lines[end+1:], "")
	if err := same(src, []byte(changed), keys, entry); err != nil {
		return nil, err
	}
	return []byte(changed), nil
}

// parse returns the only document's root.
func parse(src []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the file is empty")
		}
		return nil, err
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("the file has several documents")
	}
	return doc.Content[0], nil
}

// find returns what the keys lead to, and the line of the first key behind it, or the limit.
func find(node *yaml.Node, keys []string, limit int) (*yaml.Node, int, error) {
	for _, key := range keys {
		if node.Kind != yaml.MappingNode {
			return nil, 0, fmt.Errorf("line %d is no mapping", node.Line)
		}
		var value *yaml.Node
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value != key {
				continue
			}
			value = node.Content[i+1]
			if i+2 < len(node.Content) {
				limit = node.Content[i+2].Line
			}
		}
		if value == nil {
			return nil, 0, fmt.Errorf("%w: %s", errNoKey, key)
		}
		node = value
	}
	return node, limit, nil
}

// column returns how far the elements of a list or mapping are indented, if it is written as a block.
func column(box *yaml.Node, lines []string) (int, error) {
	isList := box.Kind == yaml.SequenceNode
	if !isList && box.Kind != yaml.MappingNode || len(box.Content) == 0 || box.Style&yaml.FlowStyle != 0 {
		return 0, fmt.Errorf("line %d is not written as a block", box.Line)
	}
	at := box.Content[0]
	if isList {
		at = box
	}
	if at.Line < 1 || at.Line > len(lines) || at.Column < 1 {
		return 0, errors.New("the place is not known")
	}
	line := strings.TrimPrefix(lines[at.Line-1], "\ufeff")
	indent := len(line) - len(strings.TrimLeft(line, " "))
	if indent != at.Column-1 || isList && !strings.HasPrefix(line[indent:], "-") {
		return 0, fmt.Errorf("line %d begins with something else", at.Line)
	}
	return indent, nil
}

// lastLine returns the index of the last line of a block whose elements are indented by column, and that ends before
// the line limit: the last one with content, and behind it the comments that are indented as the elements are.
func lastLine(lines []string, limit, column int, whole bool) int {
	end := limit - 2
	for end > 0 && (blank(lines[end]) || comment(lines[end]) && !whole) {
		end--
	}
	for i := end + 1; i < limit-1; i++ {
		indent := len(lines[i]) - len(strings.TrimLeft(lines[i], " "))
		if comment(lines[i]) && indent > 0 && indent >= column {
			end = i
		} else if !blank(lines[i]) {
			break
		}
	}
	return end
}

func blank(line string) bool   { return strings.TrimSpace(line) == "" }
func comment(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "#") }

// apart reports whether the elements are separated by blank lines.
func apart(box *yaml.Node, lines []string) bool {
	step := 1
	if box.Kind == yaml.MappingNode {
		step = 2
	}
	if len(box.Content) < 2*step {
		return false
	}
	i := box.Content[len(box.Content)-step].Line - 2
	for i > 0 && comment(lines[i]) {
		i--
	}
	return i >= 0 && blank(lines[i])
}

// same checks that a file says what it said before, and has the entry at the end of what the keys lead to.
func same(before, after []byte, keys []string, entry string) error {
	var want, got, added any
	for text, v := range map[string]*any{string(before): &want, string(after): &got, entry: &added} {
		if err := yaml.Unmarshal([]byte(text), v); err != nil {
			return err
		}
	}
	want, err := with(want, keys, added)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(got, want) {
		return errors.New("what is at the end of the list cannot be told for certain")
	}
	return nil
}

// with returns a value with the elements of added at the end of what the keys lead to.
func with(v any, keys []string, added any) (any, error) {
	if len(keys) > 0 {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, errors.New("keys are not plain words")
		}
		inner, err := with(m[keys[0]], keys[1:], added)
		m[keys[0]] = inner
		return m, err
	}
	switch v := v.(type) {
	case []any:
		list, ok := added.([]any)
		if !ok {
			return nil, errors.New("a list is found where a mapping is expected")
		}
		return append(v, list...), nil
	case map[string]any:
		m, ok := added.(map[string]any)
		if !ok {
			return nil, errors.New("a mapping is found where a list is expected")
		}
		for key, value := range m {
			if _, dup := v[key]; dup {
				return nil, fmt.Errorf("there is a key %s already", key)
			}
			v[key] = value
		}
		return v, nil
	}
	return nil, errors.New("keys are not plain words")
}
