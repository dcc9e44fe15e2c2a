package pass

import (
	"flag"
	"fmt"
	"go/ast"
	"iter"

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
	if subject == "" {
		return false
	}
	for f := range p.preceding() {
		if f.Subject == subject {
			return true
		}
	}
	return false
}

// ToldAt reports whether an analyzer that precedes this one has such a finding that begins at a place, or whose steps or
// related places do. It is for what depends on that beside a finding at the place, such as a fact; see Diagnostic.Subject for
// the finding itself.
func (p *Pass) ToldAt(at Place) bool {
	pos, ok := p.WirePlace(at)
	if !ok {
		return false
	}
	if p.toldAt == nil {
		p.toldAt = make(map[wire.Pos]bool)
		for f := range p.preceding() {
			p.toldAt[start(f.Pos)] = true
			for _, s := range f.Steps {
				p.toldAt[start(s.Pos)] = true
			}
			for _, r := range f.Related {
				p.toldAt[start(r.Pos)] = true
			}
		}
	}
	return p.toldAt[start(pos)]
}

// start is where a place begins.
func start(at wire.Pos) wire.Pos {
	at.EndLine, at.EndColumn = 0, 0
	return at
}

// preceding yields what the analyzers that precede this one have found, so far as the driver shows it.
func (p *Pass) preceding() iter.Seq[*wire.Finding] {
	return func(yield func(*wire.Finding) bool) {
		for _, first := range p.Analyzer.Requires {
			result, ok := p.ResultOf[first].(*wire.Result)
			if !ok || !p.shown(first.Name) {
				continue
			}
			for i := range result.Findings {
				if !yield(&result.Findings[i]) {
					return
				}
			}
		}
	}
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
