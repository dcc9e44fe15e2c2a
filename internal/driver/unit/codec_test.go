package unit

import (
	"bytes"
	"fmt"
	"go/types"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/analysis"
)

const libSource = `package lib

type Pool struct {
	Size int
	free []int
}

func (*Pool) Get() {}
func (*Pool) put() {}

type Option func(*Pool)

func New(opts ...Option) *Pool { return nil }

func helper() {}

var Default = New()
`

// noteAll exports a note about each object of the package and about the package.
func noteAll(p *analysis.Pass) (any, error) {
	for _, obj := range p.TypesInfo.Defs {
		if obj != nil && obj.Pkg() == p.Pkg {
			p.ExportObjectFact(obj, &noteFact{Text: obj.Name()})
		}
	}
	p.ExportPackageFact(&noteFact{Text: "package " + p.Pkg.Path()})
	return nil, nil
}

// known lists all facts that a pass sees.
func known(p *analysis.Pass) []string {
	var list []string
	for _, f := range p.AllObjectFacts() {
		list = append(list, fmt.Sprintf("%s %s: %s", f.Object.Pkg().Path(), f.Object.Name(), f.Fact))
	}
	for _, f := range p.AllPackageFacts() {
		list = append(list, fmt.Sprintf("%s: %s", f.Package.Path(), f.Fact))
	}
	return list
}

func TestFactsTravel(t *testing.T) {
	w := newWorld(t)
	note := analyzer("note", noteAll)
	lib := w.analyze("lib", libSource, nil, note)

	var direct, indirect []string
	list := func(to *[]string) *analysis.Analyzer {
		return analyzer("list", func(p *analysis.Pass) (any, error) {
			*to = known(p)
			return nil, nil
		})
	}
	mid := w.analyze("mid", `package mid; import "lib"; type Server struct { Pool *lib.Pool }`, map[string][]byte{"lib": lib.Facts}, list(&direct))
	w.analyze("top", `package top; import "mid"; var s mid.Server`, map[string][]byte{"mid": mid.Facts}, list(&indirect))

	// Locals, parameters of locals and what no importer can name stay behind.
	wantDirect := []string{
		"lib Size: note Size", "lib free: note free",
		"lib Get: note Get", "lib put: note put",
		"lib New: note New", "lib opts: note opts",
		"lib Option: note Option", "lib Pool: note Pool",
		"lib Default: note Default",
		"lib: note package lib",
	}
	sortStrings := cmp.Transformer("sort", func(in []string) map[string]int {
		out := make(map[string]int)
		for _, s := range in {
			out[s]++
		}
		return out
	})
	if diff := cmp.Diff(wantDirect, direct, sortStrings); diff != "" {
		t.Errorf("the importer sees: %s", diff)
	}
	// What top can meet by way of mid: types, fields, methods, not lib's functions and variables, nor lib itself.
	wantIndirect := []string{
		"lib Size: note Size", "lib free: note free",
		"lib Get: note Get", "lib put: note put",
		"lib opts: note opts",
		"lib Option: note Option", "lib Pool: note Pool",
	}
	if diff := cmp.Diff(wantIndirect, indirect, sortStrings); diff != "" {
		t.Errorf("the importer's importer sees: %s", diff)
	}
}

func TestFactsOfBothKinds(t *testing.T) {
	w := newWorld(t)
	export := analyzer("export", func(p *analysis.Pass) (any, error) {
		get, _, _ := types.LookupFieldOrMethod(p.Pkg.Scope().Lookup("Pool").Type(), true, p.Pkg, "Get")
		p.ExportObjectFact(get, &noteFact{Text: "first"})
		p.ExportObjectFact(get, &noteFact{Text: "second"}) // replaces the first
		p.ExportObjectFact(get, &markFact{N: 1 << 40, List: []string{"a", "", "ü"}})
		var own noteFact
		if !p.ImportObjectFact(get, &own) || own.Text != "second" {
			t.Errorf("the package sees %q itself", own.Text)
		}
		return nil, nil
	})
	lib := w.analyze("lib", libSource, nil, export)
	read := analyzer("read", func(p *analysis.Pass) (any, error) {
		obj := p.Pkg.Imports()[0].Scope().Lookup("Pool")
		get, _, _ := types.LookupFieldOrMethod(obj.Type(), true, p.Pkg, "Get")
		var note noteFact
		var mark markFact
		if !p.ImportObjectFact(get, &note) || note.Text != "second" {
			t.Errorf("got %q", note.Text)
		}
		if !p.ImportObjectFact(get, &mark) || !cmp.Equal(mark, markFact{N: 1 << 40, List: []string{"a", "", "ü"}}) {
			t.Errorf("got %v", mark)
		}
		if p.ImportObjectFact(obj, &note) || p.ImportPackageFact(obj.Pkg(), &note) {
			t.Error("a fact that nobody exported")
		}
		return nil, nil
	})
	w.analyze("top", `package top; import "lib"; var p lib.Pool`, map[string][]byte{"lib": lib.Facts}, read)
}

func TestFactsAreStable(t *testing.T) {
	var first []byte
	for i := range 20 {
		w := newWorld(t)
		note := analyzer("note", noteAll)
		got := w.analyze("lib", libSource, nil, note).Facts
		if i == 0 {
			first = got
		}
		if !bytes.Equal(first, got) {
			t.Fatal("the bytes differ from run to run")
		}
	}
	w := newWorld(t)
	none := analyzer("none", func(*analysis.Pass) (any, error) { return nil, nil })
	if out := w.analyze("lib", libSource, nil, none); len(out.Facts) != 0 {
		t.Errorf("%d bytes for no facts", len(out.Facts))
	}
}

func TestUnencodableFact(t *testing.T) {
	w := newWorld(t)
	bad := analyzer("bad", func(p *analysis.Pass) (any, error) {
		p.ExportPackageFact(&silentFact{})
		return nil, nil
	})
	bad.FactTypes = []analysis.Fact{new(silentFact)}
	_, err := Analyze(w.check("lib", libSource), []*analysis.Analyzer{bad})
	if err == nil || !strings.Contains(err.Error(), "silentFact") || !strings.Contains(err.Error(), "lib") {
		t.Errorf("error %v does not name the fact and the package", err)
	}
}

func TestCorruptFacts(t *testing.T) {
	w := newWorld(t)
	note := analyzer("note", noteAll)
	good := w.analyze("lib", libSource, nil, note).Facts
	for name, data := range map[string][]byte{
		"cut":             good[:len(good)/2],
		"longer":          append(bytes.Clone(good), good...),
		"other program":   []byte("vetx\x00\x00\x00\x00"),
		"changed version": bytes.Replace(good, []byte("facts 1"), []byte("facts 2"), 1),
		"only a header":   []byte(magic),
	} {
		p := w.check("top", `package top; import "lib"; var p lib.Pool`)
		p.Facts = map[string][]byte{"lib": data}
		_, err := Analyze(p, []*analysis.Analyzer{note})
		if err == nil || !strings.HasPrefix(err.Error(), "the facts of package lib cannot be read") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	registerFacts([]*analysis.Analyzer{analyzer("note", noteAll)})
	var seed bytes.Buffer
	seed.WriteString(magic)
	if err := encodeList(&seed, []encodedFact{{"lib", "Pool", &noteFact{"x"}}, {"lib", "", &markFact{1, []string{"a"}}}}); err != nil {
		f.Fatal(err)
	}
	f.Add(seed.Bytes())
	f.Add([]byte(magic))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := decodeList(data)
		if err != nil {
			return
		}
		// What is read can be written and read again.
		var buf bytes.Buffer
		buf.WriteString(magic)
		if err := encodeList(&buf, list); err != nil {
			t.Fatal(err)
		}
		again, err := decodeList(buf.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if len(list) > 0 && !cmp.Equal(list, again) {
			t.Error(cmp.Diff(list, again))
		}
	})
}
