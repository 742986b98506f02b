package centre

import (
	"fmt"
	"html"
	"html/template"
	"strings"

	"rsc.io/qr"

	"breakwater/internal/say"
)

// banners writes what other sites show of a home: with one script tag, in a frame, or as a picture. With nothing public they show
// nothing, so that they can stand there beforehand.
func (w *writer) banners(h Home, live []*Page) {
	if len(live) == 0 {
		w.put("banner.js", "text/javascript; charset=utf-8", []byte("// nothing to tell at the moment\n"))
		w.put("banner.svg", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>`))
		w.html("banner.html", "banner", &sheet{Lang: "en", Dir: "ltr", Title: h.Brand.Name, Brand: h.Brand.Name, Style: style()})
		return
	}
	p := live[0]
	lang := p.langs()[0]
	state := say.For(lang, "").Text(State(p.Centre.State))
	url := p.URL + "/" + p.Slug + "/"
	w.put("banner.js", "text/javascript; charset=utf-8", fmt.Appendf(nil, bannerScript, jsonOf(map[string]string{"url": url, "title": p.title(lang), "state": state, "lang": lang, "dir": dirOf(lang)})))
	w.put("banner.svg", "image/svg+xml", drawn(state, short(p.title(lang), 70), lang))
	w.html("banner.html", "banner", &sheet{Lang: lang, Dir: dirOf(lang), Title: p.title(lang), Brand: h.Brand.Name, Style: style(), State: p.Centre.State, Canonical: url})
}

// bannerScript puts a line on top of the page that it is on. It builds elements and never reads markup; the words are data.
const bannerScript = `(function(){var b=%s,a=document.createElement("a"),s=document.createElement("strong");
a.href=b.url;a.lang=b.lang;a.dir=b.dir;s.textContent=b.state+": ";a.append(s,b.title);
Object.assign(a.style,{display:"block",padding:".85em 1.2em",background:"#0d4a58",color:"#fff",font:"600 1rem/1.4 system-ui,sans-serif",textAlign:"center",textDecoration:"underline"});
function put(){document.body.prepend(a)}
document.body?put():addEventListener("DOMContentLoaded",put)})();
`

// drawn is the banner as an image that a link is put around.
func drawn(state, title, lang string) []byte {
	anchor := "start"
	x := 24
	if dirOf(lang) == "rtl" {
		x = 936
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="64" viewBox="0 0 960 64" role="img" xml:lang="%s" direction="%s"><title>%s: %s</title><rect width="960" height="64" rx="8" fill="#0d4a58"/><text x="%d" y="40" text-anchor="%s" font-family="system-ui,sans-serif" font-size="20" fill="#fff"><tspan font-weight="700">%s:</tspan> %s</text></svg>`,
		lang, dirOf(lang), html.EscapeString(state), html.EscapeString(title), x, anchor, html.EscapeString(state), html.EscapeString(title))
}

// code is a QR code of an address, drawn.
func code(url string) template.HTML {
	c, err := qr.Encode(url, qr.M)
	if err != nil { // longer than any code takes: the address stands beside it
		return ""
	}
	var b strings.Builder
	for y := range c.Size {
		for x := range c.Size {
			if c.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return template.HTML(fmt.Sprintf(`<svg class="qr" viewBox="-2 -2 %d %d" role="img" aria-label="QR"><path fill="#fff" d="M-2 -2h%dv%dh-%dz"/><path d="%s"/></svg>`,
		c.Size+4, c.Size+4, c.Size+4, c.Size+4, c.Size+4, b.String()))
}
