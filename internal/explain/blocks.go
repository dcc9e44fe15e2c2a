package explain

import "strings"

// A Block is a part of a rule's text.
type Block struct {
	Kind  BlockKind
	Text  string // of a paragraph or an item on one line, with ` marks around code; of code with its lines
	Apart bool   // an empty line precedes it
}

// A BlockKind is one of the kinds of text that the documentation of rules is written in.
type BlockKind uint8

// The kinds of blocks.
const (
	Paragraph BlockKind = iota
	Item                // of a list
	CodeBlock           // indented or fenced
)

// Blocks splits the Markdown of a rule's text.
func Blocks(text string) []Block {
	var blocks []Block
	apart, open := false, false // open: the last block goes on
	add := func(kind BlockKind, text string) {
		last := len(blocks) - 1
		switch {
		case !open || kind == Item || blocks[last].Kind == CodeBlock != (kind == CodeBlock):
			blocks = append(blocks, Block{kind, text, apart})
		case kind == CodeBlock:
			blocks[last].Text += "\n" + text
		default:
			blocks[last].Text += " " + text
		}
		apart, open = false, true
	}
	fenced := false
	for line := range strings.Lines(strings.TrimSpace(text)) {
		line = strings.TrimRight(line, "\n")
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(trimmed, "```"):
			fenced, open = !fenced, false
		case fenced:
			add(CodeBlock, line)
		case trimmed == "":
			apart, open = true, false
		case strings.HasPrefix(line, "    "):
			add(CodeBlock, line[4:])
		case strings.HasPrefix(line, "\t"):
			add(CodeBlock, line[1:])
		case strings.HasPrefix(trimmed, "- ") || strings.HasPrefix(trimmed, "* "):
			add(Item, strings.TrimSpace(trimmed[2:]))
		default:
			add(Paragraph, trimmed)
		}
	}
	return blocks
}

// A Span is a part of a line of prose.
type Span struct {
	Text string
	Code bool
}

// Spans splits prose at its ` marks. A mark that is alone stays.
func Spans(text string) []Span {
	var spans []Span
	add := func(text string, code bool) {
		if text != "" {
			spans = append(spans, Span{text, code})
		}
	}
	for {
		before, rest, ok := strings.Cut(text, "`")
		code, after, closed := strings.Cut(rest, "`")
		if !ok || !closed {
			add(text, false)
			return spans
		}
		add(before, false)
		add(code, true)
		text = after
	}
}
