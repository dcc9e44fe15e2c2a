package explore

import "fmt"

// end returns the names of the ends of a pipe.
func (g *generator) ends(most int) (pr, pw string) {
	i := g.IntN(most)
	pr, pw = fmt.Sprintf("pr%d", i), fmt.Sprintf("pw%d", i)
	for _, o := range g.objects {
		if o.name == pr {
			return g.prefix + pr, g.prefix + pw
		}
	}
	g.objects = append(g.objects, variable{name: pr, typ: "*io.PipeReader"}, variable{name: pw, typ: "*io.PipeWriter"})
	return g.prefix + pr, g.prefix + pw
}

// pipe adds what happens next to a pipe.
func (g *generator) pipe(a, b *thread) {
	pr, pw := g.ends(2)
	switch n := g.IntN(10); {
	case n < 5:
		g.transfer(a, pw, b, pr)
	case n < 7:
		if a.copies > 1 {
			return
		}
		a.add(g.closeEnd(pw))
		g.closed[pw] = true
		b.add(g.readAll(pr))
	case n < 8:
		b.add(g.closeEnd(pr))
		g.closed[pw] = true
		a.add(g.write(pw, 1+g.IntN(2)))
	default:
		// All that several write, in a loop of one that reads.
		if g.closed[pw] || a.copies > 1 {
			return
		}
		g.closed[pw] = true
		for range g.IntN(3) {
			a.add(g.write(pw, 1+g.IntN(2)))
		}
		a.add(g.closeEnd(pw))
		b.add(g.readAll(pr))
	}
}

// transfer writes and reads the same.
func (g *generator) transfer(a *thread, pw string, b *thread, pr string) {
	size, room := g.IntN(3), 1+g.IntN(2)
	if g.closed[pw] {
		b.add(g.read(pr, room))
		return
	}
	reads := max(1, (size+room-1)/room)
	switch {
	case a.copies == b.copies:
		a.add(g.write(pw, size))
		b.add(loop(reads, g.read(pr, room)))
	case a.copies > b.copies:
		a.add(g.write(pw, size))
		b.add(loop(reads*a.copies/b.copies, g.read(pr, room)))
	default:
		a.add(loop(b.copies/a.copies, g.write(pw, size)))
		b.add(loop(reads, g.read(pr, room)))
	}
}

func (g *generator) write(pw string, size int) *node {
	text := fmt.Sprintf("%s.Write(make([]byte, %d))", pw, size)
	if g.chance(20) {
		text = fmt.Sprintf("io.Writer(%s).Write(make([]byte, %d))", pw, size)
	}
	return g.failing(text, []string{"err != nil", "err == io.ErrClosedPipe", "err == nil"})
}

func (g *generator) read(pr string, room int) *node {
	text := fmt.Sprintf("%s.Read(make([]byte, %d))", pr, room)
	if g.chance(10) {
		return &node{form: block, waiting: true, text: fmt.Sprintf("if n, _ := %s; n == %d {", text, g.IntN(3)), end: "}", body: &[]*node{op("return")}}
	}
	return g.failing(text, []string{"err != nil", "err == io.EOF", "err == io.ErrClosedPipe"})
}

// failing returns now and then if an operation fails.
func (g *generator) failing(text string, conditions []string) *node {
	if g.chance(20) {
		return &node{form: block, waiting: true, text: fmt.Sprintf("if _, err := %s; %s {", text, conditions[g.IntN(len(conditions))]), end: "}", body: &[]*node{op("return")}}
	}
	return g.maybeDefer(g.wait("%s", text))
}

func (g *generator) readAll(pr string) *node {
	switch g.IntN(4) {
	case 0:
		return &node{form: block, text: "for {", end: "}", body: &[]*node{
			{form: block, waiting: true, text: fmt.Sprintf("if _, err := %s.Read(make([]byte, %d)); err != nil {", pr, 1+g.IntN(2)), end: "}", body: &[]*node{op("break")}},
		}}
	case 1:
		return g.failing(fmt.Sprintf("io.Copy(io.Discard, %s)", pr), []string{"err != nil", "err == io.ErrClosedPipe", "err == nil"})
	}
	return g.failing(fmt.Sprintf("io.ReadAll(%s)", pr), []string{"err != nil", "err == io.ErrClosedPipe", "err == nil"})
}

func (g *generator) closeEnd(end string) *node {
	n := op("%s.Close()", end)
	switch g.IntN(6) {
	case 0:
		n = op("%s.CloseWithError(io.ErrUnexpectedEOF)", end)
	case 1:
		n = op("%s.CloseWithError(nil)", end)
	}
	if g.chance(30) {
		n.form = deferred_
	}
	return n
}
