package drill

import (
	"fmt"
	"slices"
	"strings"

	"breakwater/desk"
)

// Case is a crisis of a well-known kind, with the dynamics that such crises had and with invented names.
type Case struct {
	Name  string // by which it is chosen
	Title string // what happens, in a few words of English

	brand  string
	trade  string // what the brand does: a section of trades.txt
	tag    string // under which people gather, without #
	course string // of courses
}

// cases are all of them. The first is the demo's.
var cases = []Case{
	{Name: "undeclared-allergen", Title: "An allergen that no menu names", brand: "Kavelund", tag: "BoycottKavelund"},
	{Name: "dragged-passenger", Title: "A passenger dragged off, and a first answer that makes it worse", brand: "Norrvind", trade: "airline", tag: "BoycottNorrvind", course: "answered badly"},
	{Name: "boycott-clause", Title: "A clause in the terms, and a tag to leave", brand: "Penningo", trade: "money", tag: "DropPenningo", course: "growing"},
	{Name: "insensitive-post", Title: "An insensitive post from the brand's account", brand: "Lumisoda", trade: "drinks", tag: "ShameLumisoda", course: "sudden"},
	{Name: "obscene-reply", Title: "An obscene picture in a reply", brand: "Hopjet", trade: "airline", tag: "HopjetFail", course: "sudden"},
	{Name: "personal-post", Title: "A personal post on the brand's account", brand: "Redbrygga", trade: "charity", tag: "RedbryggaBeer", course: "sudden"},
	{Name: "hashtag-unread", Title: "A hashtag joined without knowing its meaning", brand: "Tondora", trade: "food", tag: "WhyIKeptQuiet", course: "sudden"},
	{Name: "deadly-defect", Title: "A deadly defect and a recall", brand: "Voltrek", trade: "scooters", tag: "StopVoltrek", course: "growing"},
	{Name: "food-poisoning", Title: "Food poisoning and closed stores", brand: "Verdebowl", trade: "food", tag: "CloseVerdebowl", course: "growing"},
	{Name: "outage", Title: "An outage on payday", brand: "Nimbank", trade: "money", tag: "NimbankDown", course: "all at once"},
	{Name: "ai-clause", Title: "A privacy clause about training artificial intelligence", brand: "Foliora", trade: "photos", tag: "DeleteFoliora", course: "growing"},
	{Name: "false-apology", Title: "Harassment and a false apology", brand: "Arkadis", trade: "games", tag: "ArkadisOut", course: "answered badly"},
}

// Cases are all cases, the demo's first.
func Cases() []Case { return slices.Clone(cases) }

// Find is the case of that name; the error wraps desk.ErrNotFound.
func Find(name string) (Case, error) {
	for _, c := range cases {
		if c.Name == name {
			return c, nil
		}
	}
	return Case{}, fmt.Errorf("case %q: %w", name, desk.ErrNotFound)
}

// original reports whether it is Kavelund's, which has texts of its own for ordinary days.
func (c Case) original() bool { return c.trade == "" }

// Brand is the invented brand that the case is about.
func (c Case) Brand() desk.Brand {
	b := desk.Brand{Name: c.brand, Zone: "Europe/Stockholm", Retention: 90}
	for _, network := range []string{"mastodon", "bluesky"} {
		handle := strings.ToLower(c.brand)
		if network == "bluesky" {
			handle += ".example"
		}
		b.Accounts = append(b.Accounts, network+":"+handle)
	}
	return b
}

// Monitors are what the brand's desk listens for. Ids and the brand's are left to whoever saves them.
func (c Case) Monitors() []desk.Monitor {
	if c.original() {
		return kavelundMonitors()
	}
	return []desk.Monitor{
		{Kind: "brand", Name: c.brand, Query: fmt.Sprintf("%s* OR #%s OR @%s OR #%s", c.brand, strings.ToLower(c.brand), strings.ToLower(c.brand), c.tag), Sensitivity: "balanced"},
		{Kind: "hashtag", Name: "#" + c.tag, Query: "#" + c.tag, Sensitivity: "high"},
	}
}
