// Package splice puts calls between the statements of Go files, on the lines that are there, so that each keeps its number.
package splice

import (
	"bytes"
	"cmp"
	"go/ast"
	"slices"
)

// An Insertion is text to stand before the byte at an offset.
type Insertion struct {
	Offset int
	Text   string
}

// Insert returns a text with insertions. Those at one offset stand in the order in which they come in the list, which is
// sorted in place.
func Insert(src []byte, list []Insertion) []byte {
	slices.SortStableFunc(list, func(a, b Insertion) int { return cmp.Compare(a.Offset, b.Offset) })
	var out bytes.Buffer
	end := 0
	for _, in := range list {
		out.Write(src[end:in.Offset])
		out.WriteString(in.Text)
		end = in.Offset
	}
	out.Write(src[end:])
	return out.Bytes()
}

// Statements returns the list of statements that a node has: a block, or what a case does. Other nodes have none.
func Statements(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	case *ast.CommClause:
		return n.Body
	}
	return nil
}
