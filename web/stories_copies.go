package web

import (
	"maps"

	"breakwater/desk"
)

func copyStories() []story {
	set := desk.Settings{"host": "web.example.org", "port": "22", "user": "aurora", "folder": "/var/www/help", "key": desk.Mask}
	spec := desk.Spec{Kind: "sftp", Title: "Folder on a server (SFTP)", Help: "A folder that a web server serves, reached by SSH. Files are replaced one by one, each at once; compressed copies lie beside them.",
		Fields: []desk.Field{{Name: "host", Label: "Server", Required: true}, {Name: "password", Label: "Password", Kind: "secret"}}}
	form := func(t teller, role desk.Role, one desk.Carrier, wrong ...*desk.Invalid) *copyPage {
		p := &copyPage{Frame: t.frame(role), Spec: spec, Copy: copyView{Carrier: one, Title: spec.Title, Where: "web.example.org/var/www/help"}}
		p.Problems = wrong
		p.Inputs = specInputs(spec, one.Settings, p.Wrong)
		return p
	}
	good := desk.Carrier{ID: 1, Kind: "sftp", Name: long(), Settings: set, CarrierState: desk.CarrierState{State: desk.HealthOK, Good: storyNow(), Files: 41, Public: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + long()}}
	stranger := good
	stranger.CarrierState = desk.CarrierState{State: desk.HealthDenied, Failed: storyNow(), Tried: storyNow(), Tries: 3, Next: storyNow(), Shown: "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
		Problem: desk.Say("Nobody has confirmed this server's key yet: {key}. Compare it with what whoever runs the server says, then confirm it.", "key", "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU")}
	another := stranger
	another.Settings = maps.Clone(set)
	another.Settings["host_key"] = "SHA256:uNiVztksCsDhcc0u9e8BrrJXVGDzHVlyhpIbt0nFYkk"
	another.Problem = desk.Say("The server shows another key than the one that was confirmed: {key}. Somebody may stand in between. Ask whoever runs it; if it was changed, confirm the new one.", "key", stranger.Shown)
	return []story{
		{"centre/copy", "kinds", func(t teller) page {
			return &copyPage{Frame: t.frame(desk.Admin), Specs: []desk.Spec{spec, {Kind: "s3", Title: long(), Help: long()}}}
		}},
		{"centre/copy", "new", func(t teller) page { return form(t, desk.Admin, desk.Carrier{Kind: "sftp"}) }},
		{"centre/copy", "good", func(t teller) page {
			p := form(t, desk.Admin, good)
			p.Works = true
			return p
		}},
		{"centre/copy", "stranger", func(t teller) page {
			p := form(t, desk.Admin, stranger)
			p.Failed = stranger.Problem
			return p
		}},
		{"centre/copy", "changed", func(t teller) page { return form(t, desk.Admin, another) }},
		{"centre/copy", "viewer", func(t teller) page {
			held := good
			held.Waits, held.Problem = true, desk.Say("A hold keeps new words from this copy. They go there as soon as it is lifted.")
			return form(t, desk.Viewer, held)
		}},
		{"centre/copy", "wrong", func(t teller) page {
			return form(t, desk.Admin, good, desk.Wrong("host", "Enter a host name alone, like help.example.org."), desk.Wrong("name", "Give it a name."))
		}},
		{"centre/centres", "copies", func(t teller) page {
			return &centresPage{Frame: t.frame(desk.Admin), Front: "https://help.example.org/", Pages: []centreView{{Centre: t.centre(), Link: "https://help.example.org/kettle/"}},
				Copies: []copyView{{Carrier: good, Title: spec.Title, Where: "web.example.org/var/www/help"}, {Carrier: stranger, Title: spec.Title, Where: long()}, {Carrier: desk.Carrier{ID: 3, Name: "x", Paused: true}}}}
		}},
	}
}
