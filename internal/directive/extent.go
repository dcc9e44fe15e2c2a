package directive

import (
	"go/ast"
	"go/token"
)

// An extent says where code begins and ends in a file, line by line.
type extent struct {
	tf *token.File
	// begins holds, by line, what begins there: the last line of the longest node, for all nodes of the line, and for
	// those alone that begin before something that began earlier ends.
	begins, opens map[int]int
	code          map[int]bool // lines on which a node begins or ends
	comments      map[int]bool // lines in a comment
}

func newExtent(tf *token.File, file *ast.File) *extent {
	e := &extent{tf: tf, begins: make(map[int]int), opens: make(map[int]int), code: make(map[int]bool), comments: make(map[int]bool)}
	closed := make(map[int]token.Pos) // by line, the end of the first node that began on an earlier one
	var nodes []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		switch n.(type) {
		case nil:
			return true
		case *ast.Comment, *ast.CommentGroup:
			return false
		case *ast.File:
			// What stands above the package clause stands for the whole file, as in golangci-lint; what stands beside it
			// is nearly always about the package's name.
			line := tf.Line(file.Package)
			e.opens[line], e.code[line] = tf.LineCount(), true
			return true
		}
		if !n.Pos().IsValid() || n.End() < n.Pos() {
			return true // the parser made it up
		}
		start, end := tf.Line(n.Pos()), tf.Line(n.End())
		e.code[start], e.code[end] = true, true
		if first, ok := closed[end]; start < end && (!ok || n.End() < first) {
			closed[end] = n.End()
		}
		nodes = append(nodes, n)
		return true
	})
	for _, n := range nodes {
		start, end := tf.Line(n.Pos()), tf.Line(n.End())
		e.begins[start] = max(e.begins[start], end)
		if first, ok := closed[start]; !ok || n.Pos() < first {
			e.opens[start] = max(e.opens[start], end)
		}
	}
	for _, group := range file.Comments {
		for line, last := tf.Line(group.Pos()), tf.Line(group.End()); line <= last; line++ {
			e.comments[line] = true
		}
	}
	return e
}

// from returns the last line that a directive on the line stands for.
func (e *extent) from(line int) int {
	if e.code[line] {
		return max(line, e.begins[line])
	}
	// Alone on its line: what begins on the next line that is no comment. The end of the enclosing block is no such
	// thing, nor is what follows it ("} else {").
	next := line + 1
	for ; !e.code[next] && e.comments[next]; next++ {
	}
	if !e.code[next] {
		return line
	}
	return max(line, e.opens[next])
}
