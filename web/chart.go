package web

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
)

// chart is volume over time, stacked by network, over the band of what is usual, with the share of negative mentions as a
// line, marks where alerts were opened, and hatching where we did not hear.
//
// It is drawn on the server in units of 1000 × 100 and stretched to whatever room there is; lines keep their width, and the
// words stand around it in HTML, so that they stay readable on a phone.
type chart struct {
	From, To time.Time
	Step     time.Duration
	Zone     *time.Location
	Points   []desk.Point // ascending, by network
	Band     []desk.Band
	Gaps     []desk.Gap
	Marks    []mark
	Forecast []desk.Band // of the steps after To
	Bare     bool        // no words and no table around it: on a card
	Moodless bool        // nobody counted the moods: neither line nor numbers of them
}

// mark is an alert on the chart.
type mark struct {
	At    time.Time
	Level desk.Level
	Path  string
	Title string
}

const (
	chartWidth, chartHeight = 1000.0, 100.0
	chartLayers             = 6 // networks with a colour of their own; the smallest share the last
)

// column is one step of the chart.
type column struct {
	at       time.Time
	parts    []int // by layer
	total    int
	negative int
	deaf     bool
}

// layout is a chart worked out: what is drawn and what the table behind it says.
type layout struct {
	c       chart
	names   []string
	columns []column
	ahead   []desk.Band // after the columns, each as wide
	top     float64
	unit    float64 // width of a column
}

func (c chart) layout() *layout {
	if c.Step <= 0 {
		c.Step = time.Hour
	}
	n := int((c.To.Sub(c.From) + c.Step - 1) / c.Step)
	n = max(1, min(n, 2000))
	next := min(len(c.Forecast), 2000)
	l := &layout{c: c, names: layers(c.Points), columns: make([]column, n), ahead: c.Forecast[:next], unit: chartWidth / float64(n+next)}
	place := make(map[string]int, len(l.names))
	for i, name := range l.names {
		place[name] = i
	}
	for i := range l.columns {
		l.columns[i] = column{at: c.From.Add(time.Duration(i) * c.Step), parts: make([]int, len(l.names))}
	}
	for _, p := range c.Points {
		i := int(p.At.Sub(c.From) / c.Step)
		if i < 0 || i >= n || p.At.Before(c.From) {
			continue
		}
		k, ok := place[p.Name]
		if !ok {
			k = len(l.names) - 1
		}
		l.columns[i].parts[k] += p.Count
		l.columns[i].total += p.Count
		l.columns[i].negative += p.Negative
	}
	high := 4.0
	for i := range l.columns {
		high = max(high, float64(l.columns[i].total))
		l.columns[i].deaf = c.deaf(l.columns[i].at)
	}
	for _, b := range c.Band {
		high = max(high, b.High)
	}
	// What may come is shown as far as it fits: the picture is of what came.
	most := 1.6 * high
	for _, b := range l.ahead {
		high = max(high, min(b.High, most))
	}
	l.top = roundUp(high)
	return l
}

// layers are the networks by their number of mentions, largest first; those beyond chartLayers share one called "".
func layers(points []desk.Point) []string {
	count := make(map[string]int)
	var names []string
	for _, p := range points {
		if _, ok := count[p.Name]; !ok {
			names = append(names, p.Name)
		}
		count[p.Name] += p.Count
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	if len(names) > chartLayers {
		names = append(names[:chartLayers-1], "")
	}
	if len(names) == 0 {
		names = []string{""}
	}
	return names
}

// deaf reports whether a source did not hear at the time.
func (c chart) deaf(at time.Time) bool {
	for _, g := range c.Gaps {
		if g.Filled.IsZero() && at.Add(c.Step).After(g.From) && (g.To.IsZero() || at.Before(g.To)) {
			return true
		}
	}
	return false
}

// roundUp is the next number that people read without thinking and that four lines divide.
func roundUp(x float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(max(x, 1)))) / 5
	for _, f := range []float64{4, 6, 8, 10, 12, 16, 20, 30, 40, 60} {
		if f*unit >= x && math.Mod(f*unit, 4) == 0 {
			return f * unit
		}
	}
	return math.Ceil(x/4) * 4
}

func (l *layout) y(v float64) float64 { return chartHeight * (1 - min(v/l.top, 1)) }

// steps are the columns and those ahead.
func (l *layout) steps() int { return len(l.columns) + len(l.ahead) }

// draw is the whole figure: picture, axes, legend, and the table behind it.
func (c chart) draw(speak *say.Printer) template.HTML {
	l := c.layout()
	var b strings.Builder
	if c.Bare {
		l.picture(&b, speak)
		return template.HTML(b.String())
	}
	fmt.Fprintf(&b, `<figure class="chart" dir="ltr" data-from="%d" data-step="%d" data-steps="%d"%s>`, c.From.Unix(), int(l.c.Step/time.Second), len(l.columns), map[bool]string{true: " data-moodless"}[c.Moodless])
	b.WriteString(`<div class="charthead">`)
	l.legend(&b, speak)
	fmt.Fprintf(&b, `<button type="button" class="quiet" data-zoom hidden>%s</button></div>`, template.HTMLEscapeString(speak.T("Zoom in")))
	b.WriteString(`<div class="plot"><div class="y" aria-hidden="true">`)
	for i := 4; i >= 0; i-- {
		fmt.Fprintf(&b, `<span>%s</span>`, speak.Compact(l.top*float64(i)/4))
	}
	b.WriteString(`</div><div class="canvas">`)
	l.picture(&b, speak)
	l.marks(&b)
	b.WriteString(`</div><div class="x" aria-hidden="true">`)
	l.ticks(&b, speak)
	b.WriteString(`</div></div>`)
	l.coming(&b, speak)
	l.table(&b, speak)
	b.WriteString(`</figure>`)
	return template.HTML(b.String())
}

func (l *layout) picture(b *strings.Builder, speak *say.Printer) {
	fmt.Fprintf(b, `<svg viewBox="0 0 %g %g" preserveAspectRatio="none" role="img" aria-label="%s">`, chartWidth, chartHeight, template.HTMLEscapeString(l.summary(speak)))
	for i := 1; i < 4; i++ {
		fmt.Fprintf(b, `<path class="grid" d="M0 %d.5H1000"/>`, 25*i)
	}
	l.band(b)
	l.gaps(b)
	for k := range l.names {
		l.layer(b, k)
	}
	if !l.c.Moodless {
		l.share(b)
	}
	l.forecast(b)
	b.WriteString(`</svg>`)
}

// summary says in words what the picture shows.
func (l *layout) summary(speak *say.Printer) string {
	total, peak := 0, 0
	for i := range l.columns {
		total += l.columns[i].total
		if l.columns[i].total > l.columns[peak].total {
			peak = i
		}
	}
	if total == 0 {
		return speak.T("No mentions in this time.")
	}
	at := l.columns[peak].at.In(l.zone())
	return speak.T("{n} mentions; most at {time}: {peak}.", "n", total, "time", speak.When(at), "peak", l.columns[peak].total)
}

func (l *layout) zone() *time.Location {
	if l.c.Zone == nil {
		return time.UTC
	}
	return l.c.Zone
}

func (l *layout) x(at time.Time) float64 {
	return chartWidth * float64(at.Sub(l.c.From)) / float64(l.c.Step*time.Duration(l.steps()))
}

// band is the grey field of what is usual.
func (l *layout) band(b *strings.Builder) {
	if len(l.c.Band) < 2 {
		return
	}
	b.WriteString(`<path class="band" d="`)
	for i, p := range l.c.Band {
		fmt.Fprintf(b, "%c%.1f %.1f", letter(i), l.x(p.At.Add(l.c.Step/2)), l.y(p.High))
	}
	for i := len(l.c.Band) - 1; i >= 0; i-- {
		p := l.c.Band[i]
		fmt.Fprintf(b, "L%.1f %.1f", l.x(p.At.Add(l.c.Step/2)), l.y(p.Low))
	}
	b.WriteString(`z"/>`)
}

func letter(i int) rune {
	if i == 0 {
		return 'M'
	}
	return 'L'
}

// forecast is what is to be expected: the band in which eight of ten counts lie, and its middle as a broken line.
func (l *layout) forecast(b *strings.Builder) {
	if len(l.ahead) == 0 {
		return
	}
	mid := func(i int) float64 { return (float64(len(l.columns)+i) + .5) * l.unit }
	fmt.Fprintf(b, `<path class="now" d="M%.1f 0V100"/><path class="ahead" d="`, float64(len(l.columns))*l.unit)
	for i, f := range l.ahead {
		fmt.Fprintf(b, "%c%.1f %.1f", letter(i), mid(i), l.y(f.High))
	}
	for i := len(l.ahead) - 1; i >= 0; i-- {
		fmt.Fprintf(b, "L%.1f %.1f", mid(i), l.y(l.ahead[i].Low))
	}
	b.WriteString(`z"/><path class="coming" d="`)
	for i, f := range l.ahead {
		fmt.Fprintf(b, "%c%.1f %.1f", letter(i), mid(i), l.y(f.Expected))
	}
	b.WriteString(`"/>`)
}

// coming says the forecast in a sentence: the next hour, or all of it where it is shorter.
func (l *layout) coming(b *strings.Builder, speak *say.Printer) {
	if len(l.ahead) == 0 {
		return
	}
	n := min(len(l.ahead), max(1, int(time.Hour/l.c.Step)))
	var sum desk.Band
	for _, f := range l.ahead[:n] {
		sum.Low, sum.Expected, sum.High = sum.Low+f.Low, sum.Expected+f.Expected, sum.High+f.High
	}
	minutes := int((time.Duration(n) * l.c.Step).Minutes())
	fmt.Fprintf(b, `<p class="small forecast" dir="%s">%s</p>`, speak.Dir(), template.HTMLEscapeString(speak.T("Next {minutes} minutes: about {n} mentions, eight times in ten between {low} and {high}.",
		"minutes", minutes, "n", roundInt(sum.Expected), "low", roundInt(sum.Low), "high", roundInt(sum.High))))
}

// gaps are the times in which a source did not hear: never drawn as calm.
func (l *layout) gaps(b *strings.Builder) {
	for i := 0; i < len(l.columns); i++ {
		from := i
		for i < len(l.columns) && l.columns[i].deaf {
			i++
		}
		if i > from {
			fmt.Fprintf(b, `<rect class="gap" x="%.1f" y="0" width="%.1f" height="100"/>`, float64(from)*l.unit, float64(i-from)*l.unit)
		}
	}
}

// layer is one network's part of all columns, as one path.
func (l *layout) layer(b *strings.Builder, k int) {
	var d strings.Builder
	for i := range l.columns {
		col := &l.columns[i]
		if col.parts[k] == 0 {
			continue
		}
		below := 0
		for j := range k {
			below += col.parts[j]
		}
		left, width := float64(i)*l.unit+l.unit*.1, l.unit*.8
		base, top := l.y(float64(below)), l.y(float64(below+col.parts[k]))
		fmt.Fprintf(&d, "M%.1f %.1fV%.1fh%.1fV%.1fz", left, base, top, width, base)
	}
	if d.Len() > 0 {
		fmt.Fprintf(b, `<path class="layer layer-%d" d="%s"/>`, k+1, d.String())
	}
}

// share is the line of the negative share, over a column and its two neighbours; 0 … 100 % is the height. Fewer than twelve
// mentions say nothing.
func (l *layout) share(b *strings.Builder) {
	var d strings.Builder
	pen := false
	for i := range l.columns {
		var total, negative int
		for _, col := range l.columns[max(0, i-1):min(len(l.columns), i+2)] {
			total, negative = total+col.total, negative+col.negative
		}
		if total < 12 {
			pen = false
			continue
		}
		cmd := 'M'
		if pen {
			cmd = 'L'
		}
		fmt.Fprintf(&d, "%c%.1f %.1f", cmd, (float64(i)+.5)*l.unit, chartHeight*(1-float64(negative)/float64(total)))
		pen = true
	}
	if d.Len() > 0 {
		fmt.Fprintf(b, `<path class="negative" d="%s"/>`, d.String())
	}
}

// marks are links on the alerts. They live in a picture of their own, so that they can be reached by keyboard.
func (l *layout) marks(b *strings.Builder) {
	if len(l.c.Marks) == 0 {
		return
	}
	b.WriteString(`<svg class="marks" viewBox="0 0 1000 100" preserveAspectRatio="none">`)
	for _, m := range l.c.Marks {
		x := l.x(m.At)
		if x < 0 || x > chartWidth {
			continue
		}
		title := template.HTMLEscapeString(m.Title)
		fmt.Fprintf(b, `<a href="%s" aria-label="%s"><title>%s</title><path class="stem" d="M%.1f 0V100"/><path class="dot dot-%d" d="M%.1f 4v.01"/></a>`,
			template.HTMLEscapeString(m.Path), title, title, x, int(m.Level), x)
	}
	b.WriteString(`</svg>`)
}

// ticks are five times under the chart, evenly spread.
func (l *layout) ticks(b *strings.Builder, speak *say.Printer) {
	whole := l.c.Step * time.Duration(l.steps())
	for i := range 5 {
		at := l.c.From.Add(whole * time.Duration(i) / 4).In(l.zone())
		s := speak.Clock(at)
		if whole > 36*time.Hour {
			s = speak.Day(at)
		}
		fmt.Fprintf(b, `<span>%s</span>`, template.HTMLEscapeString(s))
	}
}

func (l *layout) legend(b *strings.Builder, speak *say.Printer) {
	b.WriteString(`<ul class="legend">`)
	for k, name := range l.names {
		if name == "" && len(l.names) == 1 {
			continue
		}
		shown := networkName(name)
		if name == "" {
			shown = speak.T("Others")
		}
		fmt.Fprintf(b, `<li><i class="key layer-%d"></i>%s</li>`, k+1, template.HTMLEscapeString(shown))
	}
	if len(l.c.Band) > 1 {
		fmt.Fprintf(b, `<li><i class="key key-band"></i>%s</li>`, template.HTMLEscapeString(speak.T("usual")))
	}
	if len(l.ahead) > 0 {
		fmt.Fprintf(b, `<li><i class="key key-ahead"></i>%s</li>`, template.HTMLEscapeString(speak.T("forecast")))
	}
	if !l.c.Moodless {
		fmt.Fprintf(b, `<li><i class="key key-negative"></i>%s</li>`, template.HTMLEscapeString(speak.T("negative share")))
	}
	if len(l.c.Gaps) > 0 {
		fmt.Fprintf(b, `<li><i class="key key-gap"></i>%s</li>`, template.HTMLEscapeString(speak.T("not heard")))
	}
	b.WriteString(`</ul>`)
}

// table is the chart in numbers, newest first, without the steps in which nothing happened.
func (l *layout) table(b *strings.Builder, speak *say.Printer) {
	esc := template.HTMLEscapeString
	fmt.Fprintf(b, `<details class="behind" dir="%s"><summary>%s</summary><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">%s</th><th scope="col" class="n">%s</th>`,
		speak.Dir(), esc(speak.T("The numbers behind it")), esc(speak.T("Time")), esc(speak.T("Mentions")))
	if !l.c.Moodless {
		fmt.Fprintf(b, `<th scope="col" class="n">%s</th>`, esc(speak.T("Negative")))
	}
	for _, name := range l.names {
		if name != "" {
			fmt.Fprintf(b, `<th scope="col" class="n">%s</th>`, esc(networkName(name)))
		}
	}
	b.WriteString(`</tr></thead><tbody>`)
	for i := len(l.ahead) - 1; i >= 0; i-- {
		f := l.ahead[i]
		fmt.Fprintf(b, `<tr class="aheadrow"><td>%s</td><td class="n" colspan="2">%s</td>`, esc(speak.When(f.At.In(l.zone()))), esc(speak.T("{n}, likely {low} to {high}", "n", roundInt(f.Expected), "low", roundInt(f.Low), "high", roundInt(f.High))))
		for _, name := range l.names {
			if name != "" {
				b.WriteString(`<td></td>`)
			}
		}
		b.WriteString(`</tr>`)
	}
	for i := len(l.columns) - 1; i >= 0; i-- {
		col := &l.columns[i]
		if col.total == 0 && !col.deaf {
			continue
		}
		fmt.Fprintf(b, `<tr data-at="%d" data-n="%d" data-bad="%d"><td>%s</td><td class="n">%s</td>`, col.at.Unix(), col.total, col.negative, esc(speak.When(col.at.In(l.zone()))), speak.Number(float64(col.total)))
		if !l.c.Moodless {
			fmt.Fprintf(b, `<td class="n">%s</td>`, speak.Number(float64(col.negative)))
		}
		for k, name := range l.names {
			if name != "" {
				fmt.Fprintf(b, `<td class="n">%s</td>`, speak.Number(float64(col.parts[k])))
			}
		}
		b.WriteString(`</tr>`)
	}
	b.WriteString(`</tbody></table></div></details>`)
}

// spark is a small picture of a series, for cards.
func spark(points []desk.Point) template.HTML {
	if len(points) == 0 {
		return ""
	}
	high := 0
	for _, p := range points {
		high = max(high, p.Count)
	}
	if high == 0 {
		return ""
	}
	var b strings.Builder
	n := len(points)
	fmt.Fprintf(&b, `<svg class="spark" viewBox="0 0 %d 24" preserveAspectRatio="none" aria-hidden="true">`, n*4)
	var all, bad strings.Builder
	for i, p := range points {
		h, neg := 24*float64(p.Count)/float64(high), 24*float64(p.Negative)/float64(high)
		fmt.Fprintf(&all, "M%d.5 24v-%.1fh3v%.1fz", i*4, h, h)
		fmt.Fprintf(&bad, "M%d.5 24v-%.1fh3v%.1fz", i*4, neg, neg)
	}
	fmt.Fprintf(&b, `<path class="all" d="%s"/><path class="bad" d="%s"/></svg>`, all.String(), bad.String())
	return template.HTML(b.String())
}

// gauge shows where a value stands against what is usual: the band between low and high on a line that ends at twice high, or
// at the value where that is more.
func gauge(value, low, high float64) template.HTML {
	end := max(high*1.6, value*1.05, 1e-9)
	at := func(v float64) float64 { return math.Round(min(max(v/end, 0), 1)*1000) / 10 }
	return template.HTML(fmt.Sprintf(`<svg class="gauge" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><path class="line" d="M0 4H100"/><path class="usual" d="M%g 4H%g"/><path class="value" d="M%g 0V8"/></svg>`,
		at(low), at(high), max(.6, min(at(value), 99.4))))
}

// bar is a share as a bar.
func bar(part, whole float64) template.HTML {
	w := 0.0
	if whole > 0 {
		w = math.Round(min(part/whole, 1)*1000) / 10
	}
	return template.HTML(fmt.Sprintf(`<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><path class="track" d="M0 3H100"/><path class="part" d="M0 3H%g"/></svg>`, w))
}
