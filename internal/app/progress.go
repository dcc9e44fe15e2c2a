package app

import (
	"fmt"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/cloudlint/cloudlint/internal/driver"
)

// A progress is the one line on a terminal that says how far a run is. The program's log is written through it, so that
// neither garbles the other. On anything but a terminal it shows nothing and only passes the log on.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	width int // 0: not a terminal
	line  string
	drawn time.Time
}

// redraw is the shortest time between two lines: packages of a warm run finish faster than a terminal draws.
const redraw = 50 * time.Millisecond

const clearLine = "\r\x1b[K"

func (p *progress) update(s driver.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.width == 0 {
		return
	}
	switch {
	case s.Total == 0:
		p.line = "listing packages"
	case s.Package == "":
		p.line = fmt.Sprintf("[%d/%d] building dependencies", s.Done, s.Total)
	default:
		p.line = fmt.Sprintf("[%d/%d] %s", s.Done, s.Total, s.Package)
	}
	if now := time.Now(); now.Sub(p.drawn) >= redraw {
		p.drawn = now
		p.draw()
	}
}

func (p *progress) draw() {
	line := p.line
	for utf8.RuneCountInString(line) >= p.width {
		_, n := utf8.DecodeLastRuneInString(line)
		line = line[:len(line)-n]
	}
	io.WriteString(p.w, clearLine+line)
}

// Write passes on what is not progress, on lines of its own.
func (p *progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	shown := p.line != ""
	if shown {
		io.WriteString(p.w, clearLine)
	}
	n, err := p.w.Write(b)
	if shown && err == nil {
		p.draw()
	}
	return n, err
}

// done removes the line.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.line != "" {
		io.WriteString(p.w, clearLine)
		p.line = ""
	}
}
