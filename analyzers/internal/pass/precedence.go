package pass

import (
	"flag"
	"fmt"
	"go/ast"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"

	"github.com/cloudlint/cloudlint/internal/rule"
	"github.com/cloudlint/cloudlint/internal/wire"
)

// Precede makes each of the analyzers that another one precedes (rule.Precedence) run after that, with its result, so that
// they are silent about what it tells. It is called once, for the analyzers of one driver.
//
// The diagnostics, which are all that drivers other than ours see, are left out here. The records keep the findings: the
// front leaves them out once it knows which rules are wanted.
func Precede(list []*analysis.Analyzer) {
	for _, first := range list {
		for _, second := range list {
			if rule.Precedes(first.Name, second.Name) {
				second.Requires = append(second.Requires, first)
			}
		}
	}
}

// told reports whether an analyzer that precedes this one has a finding about the subject: one that is shown, or that a
// comment silences.
func (p *Pass) told(subject string) bool {
	return subject != "" && slices.ContainsFunc(p.Analyzer.Requires, func(first *analysis.Analyzer) bool {
		result, ok := p.ResultOf[first].(*wire.Result)
		return ok && p.shown(first.Name) && slices.ContainsFunc(result.Findings, func(f wire.Finding) bool { return f.Subject == subject })
	})
}

// shown reports whether the driver shows what an analyzer finds that this one requires. x/tools' checkers run it also when
// they do not: -NAME=false leaves it out, and so does -OTHER. Those flags, which they declare for the process, are the only
// ones to tell. Our own drivers give an analyzer that is not wanted no findings, and others have no such flags.
func (p *Pass) shown(name string) bool {
	given := make(map[string]string) // on the command line
	flag.Visit(func(f *flag.Flag) { given[f.Name] = f.Value.String() })
	return given[name] != "false" && (given[name] == "true" || given[p.Analyzer.Name] != "true")
}

// Goroutine is the subject of a finding about a goroutine that does not end: the innermost function that the place is in.
// It is empty for a place in another package.
func (p *Pass) Goroutine(at Place) string {
	file := p.File(at.Pos)
	if at.Foreign != nil || file == nil {
		return ""
	}
	path, _ := astutil.PathEnclosingInterval(file, at.Pos, at.Pos)
	for _, n := range path {
		switch n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			pos := p.WirePos(n)
			return fmt.Sprintf("goroutine %s/%s:%d:%d", pos.Package, pos.File, pos.Line, pos.Column)
		}
	}
	return ""
}

// Call is the subject of a finding about a call that waits, or that loses the context at hand: the one that begins at the
// place. It is empty for a place in another package.
func (p *Pass) Call(at Place) string {
	if at.Foreign != nil || p.File(at.Pos) == nil {
		return ""
	}
	pos := p.wirePos(at.Pos, at.Pos)
	return fmt.Sprintf("call %s/%s:%d:%d", pos.Package, pos.File, pos.Line, pos.Column)
}
