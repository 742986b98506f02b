package assess

import (
	"context"
	"fmt"
	"slices"

	"breakwater/desk"
	"bytes"
	"html/template"
	"regexp"
	"strings"
	"unicode"
)

// Markdown is the brief as CommonMark. What people and strangers wrote stays text: nothing in it is taken for markup.
func (d *Doc) Markdown() string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	title := plainMark(d.Title)
	if d.Drill != "" {
		title = "[" + d.Drill + "] " + title
	}
	line("# ", title)
	line()
	line("**", d.LevelMark(), "**  ")
	for i, u := range d.Under {
		end := "  "
		if i == len(d.Under)-1 {
			end = ""
		}
		line(plainMark(u), end)
	}
	for _, p := range d.Parts {
		line()
		line("## ", plainMark(p.Title))
		line()
		for _, f := range p.Figures {
			line("- ", plainMark(f.Name), ": **", plainMark(f.Value), "**", noted(f.Note))
		}
		if len(p.Lines) == 0 && p.Empty != "" {
			line(plainMark(p.Empty))
		}
		for _, l := range p.Lines {
			text := plainMark(l.Text)
			if l.Strong {
				text = "**" + text + "**"
			}
			if l.Mark != "" {
				text = "**" + plainMark(l.Mark) + "** " + text
			}
			line("- ", text, noted(l.Note))
		}
	}
	line()
	line("---")
	line()
	line(plainMark(d.Foot))
	return b.String()
}

// LevelMark is the level as number and word.
func (d *Doc) LevelMark() string { return string(rune('0'+int(d.Level))) + " " + d.LevelName }

func noted(s string) string {
	if s == "" {
		return ""
	}
	return " (" + plainMark(s) + ")"
}

// plainMark is a text on one line in which Markdown sees no markup.
func plainMark(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		if strings.ContainsRune("\\`*_{}[]<>#|~&", r) {
			b.WriteByte('\\')
		}
		if !unicode.IsControl(r) {
			b.WriteRune(r)
		}
	}
	return beginning.ReplaceAllString(b.String(), `$1$4\$2$5$3`)
}

// beginning is what makes a list, a heading or a line of a text that begins with it.
var beginning = regexp.MustCompile(`^(\d{1,9})([.)])(\s|$)|^()([-+=])()`)

// page is the brief as a page that stands for itself: no script, no file beside it, made to be printed on A4.
var page = template.Must(template.New("brief").Parse(policied(pageText)))

const pageText = `<!doctype html>
<html lang="{{.Lang}}" dir="{{.Dir}}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="THE-POLICY"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title>
<style>
@page { size: A4; margin: 14mm 15mm; }
* { box-sizing: border-box; }
body { font: 10pt/1.42 system-ui, "Segoe UI", "Noto Sans", "Noto Sans Hebrew", "Noto Sans CJK TC", Arial, sans-serif; color: #14212a; margin: 0 auto; max-width: 190mm; padding: 4mm; overflow-wrap: anywhere; }
h1 { font-size: 17pt; line-height: 1.2; margin: 1.5mm 0; }
h2 { font-size: 10.5pt; margin: 4.5mm 0 1.2mm; padding-block-end: .6mm; border-block-end: .3mm solid #b9c5cc; break-after: avoid; }
p, ul, dl { margin: 0; padding: 0; } ul { list-style: none; }
.top { display: flex; gap: 3mm; align-items: center; flex-wrap: wrap; }
.level { border: .5mm solid; border-radius: 4mm; padding: .2mm 3mm; font-weight: 700; }
.level-0, .level-1 { color: #1f5fb0; } .level-2 { color: #8f5200; } .level-3 { color: #b3261e; } .level-4 { color: #6b1049; }
.drill { background: #5b2a86; color: #fff; font-weight: 700; padding: .4mm 3mm; letter-spacing: .1em; }
.under, small, .foot { color: #4b5962; font-size: 8.5pt; }
.under span + span::before { content: " · "; }
.figures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 2mm; margin-block: 1mm 2mm; }
.figures div { border: .25mm solid #d0d9de; border-radius: 1.5mm; padding: 1.2mm 2mm; }
.figures b { display: block; font-size: 14pt; line-height: 1.2; } .figures dt, .figures small { display: block; font-size: 8.5pt; color: #4b5962; } .figures dd { margin: 0; }
li { display: flex; gap: 2.5mm; padding-block: .5mm; break-inside: avoid; }
li > i { font-style: normal; font-weight: 700; flex: none; min-inline-size: 9mm; }
li > span { min-inline-size: 0; } li small { display: block; }
.strong { font-weight: 650; }
.foot { margin-block-start: 6mm; border-block-start: .3mm solid #b9c5cc; padding-block-start: 1.5mm; }
@media screen { body { padding: 8mm; } }
</style></head><body>
<p class="top"><span class="level level-{{printf "%d" .Level}}">{{.LevelMark}}</span>{{with .Drill}}<span class="drill">{{.}}</span>{{end}}</p>
<h1 dir="auto">{{.Title}}</h1>
<p class="under">{{range .Under}}<span><bdi>{{.}}</bdi></span>{{end}}</p>
{{range .Parts}}<section><h2>{{.Title}}</h2>
{{with .Figures}}<dl class="figures">{{range .}}<div><dt>{{.Name}}</dt><dd><b>{{.Value}}</b><small>{{.Note}}</small></dd></div>{{end}}</dl>{{end}}
{{if .Lines}}<ul>{{range .Lines}}<li>{{with .Mark}}<i><bdi>{{.}}</bdi></i>{{end}}<span><span dir="auto"{{if .Strong}} class="strong"{{end}}>{{.Text}}</span>{{with .Note}}<small dir="auto">{{.}}</small>{{end}}</span></li>{{end}}</ul>{{else}}{{with .Empty}}<p>{{.}}</p>{{end}}{{end}}</section>
{{end}}<p class="foot">{{.Foot}}</p>
</body></html>
`

// Page is the brief as a page that stands for itself, to be printed or sent.
func (d *Doc) Page() ([]byte, error) {
	var b bytes.Buffer
	err := page.Execute(&b, d)
	return b.Bytes(), err
}

// File is something to save, print or send.
type File struct {
	Name, Type string
	Body       []byte
	Policy     string // Content-Security-Policy of a page
}

// Formats are the formats of a brief's file.
var Formats = []string{"md", "html", "pdf"}

// File makes a brief as a file, in the reader's language. A PDF needs a browser to print with; without one it is an *desk.Invalid
// that says what to do instead. desk.ErrNotFound.
func (b *Briefer) File(ctx context.Context, incidentID int64, length, lang, format string) (File, error) {
	if !slices.Contains(Formats, format) {
		return File{}, desk.ErrNotFound
	}
	if format == "pdf" && b.Print == nil {
		return File{}, errNoPrinter
	}
	brief, err := b.Gather(ctx, incidentID)
	if err != nil {
		return File{}, err
	}
	d := brief.Doc(length, lang)
	f := File{Name: fmt.Sprintf("brief-%d-%s.%s", incidentID, brief.At.Format("20060102-1504"), format)}
	if format == "md" {
		f.Type, f.Body = "text/markdown; charset=utf-8", []byte(d.Markdown())
		return f, nil
	}
	f.Type, f.Policy = "text/html; charset=utf-8", policy(pageText)
	if f.Body, err = d.Page(); err != nil || format == "html" {
		return f, err
	}
	f.Type = "application/pdf"
	f.Body, err = b.Print(ctx, f.Body)
	return f, err
}

var errNoPrinter = desk.Wrong("format", "No Chromium is installed beside the desk, so it makes no PDF. Open the page to print instead, and print it to PDF there.")
