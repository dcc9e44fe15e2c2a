package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cloudlint/cloudlint/internal/finding"
)

// An htmlChart draws how many goroutines of one go statement there were while the tests of one package ran. Its coordinates
// are those of its view box.
type htmlChart struct {
	ID             string
	Place, Package string
	Function       string // that has the go statement
	Text           string // what it shows, in words
	Spans          string // when tests ran, in words

	Width, Height int
	Area          string // paths
	Line, Gap     string // where too many goroutines were not looked at, is a gap
	Top, Base     int    // of the plot
	Left, Right   int
	EndX          string // where the last sample is
	EndY          string
	Marks         []htmlMark // texts
	Lanes         []htmlLane
	Rows          []htmlRow
}

// An htmlMark is a text in a chart.
type htmlMark struct {
	X, Y  string
	Class string // how it is aligned: start, mid, end
	Text  string
}

// An htmlLane shows when a test ran, or others.
type htmlLane struct {
	Own  bool // it has started the goroutines
	Bars []htmlBar
}

// An htmlBar is one time that a test ran.
type htmlBar struct {
	X, Y, Width string
	Text        string
}

// An htmlRow is a sample in numbers.
type htmlRow struct {
	Time       string
	Goroutines int
	TooMany    int
}

const (
	chartWidth = 340
	chartLeft  = 36  // numbers stand before, of three digits and the word "other"
	chartLater = 38  // what is kept for the moment after the tests
	chartTop   = 18  // of the plot
	chartBase  = 88  // its bottom
	laneHeight = 16  // of a test
	nameHeight = 12  // of a test's name that stands above its bars
	letter     = 6.6 // about as wide as one is
	maxName    = 50  // letters of a test's name
	maxLanes   = 5
)

// newHTMLChart lays a chart out.
func newHTMLChart(id string, o finding.OverTime) *htmlChart {
	most := 1
	for _, s := range o.Samples {
		most = max(most, s.Goroutines)
	}
	c := &htmlChart{
		ID: id, Place: place(finding.Range{File: o.Created.File, Line: o.Created.Line}), Package: clean(o.Package), Function: clean(lastName(o.Created.Function)),
		Width: chartWidth, Left: max(chartLeft, 10+7*len(strconv.Itoa(most))), Right: chartWidth - 8, Top: chartTop, Base: chartBase, Height: chartBase + 18,
	}
	if len(o.Samples) == 0 {
		c.Text = "no samples"
		return c
	}
	last := o.Samples[len(o.Samples)-1]
	axis := axis{end: last.Microseconds, left: float64(c.Left), right: float64(c.Right)}
	if o.Ended > 0 && o.Ended < last.Microseconds {
		c.Right -= chartLater
		axis.end, axis.later, axis.right = o.Ended, axis.right, float64(c.Right)
	}
	c.plot(o.Samples, most, axis)
	c.lanes(o, axis)
	c.Text = overTimeText(o)
	for _, s := range o.Samples {
		c.Rows = append(c.Rows, htmlRow{duration(s.Microseconds), s.Goroutines, s.TooMany})
	}
	return c
}

// An axis turns times into coordinates.
type axis struct {
	end         int64 // the time at right
	left, right float64
	later       float64 // where times after the end are; 0: there are none
}

func (a axis) x(t int64) float64 {
	switch {
	case t > a.end && a.later > 0:
		return a.later
	case a.end == 0:
		return a.left
	}
	return a.left + (a.right-a.left)*float64(min(t, a.end))/float64(a.end)
}

// plot draws the line.
func (c *htmlChart) plot(samples []finding.Sample, most int, axis axis) {
	y := func(n int) float64 { return chartBase - (chartBase-chartTop)*float64(n)/float64(most) }
	// Until the next sample there are as many as were seen; there are no halves of goroutines between.
	var line, gap, area strings.Builder
	fmt.Fprintf(&area, "M%s %d", number(axis.x(samples[0].Microseconds)), chartBase)
	for i, s := range samples {
		x, height := number(axis.x(s.Microseconds)), number(y(s.Goroutines))
		switch {
		case i > 0 && s.TooMany > 0:
			before := samples[i-1]
			fmt.Fprintf(&gap, "M%s %sL%s %s", number(axis.x(before.Microseconds)), number(y(before.Goroutines)), x, height)
			fmt.Fprintf(&line, "M%s %s", x, height)
			fmt.Fprintf(&area, "L%s %s", x, height)
		case i == 0:
			fmt.Fprintf(&line, "M%s %s", x, height)
			fmt.Fprintf(&area, "V%s", height)
		default:
			fmt.Fprintf(&line, "H%sV%s", x, height)
			fmt.Fprintf(&area, "H%sV%s", x, height)
		}
	}
	last := samples[len(samples)-1]
	c.EndX, c.EndY = number(axis.x(last.Microseconds)), number(y(last.Goroutines))
	fmt.Fprintf(&area, "V%dZ", chartBase)
	c.Line, c.Gap, c.Area = line.String(), gap.String(), area.String()
	c.mark(axis.left-6, chartBase+4, "end", "0")
	c.mark(axis.left-6, chartTop+4, "end", strconv.Itoa(most))
	if last.Goroutines > 0 && last.Goroutines < most {
		c.mark(axis.x(last.Microseconds), y(last.Goroutines)-6, "end", strconv.Itoa(last.Goroutines))
	}
	c.mark(axis.left, chartBase+14, "start", "0")
	c.mark(axis.right, chartBase+14, "end", duration(axis.end))
	if axis.later > 0 {
		c.mark(axis.later, chartBase+14, "end", "later")
	}
}

func (c *htmlChart) mark(x, y float64, class, text string) {
	c.Marks = append(c.Marks, htmlMark{number(x), number(y), class, text})
}

// lanes draws below the axis when tests ran: each that has started goroutines in a lane of its own, the others in one.
func (c *htmlChart) lanes(o finding.OverTime, axis axis) {
	var names, words []string
	for _, t := range o.Tests {
		if t.Started && len(names) < maxLanes && !slices.Contains(names, t.Test) {
			names = append(names, t.Test)
		}
		words = append(words, fmt.Sprintf("%s: %s to %s", clean(t.Test), duration(t.From), duration(t.To)))
	}
	for _, name := range names {
		c.lane(axis, o.Tests, clean(name), func(t finding.TestSpan) bool { return t.Test == name })
	}
	if c.lane(axis, o.Tests, "", func(t finding.TestSpan) bool { return !slices.Contains(names, t.Test) }) {
		text := "other"
		if len(names) == 0 {
			text = "tests"
		}
		c.mark(axis.left-6, float64(c.Height-4), "end", text)
	}
	if len(c.Lanes) > 0 {
		c.Height += 2
	}
	if o.MoreTests > 0 {
		words = append(words, Plural(o.MoreTests, "other test"))
	}
	c.Spans = strings.Join(words, "; ")
}

// lane adds the bars of some tests, with the name of the one that has the lane for itself, and reports whether there are any.
func (c *htmlChart) lane(axis axis, tests []finding.TestSpan, name string, of func(finding.TestSpan) bool) bool {
	lane := htmlLane{Own: name != ""}
	from, to := axis.right, axis.left
	for _, t := range tests {
		if !of(t) {
			continue
		}
		x := axis.x(t.From)
		width := max(2, axis.x(t.To)-x)
		from, to = min(from, x), max(to, x+width)
		lane.Bars = append(lane.Bars, htmlBar{X: number(x), Width: number(width), Text: fmt.Sprintf("%s: %s to %s", clean(t.Test), duration(t.From), duration(t.To))})
	}
	if len(lane.Bars) == 0 {
		return false
	}
	if name != "" {
		c.label(name, from, to)
	}
	for i := range lane.Bars {
		lane.Bars[i].Y = strconv.Itoa(c.Height + 4)
	}
	c.Lanes = append(c.Lanes, lane)
	c.Height += laneHeight
	return true
}

// label writes the name of a test behind its bars, before them, or, where there is no room for it, above them.
func (c *htmlChart) label(name string, from, to float64) {
	width := float64(len([]rune(name))) * letter
	switch y := float64(c.Height + 12); {
	case to+4+width <= chartWidth:
		c.mark(to+4, y, "start own", name)
	case from-4 >= width:
		c.mark(from-4, y, "end own", name)
	default:
		if width > chartWidth {
			name = firstRunes(name, maxName) + "\u2026"
			width = chartWidth
		}
		c.mark(max(0, min(from, chartWidth-width)), y, "start own", name)
		c.Height += nameHeight
	}
}

// overTimeText says in words how many goroutines there were.
func overTimeText(o finding.OverTime) string {
	first, last := o.Samples[0], o.Samples[len(o.Samples)-1]
	peak, start := first, last
	for _, s := range o.Samples {
		if s.Goroutines > peak.Goroutines {
			peak = s
		}
	}
	for _, s := range o.Samples {
		if s.Goroutines > 0 {
			start = s
			break
		}
	}
	var parts []string
	if first.Goroutines > 0 {
		parts = append(parts, fmt.Sprintf("%d when tests began", first.Goroutines))
	} else if start.Microseconds < last.Microseconds {
		parts = append(parts, fmt.Sprintf("the first seen after %s", duration(start.Microseconds)))
	}
	if peak.Goroutines > last.Goroutines {
		parts = append(parts, fmt.Sprintf("%d at most, after %s", peak.Goroutines, duration(peak.Microseconds)))
	}
	if o.Ended > 0 {
		parts = append(parts, fmt.Sprintf("%d when the tests had ended", last.Goroutines))
	} else {
		parts = append(parts, fmt.Sprintf("%d after %s, while tests ran", last.Goroutines, duration(last.Microseconds)))
	}
	most := 0
	for _, s := range o.Samples {
		most = max(most, s.TooMany)
	}
	if most > 0 {
		parts = append(parts, fmt.Sprintf("dashed: up to %d of all kinds were too many to look at", most))
	}
	return strings.Join(parts, "; ")
}

// duration returns some microseconds as people say them.
func duration(us int64) string {
	switch {
	case us < 10_000:
		return strconv.FormatFloat(float64(us)/1000, 'f', 1, 64) + " ms"
	case us < 1_000_000:
		return strconv.FormatInt(us/1000, 10) + " ms"
	}
	return seconds(float64(us) / 1e6)
}

// number returns a coordinate.
func number(x float64) string {
	return strconv.FormatFloat(x, 'f', 1, 64)
}

// lastName returns the name of a function without its import path.
func lastName(function string) string { return function[strings.LastIndexByte(function, '/')+1:] }
