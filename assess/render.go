package assess

import (
	"bytes"
	"html/template"
	"time"

	"breakwater/desk"
)

// rendering shows a kept post to people: what was heard and nothing else, with no script and nothing from any network.
var rendering = template.Must(template.New("rendering").Funcs(template.FuncMap{"network": desk.NetworkName, "stamp": func(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}}).Parse(policied(renderingText)))

const renderingText = `<!doctype html>
<html lang="{{or .M.Lang "und"}}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="THE-POLICY"><title>{{.M.Ref.NativeID}}</title>
<style>
body { font: 16px/1.5 system-ui, "Noto Sans", "Noto Sans Hebrew", "Noto Sans CJK TC", Arial, sans-serif; background: #f4f6f7; color: #14212a; margin: 0; padding: 24px; overflow-wrap: anywhere; }
article { background: #fff; border: 1px solid #d9e0e4; border-radius: 10px; padding: 20px 24px; max-width: 640px; margin: 0 auto 16px; }
h1 { font-size: 18px; margin: 0 0 8px; } .by { margin: 0 0 12px; } .by span, dl, .small { color: #55636e; }
.said { white-space: pre-wrap; font-size: 18px; margin: 0 0 16px; } img { max-width: 100%; display: block; margin: 0 0 12px; border-radius: 6px; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 16px; max-width: 690px; margin: 0 auto; font-size: 13px; } dd { margin: 0; font-family: monospace; }
</style></head><body>
<article><p class="by"><strong dir="auto">{{or .M.Author.Name .M.Author.Handle "–"}}</strong> <span dir="ltr">{{with .M.Author.Handle}}@{{.}}{{end}}</span> <span>· {{network .M.Network}} · {{stamp .M.Published}}</span></p>
{{with .M.Title}}<h1 dir="auto">{{.}}</h1>{{end}}<p class="said" dir="auto">{{.M.Text}}</p>
{{range .Images}}<img src="{{.}}" alt="">{{end}}
<p class="small">♥ {{.M.Engagement.Likes}} · ⟳ {{.M.Engagement.Reposts}} · ↩ {{.M.Engagement.Replies}}</p></article>
<dl dir="ltr"><dt>URL</dt><dd>{{.M.URL}}</dd><dt>ID</dt><dd>{{.M.NativeID}}</dd><dt>Heard</dt><dd>{{stamp .M.Arrived}}</dd>{{if not .M.Edited.IsZero}}<dt>Edited</dt><dd>{{stamp .M.Edited}}</dd>{{end}}<dt>Kept</dt><dd>{{stamp .At}}</dd><dt>SHA-256</dt><dd>{{.Hash}}</dd></dl>
</body></html>
`

// render makes the rendering of a mention; images are data: addresses that are shown with it.
func render(m *desk.Mention, at time.Time, hash string, images ...template.URL) ([]byte, error) {
	var b bytes.Buffer
	err := rendering.Execute(&b, struct {
		M      *desk.Mention
		At     time.Time
		Hash   string
		Images []template.URL
	}{m, at, hash, images})
	return b.Bytes(), err
}
