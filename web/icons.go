package web

import "html/template"

// icons are drawn on a grid of 24 with a stroke of 1.75; the stylesheet colours them.
var icons = map[string]template.HTML{
	"radar":    `<path d="M12 12 18 6"/><path d="M19.4 8.9a8.5 8.5 0 1 1-4.3-4.3"/><path d="M15.9 10.7a4.2 4.2 0 1 1-2.6-2.6"/><circle cx="12" cy="12" r=".8"/>`,
	"room":     `<path d="M4 20V6.5L13 4v16"/><path d="M13 7h6v13"/><path d="M2.5 20h19"/><path d="M10 12v1"/>`,
	"mentions": `<path d="M4 5h16v11H11l-4.5 3.5V16H4z"/><path d="M8 9h8M8 12h5"/>`,
	"inbox":    `<path d="M3.5 13 6 5h12l2.5 8v6.5h-17z"/><path d="M3.5 13H9a3 3 0 0 0 6 0h5.5"/>`,
	"alerts":   `<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15z"/><path d="M10 20.5a2.2 2.2 0 0 0 4 0"/>`,
	"monitors": `<path d="M8.2 17.5a6.5 6.5 0 1 1 7.6 0"/><circle cx="12" cy="12" r="2.2"/><path d="M12 14.5V21"/>`,
	"sources":  `<circle cx="6" cy="18" r="1.6"/><path d="M5 12a7 7 0 0 1 7 7"/><path d="M5 6.5a12.5 12.5 0 0 1 12.5 12.5"/>`,
	"people":   `<circle cx="9" cy="8.5" r="3.2"/><path d="M3.5 19c.4-3.5 2.6-5.3 5.5-5.3s5.1 1.8 5.5 5.3"/><path d="M15.5 5.6a3.2 3.2 0 0 1 0 5.8"/><path d="M17 14.2c2 .6 3.2 2.3 3.5 4.8"/>`,
	"journal":  `<path d="M6 3.5h12.5v17H6a1.5 1.5 0 0 1-1.5-1.5V5A1.5 1.5 0 0 1 6 3.5z"/><path d="M8.5 8h6.5M8.5 12h6.5M8.5 16h4"/>`,
	"help":     `<circle cx="12" cy="12" r="8.5"/><path d="M9.6 9.6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.7"/><path d="M12 16.6v.2"/>`,
	"search":   `<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5.5 5.5"/>`,
	"stop":     `<path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3z"/><path d="M8.5 12h7"/>`,
	"check":    `<path d="m4.5 12.5 5 5 10-11"/>`,
	"plan":     `<path d="M7 4.5H5.5A1.5 1.5 0 0 0 4 6v13a1.5 1.5 0 0 0 1.5 1.5h13A1.5 1.5 0 0 0 20 19V6a1.5 1.5 0 0 0-1.5-1.5H17"/><path d="M8 3h8v3.5H8z"/><path d="M8 11h8M8 15.5h5"/>`,
	"checks":   `<path d="m3.5 7 2 2 3.5-4M3.5 16l2 2 3.5-4"/><path d="M12.5 7h8M12.5 16h8"/>`,
	"eye":      `<path d="M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="2.8"/>`,
	"close":    `<path d="m6 6 12 12M18 6 6 18"/>`,
	"calendar": `<path d="M4 6h16v14H4zM4 10.5h16M8.5 3.5V8M15.5 3.5V8"/>`,
	"send":     `<path d="m3.5 11.5 17-8-5 17-4-7z"/><path d="m11.5 13.5 4-4"/>`,
	"lock":     `<path d="M6 11h12v9H6z"/><path d="M8.5 11V8a3.5 3.5 0 0 1 7 0v3"/>`,
	"key":      `<circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8.5-8.5M16 7.5l2.8 2.8M13.5 10l2 2"/>`,
	"ask":      `<path d="M9 9.2a3 3 0 1 1 4.3 2.7c-1 .5-1.3 1.1-1.3 2.1"/><path d="M12 17.5v.2"/>`,
	"plus":     `<path d="M12 5v14M5 12h14"/>`,
	"more":     `<path d="M4 7h16M4 12h16M4 17h16"/>`,
	"out":      `<path d="M10 5H5v14h14v-5"/><path d="M14 4h6v6M20 4l-9 9"/>`,
	"pause":    `<path d="M8.5 5v14M15.5 5v14"/>`,
	"flag":     `<path d="M5.5 21V4"/><path d="M5.5 5c4-2.5 8 2.5 13 0v9c-5 2.5-9-2.5-13 0"/>`,
	"clock":    `<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.2l3.5 2"/>`,
	"person":   `<circle cx="12" cy="8.5" r="3.6"/><path d="M5 20c.5-4 3.2-6 7-6s6.5 2 7 6"/>`,
	"warn":     `<path d="M12 3.8 21.3 20H2.7z"/><path d="M12 10v4.5M12 17v.2"/>`,
	"note":     `<path d="M4.5 19.5 6 15 16.5 4.5l3 3L9 18z"/><path d="m14.5 6.5 3 3"/>`,
	"up":       `<path d="m5 15 5-5 3.5 3.5L20 7"/><path d="M15 7h5v5"/>`,
	"phone":    `<path d="M6 3.5h3.5l1.5 4.5-2.2 1.6a11 11 0 0 0 5.6 5.6l1.6-2.2 4.5 1.5V18a2.5 2.5 0 0 1-2.6 2.5A15.5 15.5 0 0 1 3.5 6.1 2.5 2.5 0 0 1 6 3.5z"/>`,
	"mail":     `<path d="M3.5 5.5h17v13h-17z"/><path d="m4 6 8 7 8-7"/>`,
	"copy":     `<path d="M8 8h12v12H8z"/><path d="M16 8V4H4v12h4"/>`,
	"globe":    `<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c3 2.6 3.8 5.5 3.8 8.5s-.8 5.9-3.8 8.5c-3-2.6-3.8-5.5-3.8-8.5s.8-5.9 3.8-8.5z"/>`,
	"topic":    `<path d="M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16"/>`,
	"wave":     `<path d="M2.5 9c3.2 0 3.2 2.5 6.3 2.5S12 9 15.2 9s3.2 2.5 6.3 2.5"/><path d="M2.5 15c3.2 0 3.2 2.5 6.3 2.5S12 15 15.2 15s3.2 2.5 6.3 2.5"/>`,
}

// icon is an inline picture. It says nothing to a screen reader: words stand beside it.
func icon(name string) template.HTML {
	return `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">` + icons[name] + `</svg>`
}
