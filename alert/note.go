package alert

import (
	"html/template"
	"strings"
)

// Note is a message of a few lines that is about no single alert, in the words of its reader.
type Note struct {
	Lang    string
	Title   string
	Lines   []string
	Actions []Action // what can be done from the message itself
	Link    string
	Open    string // what the link is called
}

// Words puts a note into plain text and HTML.
func (n Note) Words() (text, html string, err error) {
	var t, h strings.Builder
	for _, line := range n.Lines {
		t.WriteString(line + "\n\n")
	}
	for _, a := range n.Actions {
		t.WriteString(a.Text + ": " + a.URL + "\n")
	}
	t.WriteString(n.Open + ": " + n.Link + "\n")
	err = noteHTML.Execute(&h, n)
	return t.String(), h.String(), err
}

// Dir is the direction in which the note is read.
func (n Note) Dir() string { return direction(n.Lang) }

var noteHTML = template.Must(template.New("note").Parse(`<!doctype html>
<html lang="{{.Lang}}" dir="{{.Dir}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title></head>
<body style="font-family:sans-serif;line-height:1.5;max-width:40em">
{{range .Lines}}<p>{{.}}</p>
{{end}}{{range .Actions}}<p><a href="{{.URL}}" style="display:inline-block;padding:.6em 1.2em;background:#0e2a33;color:#fff;border-radius:6px;text-decoration:none;font-size:1.15em">{{.Text}}</a></p>
{{end}}<p><a href="{{.Link}}" style="font-size:1.15em">{{.Open}}</a></p>
</body></html>
`))
