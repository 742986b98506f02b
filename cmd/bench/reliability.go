package main

import (
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
)

// tenths are how sure the model was, from 0.3 up, and how often it was right.
type tenths [7]struct{ sure, right, n float64 }

func (t *tenths) add(x labelled) {
	b := &t[min(len(t)-1, max(0, int(x.sure*10+1e-9)-3))]
	b.n++
	b.sure += x.sure
	if x.class == x.given {
		b.right++
	}
}

// apart is the mean distance between how sure the model was and how often it was right, by the texts of each tenth.
func (t *tenths) apart() float64 {
	sum, n := 0.0, 0.0
	for _, b := range t {
		sum += max(b.sure-b.right, b.right-b.sure)
		n += b.n
	}
	return sum / n
}

// tableOfConfidence prints for each language how often the model was right by how sure it was.
func tableOfConfidence(sets []labelledSet) {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "right (of texts) when sure\t0.3\t0.4\t0.5\t0.6\t0.7\t0.8\t0.9 and more\tapart\t")
	row := func(name string, r tenths) {
		fmt.Fprintf(t, "%s\t", name)
		for _, b := range r {
			if b.n == 0 {
				fmt.Fprint(t, "-\t")
				continue
			}
			fmt.Fprintf(t, "%.0f%% (%.0f)\t", 100*b.right/b.n, b.n)
		}
		fmt.Fprintf(t, "%.1f\t\n", 100*r.apart())
	}
	var all tenths
	for _, s := range sets {
		var r tenths
		for _, x := range s.texts {
			r.add(x)
			if s.name == s.lang {
				all.add(x)
			}
		}
		row(s.name, r)
	}
	row("all", all)
	t.Flush()
	fmt.Println()
}

// reliabilityPlot draws how often the model was right against how sure it was: a line for each language beside the diagonal.
func reliabilityPlot(sets []labelledSet) string {
	const size, left, top = 360, 50, 20
	x := func(p float64) float64 { return left + size*(p-0.3)/0.7 }
	y := func(p float64) float64 { return top + size*(1-(p-0.3)/0.7) }
	colours := []string{"#1b6ca8", "#c2410c", "#15803d", "#a21caf", "#b45309", "#0f766e", "#4b5563", "#be123c"}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="12">`+"\n", left+size+110, top+size+50)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#fff"/><path d="M%.0f %.0fL%.0f %.0f" stroke="#9ca3af" stroke-dasharray="4 4"/>`+"\n", x(0.3), y(0.3), x(1), y(1))
	for i := 3; i <= 10; i++ {
		p := float64(i) / 10
		fmt.Fprintf(&b, `<path d="M%.0f %.0fH%.0f" stroke="#e5e7eb"/><text x="%.0f" y="%.0f" text-anchor="end">%.1f</text><text x="%.0f" y="%d" text-anchor="middle">%.1f</text>`+"\n",
			x(0.3), y(p), x(1), x(0.3)-6, y(p)+4, p, x(p), top+size+16, p)
	}
	fmt.Fprintf(&b, `<text x="%.0f" y="%d" text-anchor="middle">confidence</text><text x="14" y="%.0f" transform="rotate(-90 14 %.0f)" text-anchor="middle">share right</text>`+"\n",
		x(0.65), top+size+36, y(0.65), y(0.65))
	for k, s := range sets {
		var r tenths
		for _, t := range s.texts {
			r.add(t)
		}
		var points []string
		for _, bin := range r {
			if bin.n >= 20 {
				points = append(points, fmt.Sprintf("%.1f,%.1f", x(bin.sure/bin.n), y(bin.right/bin.n)))
			}
		}
		c := colours[k%len(colours)]
		fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/><text x="%d" y="%d" fill="%s">%s</text>`+"\n",
			strings.Join(points, " "), c, left+size+12, top+12+16*k, c, s.name)
	}
	b.WriteString("</svg>\n")
	return b.String()
}
