package explain

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// textWidth is where prose for a terminal is broken.
const textWidth = 96

// WriteText writes one page for a terminal.
func (p *Page) WriteText(w io.Writer, color bool) error {
	bold := func(s string) string {
		if color {
			return "\x1b[1m" + s + "\x1b[0m"
		}
		return s
	}
	b := new(strings.Builder)
	fmt.Fprintf(b, "%s\n", bold(p.Code+" "+plain(p.Title)))
	fmt.Fprintf(b, "%s\n\n", wrap(strings.Join(p.Facts(), " · "), ""))
	b.WriteString(prose(p.Text))
	section := func(title, body string) {
		if body != "" {
			fmt.Fprintf(b, "\n%s\n%s\n", bold(title), body)
		}
	}
	section("Wrong", indent(p.Wrong))
	section("Right", indent(p.Right))
	var options []string
	for _, o := range p.Options {
		line := p.Analyzer + "." + o.Name
		if o.Default != "" {
			line += "=" + o.Default
		}
		if o.Usage != "" {
			line += ": " + o.Usage
		}
		options = append(options, wrap(line, "    "))
	}
	section("Options", strings.Join(options, "\n"))
	section("What it does not see", wrap(plain(p.Blind), "    "))
	comment, config := p.Suppression()
	section("To silence it", indent(strings.TrimPrefix(comment+"\n"+config+"  (in .cloudlint.yml)", "\n")))
	section("References", indent(strings.Join(p.References, "\n")))
	_, err := io.WriteString(w, b.String())
	return err
}

// prose wraps the paragraphs of a Markdown text; lists keep their items, and code keeps its lines.
func prose(text string) string {
	b := new(strings.Builder)
	for i, block := range Blocks(text) {
		if i > 0 && block.Apart {
			b.WriteString("\n")
		}
		switch block.Kind {
		case CodeBlock:
			b.WriteString(indent(block.Text) + "\n")
		case Item:
			b.WriteString(wrap("- "+plain(block.Text), "") + "\n")
		default:
			b.WriteString(wrap(plain(block.Text), "") + "\n")
		}
	}
	return b.String()
}

// wrap breaks one paragraph into lines that start with the margin.
func wrap(text, margin string) string {
	b := new(strings.Builder)
	column := 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case column == 0:
			b.WriteString(margin)
			column = len(margin)
		case column+1+n > textWidth:
			b.WriteString("\n" + margin)
			column = len(margin)
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

func indent(text string) string {
	if text == "" {
		return ""
	}
	return "    " + strings.ReplaceAll(text, "\n", "\n    ")
}

// plain takes the Markdown marks for code out of a line of prose.
func plain(text string) string { return strings.ReplaceAll(text, "`", "") }
