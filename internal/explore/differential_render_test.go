package explore

import (
	"fmt"
	"strings"
)

// A renderer writes programs twice: as the explorer reads them, and as they run, where each operation is announced
// first under the number of its line in the other.
type renderer struct {
	read, run strings.Builder
	line      int
	alias     map[int]int // the line of a case to that of its select
	marked    []int       // the lines of the operations
	from      []int       // the line where each program begins
}

func newRenderer() *renderer {
	r := &renderer{line: 1, alias: make(map[int]int)}
	r.both("package %s\n")
	imports := "import (\n\t\"context\"\n\t\"io\"\n\t\"runtime\"\n\t\"sync\"\n\t\"sync/atomic\"\n)\n"
	r.reads(imports)
	r.run.WriteString(imports)
	both := "var (\n\t_ = context.Background\n\t_ = io.EOF\n\t_ = runtime.Gosched\n\t_ sync.Mutex\n\t_ atomic.Int32\n)\n\nconst yes = true\n"
	r.reads(both)
	r.run.WriteString(both)
	return r
}

func (r *renderer) both(format string) {
	r.reads(fmt.Sprintf(format, "p"))
	fmt.Fprintf(&r.run, format, "main")
}

func (r *renderer) reads(text string) {
	r.read.WriteString(text)
	r.line += strings.Count(text, "\n")
}

func (r *renderer) same(text string) {
	r.reads(text + "\n")
	r.run.WriteString(text + "\n")
}

// program writes program number i.
func (r *renderer) program(i int, g *generator) {
	r.from = append(r.from, r.line)
	if g.prefix != "" {
		r.same(fmt.Sprintf("type box%d struct {", i))
		for _, o := range g.declared() {
			r.same(o.name + " " + o.typ)
		}
		r.same("}")
	}
	r.reads(fmt.Sprintf("func P%d() {\n", i))
	fmt.Fprintf(&r.run, "func P%d(r *run, g int) {\ndefer r.end(g)\n", i)
	if g.prefix != "" {
		r.same(fmt.Sprintf("s := &box%d{}", i))
		r.same("_ = s")
	}
	for _, o := range g.declared() {
		switch {
		case o.made != "" && g.prefix != "":
			r.same(fmt.Sprintf("s.%s = %s", o.name, o.made))
		case o.made != "":
			r.same(fmt.Sprintf("%s := %s", o.name, o.made))
		case strings.HasPrefix(o.name, "pr"):
			r.same(fmt.Sprintf("%[1]s%[2]s, %[1]s%[3]s %[4]s io.Pipe()", g.prefix, o.name, "pw"+o.name[2:], g.assigns()))
		case strings.HasPrefix(o.name, "pw"): // made with the other end
		case g.prefix == "" && o.name != "ctx0" && o.name != "cancel0":
			r.same(fmt.Sprintf("var %s %s", o.name, o.typ))
		}
		if o.name == "ctx0" {
			if g.prefix == "" {
				r.same("ctx0, cancel0 := context.WithCancel(context.Background())")
			} else {
				r.same("s.ctx0, s.cancel0 = context.WithCancel(context.Background())")
			}
		}
		if g.prefix == "" {
			r.same("_ = &" + o.name)
		}
	}
	for _, wg := range []string{"wg0", "wg1"} {
		if n := g.added[g.prefix+wg]; n > 0 {
			r.same(fmt.Sprintf("%s%s.Add(%d)", g.prefix, wg, n))
		}
	}
	r.nodes(*g.threads[0].body)
	r.same("}\n")
}

func (g *generator) assigns() string {
	if g.prefix == "" {
		return ":="
	}
	return "="
}

// declared returns the objects in an order in which they can be made.
func (g *generator) declared() []variable {
	var out []variable
	for _, o := range g.objects {
		switch o.name {
		case "ctx0":
			out = append(out, variable{name: "ctx0", typ: "context.Context"})
			continue
		case "cancel0":
			o.typ = "context.CancelFunc"
		case "cmu0":
			o.typ = "sync.Mutex"
		case "cond0":
			o.typ, o.made = "*sync.Cond", "sync.NewCond(&"+g.prefix+"cmu0)"
		case "ready0":
			o.typ = "bool"
		}
		out = append(out, o)
	}
	return out
}

func (r *renderer) nodes(list []*node) {
	for _, n := range list {
		r.node(n)
	}
}

func (r *renderer) node(n *node) {
	at := r.line
	if n.form != deferFunc && n.form != namedFunc {
		r.marked = append(r.marked, at)
	}
	mark := fmt.Sprintf("r.at(g, %d)\n", at)
	switch n.form {
	case plain:
		r.run.WriteString(mark)
		r.same(n.text)
	case deferred_:
		fmt.Fprintf(&r.run, "defer func() {\n%s%s\n}()\n", mark, n.text)
		r.reads("defer " + n.text + "\n")
	case spawns:
		r.reads("go func() {\n")
		fmt.Fprintf(&r.run, "%sgo func(g int) {\ndefer r.end(g)\n", mark)
		r.nodes(*n.body)
		r.reads("}()\n")
		r.run.WriteString("}(r.spawn())\n")
	case group:
		r.reads(n.text + ".Go(func() {\n")
		fmt.Fprintf(&r.run, "%s{\nh := r.spawn()\n%s.Go(func() {\ng := h\ndefer r.end(g)\n", mark, n.text)
		r.nodes(*n.body)
		r.reads("})\n")
		r.run.WriteString("})\n}\n")
	case deferFunc:
		r.same("defer func() {")
		r.nodes(*n.body)
		r.same("}()")
	case block:
		r.run.WriteString(mark)
		r.same(n.text)
		r.nodes(*n.body)
		r.same(n.end)
	case rounds:
		r.run.WriteString(mark)
		r.same(n.text)
		r.nodes(*n.body)
		r.run.WriteString(mark)
		r.same(n.end)
	case chooses:
		r.run.WriteString(mark)
		r.same("select {")
		for _, c := range n.cases {
			r.alias[r.line] = at
			r.same(c.text)
			r.nodes(*c.body)
		}
		r.same("}")
	case namedFunc:
		r.reads(n.text + " := func() {\n")
		fmt.Fprintf(&r.run, "%s := func(g int) {\ndefer r.end(g)\n", n.text)
		r.nodes(*n.body)
		r.same("}")
	case spawnsFunc:
		r.reads("go " + n.text + "()\n")
		fmt.Fprintf(&r.run, "%sgo %s(r.spawn())\n", mark, n.text)
	}
}
