package preflight

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/approve/advice"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/spell"
	"breakwater/store"
)

// shop is a desk with one brand, its channels, and a web server.
type shop struct {
	*Desk
	db    *store.DB
	brand desk.Brand
	lead  context.Context
	site  *httptest.Server
	slow  chan struct{} // requests to /slow wait for it
}

var act = desk.Act{Who: "user:1", Do: "test"}

func newShop(t *testing.T) *shop {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := &shop{db: db, slow: make(chan struct{}), lead: desk.WithActor(t.Context(), desk.Actor{Who: "user:1", Name: "Ana", Role: desk.Lead})}
	if s.brand, err = db.ChangeBrand(t.Context(), 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Kavelund", "Europe/Warsaw", desk.Say("made")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	s.site = httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(s.site.Close)
	t.Cleanup(func() { close(s.slow) })
	s.Desk = &Desk{Store: db, Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()}), Speller: dictionary{}, Tone: func(lang, text string) (bool, bool) { return advice.Sorry(lang, text), advice.Denies(lang, text) }, Log: slog.New(slog.DiscardHandler), Exists: func(_ context.Context, ch desk.Channel, name string) (bool, error) {
		switch name {
		case "nobody":
			return false, nil
		case "away":
			return false, errors.New("502")
		}
		return true, nil
	}}
	return s
}

func (s *shop) answer(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/gone":
		http.NotFound(w, r)
	case "/secret":
		w.WriteHeader(http.StatusForbidden)
	case "/broken":
		w.WriteHeader(http.StatusBadGateway)
	case "/nohead":
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	case "/large":
		if r.Method == http.MethodHead {
			w.WriteHeader(http.StatusNotImplemented)
			return
		}
		w.Write(bytes.Repeat([]byte("x"), 3<<20))
	case "/loop":
		http.Redirect(w, r, "/loop", http.StatusFound)
	case "/elsewhere":
		http.Redirect(w, r, strings.Replace(s.site.URL, "127.0.0.1", "localhost", 1)+"/fine", http.StatusFound)
	case "/inside":
		http.Redirect(w, r, "http://10.1.2.3/", http.StatusFound)
	case "/slow":
		select {
		case <-s.slow:
		case <-r.Context().Done():
		}
	}
}

// dictionary knows every word but two.
type dictionary struct{}

func (dictionary) Check(_ context.Context, lang, text string, skip func(string) bool) (all []spell.Miss, _ error) {
	if lang == "he" {
		return nil, spell.ErrNoDictionary
	}
	for _, w := range []string{"recal", "Kavelund", "Ostrobo"} {
		if i := strings.Index(text, w); i >= 0 && !skip(w) {
			all = append(all, spell.Miss{Word: w, From: i, To: i + len(w), Suggest: []string{"recall"}, LikeName: w[0] == 'O'})
		}
	}
	return all, nil
}

func (s *shop) channel(t *testing.T, c desk.Channel) desk.Channel {
	t.Helper()
	if c.BrandID == 0 {
		c.BrandID = s.brand.ID
	}
	made, err := s.db.ChangeChannel(t.Context(), 0, act, func(now *desk.Channel, out *desk.Out) error {
		id := now.ID
		*now = c
		now.ID, out.Say = id, desk.Say("made")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (s *shop) look(t *testing.T, st desk.Statement, v desk.Variant) []desk.Finding {
	t.Helper()
	if st.BrandID == 0 {
		st.BrandID = s.brand.ID
	}
	if v.Lang == "" {
		v.Lang = "en"
	}
	found, err := s.Look(s.lead, st, v, time.Date(2026, 6, 16, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// said are the findings of a check as "weight: sentence".
func said(all []desk.Finding, check string) (out []string) {
	for _, f := range all {
		if f.Check == check {
			out = append(out, f.Weight+": "+f.Say.English())
		}
	}
	return out
}

// To deny and to be sorry is flagged in one text, and between the languages of a statement.
func TestDenialAndApologyAreMixed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	for lang, text := range map[string]string{
		"en": "We are sorry for the pain. The reports are false.", "sv": "Vi ber om ursäkt. Uppgifterna stämmer inte.", "pl": "Przepraszamy. Te doniesienia są bezpodstawne.",
		"id": "Kami minta maaf. Kabar itu tidak benar.", "he": "אנחנו מצטערים. הדיווחים חסרי בסיס.", "zh-Hant": "我們道歉。這些報導並非事實。",
	} {
		found := said(s.look(t, desk.Statement{}, desk.Variant{Kind: "email", Title: "Jars", Lang: lang, Text: text}), "mixed")
		if len(found) != 1 || !strings.HasPrefix(found[0], "warn: It denies and is sorry at once.") {
			t.Errorf("%s: %v", lang, found)
		}
	}
	all := []desk.Variant{{ID: "v1", Kind: "email", Title: "a", Lang: "en", Text: "We are sorry."}, {ID: "v2", Kind: "email", Title: "b", Lang: "pl", Text: "Te doniesienia są bezpodstawne."}}
	for i, want := range []string{"warn: This text is sorry, and the one for email pl denies.", "warn: This text denies, and the one for email en is sorry."} {
		if found := said(s.look(t, desk.Statement{Variants: all}, all[i]), "mixed"); len(found) != 1 || !strings.HasPrefix(found[0], want) {
			t.Errorf("variant %d: %v", i, found)
		}
	}
	if found := said(s.look(t, desk.Statement{Variants: all[:1]}, all[0]), "mixed"); len(found) != 0 {
		t.Errorf("an apology alone: %v", found)
	}
}

// A text is checked for the channels that it goes out in, and for no other: not for one that has a variant of its kind, nor for one that
// speaks the language of another variant.
func TestOnlyItsOwnChannelsAreChecked(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.channel(t, desk.Channel{Kind: "mastodon", Name: "Toots", Limits: desk.Limits{Text: 20}})
	s.channel(t, desk.Channel{Kind: "wordpress", Name: "Blog", Lang: "pl"})
	s.channel(t, desk.Channel{Kind: "wordpress", Name: "World", Lang: "en"})
	all := []desk.Variant{
		{ID: "v1", Kind: "mastodon", Lang: "en", Text: "Short."},
		{ID: "v2", Lang: "en", Title: "Jars", Text: "Long enough for a page on the web."},
		{ID: "v3", Lang: "pl", Title: "Słoiki", Text: "Dość długie na stronę."},
	}
	for _, v := range all {
		found := s.look(t, desk.Statement{Variants: all}, v)
		if wrong := append(said(found, "length"), said(found, "language")...); len(wrong) != 0 {
			t.Errorf("%s: %v", v.ID, wrong)
		}
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	toot := s.channel(t, desk.Channel{Kind: "mastodon", Name: "Harbour", Limits: desk.Limits{Text: 60}})
	rival := s.channel(t, desk.Channel{Kind: "mastodon", Name: "Rival", BrandID: 99})
	social := s.channel(t, desk.Channel{Kind: "mastodon", Name: "Quay", Limits: desk.Limits{Text: 60, As: "gotosocial"}})
	mail := s.channel(t, desk.Channel{Kind: "email", Name: "Newsletter"})
	paused := s.channel(t, desk.Channel{Kind: "bluesky", Name: "Sky", Paused: true, Lang: "pl"})
	for _, tc := range []struct {
		name, check string
		s           desk.Statement
		v           desk.Variant
		want        string // begins the only finding of the check; empty: none
	}{
		{"fits", "length", desk.Statement{}, desk.Variant{ChannelID: toot.ID, Text: "We recall the jars."}, ""},
		{"long", "length", desk.Statement{}, desk.Variant{ChannelID: toot.ID, Text: strings.Repeat("a", 61)}, "block: Harbour takes 60 characters; this is 61"},
		{"link short", "length", desk.Statement{}, desk.Variant{ChannelID: toot.ID, Text: "https://jar.example.com/" + strings.Repeat("a", 80)}, ""},
		{"link in full on GoToSocial", "length", desk.Statement{}, desk.Variant{ChannelID: social.ID, Text: "https://jar.example.com/" + strings.Repeat("a", 80)}, "block: Quay takes 60 characters; this is 104"},
		{"a headline that has no place", "length", desk.Statement{}, desk.Variant{ChannelID: toot.ID, Text: "x", Title: "Recall"}, "warn: Harbour has no place for a headline: “Recall”"},
		{"an answer behind a warning", "length", desk.Statement{Answers: &desk.Answering{}}, desk.Variant{ChannelID: toot.ID, Text: strings.Repeat("a", 54), Title: "Recall"}, ""},
		{"a warning counts", "length", desk.Statement{Answers: &desk.Answering{}}, desk.Variant{ChannelID: toot.ID, Text: strings.Repeat("a", 55), Title: "Recall"}, "block: Harbour takes 60 characters; with the content warning before it this is 61"},
		{"the subject of a mail does not", "length", desk.Statement{Answers: &desk.Answering{}}, desk.Variant{Kind: "mailbox", Text: strings.Repeat("a", 9000), Title: "Recall"}, ""},
		{"empty", "length", desk.Statement{}, desk.Variant{ChannelID: toot.ID, Text: " "}, "block: There is no text"},
		{"x", "length", desk.Statement{}, desk.Variant{Kind: "x", Text: strings.Repeat("あ", 141)}, "block: X takes 280 characters; this is 282"},
		{"bom", "length", desk.Statement{}, desk.Variant{Kind: "x", Text: "jar\ufeff"}, "block: X refuses an invisible character"},
		{"begins with a name", "length", desk.Statement{}, desk.Variant{Kind: "x", Text: "@ana we recall"}, "warn: A post that begins with a name"},
		{"tags", "length", desk.Statement{}, desk.Variant{Kind: "instagram", Text: strings.Repeat("#a ", 31)}, "block: Instagram takes 30 hashtags; these are 31"},
		{"subject", "length", desk.Statement{}, desk.Variant{ChannelID: mail.ID, Text: "x", Title: ""}, "block: Newsletter needs a headline"},
		{"subject of two lines", "length", desk.Statement{}, desk.Variant{ChannelID: mail.ID, Text: "x", Title: "a\nBcc: x@y.com"}, "block: The headline has more than one line"},
		{"blank", "blanks", desk.Statement{}, desk.Variant{Text: "On {date} we saw"}, "block: {date} is not filled in"},
		{"blank in a title", "blanks", desk.Statement{}, desk.Variant{Text: "x", Title: "{{ product }}"}, "block: {{ product }} is not filled in"},
		{"no blank", "blanks", desk.Statement{}, desk.Variant{Text: "[UPDATE] a set {"}, ""},
		{"wrong brand", "account", desk.Statement{}, desk.Variant{ChannelID: rival.ID, Text: "x"}, "block: Rival belongs to another brand"},
		{"paused", "account", desk.Statement{}, desk.Variant{ChannelID: paused.ID, Text: "x"}, "warn: Sky is paused"},
		{"language of the channel", "language", desk.Statement{}, desk.Variant{ChannelID: paused.ID, Text: "x"}, "warn: Sky speaks pl; this text is en"},
		{"first person", "voice", desk.Statement{}, desk.Variant{Text: "Today I went to the harbour and my dog too."}, "warn: “I”: a person speaks here, on the account of Kavelund"},
		{"first person Polish", "voice", desk.Statement{}, desk.Variant{Lang: "pl", Text: "Byłam dziś w porcie."}, "warn: “Byłam”: a person"},
		{"private", "voice", desk.Statement{}, desk.Variant{Text: "gonna be fun"}, "second: “gonna” sounds private"},
		{"we", "voice", desk.Statement{}, desk.Variant{Text: "We are sorry. Our team works on it."}, ""},
		{"religion", "sensitive", desk.Statement{}, desk.Variant{Text: "May God help our jars."}, "second: This speaks of religion (“God”)"},
		{"politics Polish", "sensitive", desk.Statement{}, desk.Variant{Lang: "pl", Text: "Nasz słoik wygrałby wybory!"}, "second: This speaks of politics (“wybory”)"},
		{"tragedy Chinese", "sensitive", desk.Statement{}, desk.Variant{Lang: "zh-Hant", Text: "昨天的地震讓我們難過"}, "second: This speaks of tragedy"},
		{"violence Hebrew", "sensitive", desk.Statement{}, desk.Variant{Lang: "he", Text: "אנחנו נגד האלימות"}, "second: This speaks of violence"},
		{"tragedy Indonesian", "sensitive", desk.Statement{}, desk.Variant{Lang: "id", Text: "Duka untuk korban gempa."}, "second: This speaks of tragedy"},
		{"violence Swedish", "sensitive", desk.Statement{}, desk.Variant{Lang: "sv", Text: "Efter skjutningen i går"}, "second: This speaks of violence"},
		{"harmless", "sensitive", desk.Statement{}, desk.Variant{Text: "New lids in four colours, from Monday."}, ""},
		{"misspelt", "spelling", desk.Statement{}, desk.Variant{Text: "Our recal of Kavelund jars."}, "warn: “recal” is not in the dictionary"},
		{"a name", "spelling", desk.Statement{}, desk.Variant{Text: "In Ostrobo today."}, "hint: “Ostrobo”"},
		{"no dictionary", "spelling", desk.Statement{}, desk.Variant{Lang: "he", Text: "שלום"}, "hint: Not checked: the spelling. The dictionary is not installed"},
		{"name exists", "names", desk.Statement{}, desk.Variant{ChannelID: toot.ID, Text: "to @ana"}, ""},
		{"name does not", "names", desk.Statement{}, desk.Variant{ChannelID: toot.ID, Text: "to @nobody"}, "block: There is no account @nobody on Harbour"},
		{"network away", "names", desk.Statement{}, desk.Variant{ChannelID: toot.ID, Text: "to @away"}, "warn: Not checked: whether @away exists on Harbour"},
		{"tag unheard", "hashtags", desk.Statement{}, desk.Variant{Text: "#jar"}, "hint: Not checked: what people post under #jar"},
		{"no picture", "media", desk.Statement{}, desk.Variant{Kind: "instagram", Text: "x"}, "block: Instagram takes no text without a picture"},
		{"fact missing", "facts", desk.Statement{}, desk.Variant{Text: "x", Facts: desk.IDs{404}}, "block: The text cites a fact that does not exist"},
	} {
		got := said(s.look(t, tc.s, tc.v), tc.check)
		if tc.want == "" && len(got) > 0 || tc.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], tc.want)) {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestFactsMustBeConfirmed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	room, err := s.db.ChangeIncident(t.Context(), 0, act, func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.Title, i.State, out.Say = s.brand.ID, "Glass", desk.IncidentOpen, desk.Say("made")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int64{}
	for _, state := range []string{desk.FactConfirmed, desk.FactUnconfirmed, desk.FactWithdrawn} {
		f, err := s.db.ChangeFact(t.Context(), room.ID, 0, act, func(f *desk.Fact, _ *desk.Incident, _ []desk.Citing, out *desk.Out) error {
			f.Text, f.State, out.Say = "Glass in two jars", state, desk.Say("made")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ids[state] = f.ID
	}
	v := desk.Variant{Text: "Glass was found.", Facts: desk.IDs{ids[desk.FactConfirmed]}}
	if got := said(s.look(t, desk.Statement{}, v), "facts"); len(got) != 0 {
		t.Errorf("a confirmed fact: got %q", got)
	}
	v.Facts = append(v.Facts, ids[desk.FactUnconfirmed])
	got := said(s.look(t, desk.Statement{Messages: []desk.KeyMessage{{Text: "x", Facts: desk.IDs{ids[desk.FactWithdrawn]}}}}, v), "facts")
	if len(got) != 2 || !strings.HasPrefix(got[0], "block: F2 is not confirmed: Glass") || !strings.HasPrefix(got[1], "block: F3 was withdrawn") {
		t.Errorf("got %q", got)
	}
}

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	at := s.site.URL
	for _, tc := range []struct{ name, text, want string }{
		{"fine", "See " + at + "/fine", ""},
		{"no HEAD", "See " + at + "/nohead", ""},
		{"large", "See " + at + "/large", ""},
		{"gone", "See " + at + "/gone", "block: "},
		{"forbidden", "See " + at + "/secret", "warn: "},
		{"broken", "See " + at + "/broken", "warn: "},
		{"loop", "See " + at + "/loop", "block: "},
		{"elsewhere", "See " + at + "/elsewhere", "warn: "},
		{"inside", "See " + at + "/inside", "block: "},
		{"private", "See http://10.1.2.3/", "block: "},
		{"no host", "See https://nosuch.invalid/", "block: "},
		{"lie", "See [www.bank.com](" + at + "/fine)", "block: The text says www.bank.com, and the link leads to"},
		{"honest", "See [our page](" + at + "/fine)", ""},
		{"secret", "See http://ana:pw@127.0.0.1/", "block: 127.0.0.1 holds a name or password"},
		{"look-alike", "See https://раypal.com/", "block: The host of раypal.com does not exist"},
	} {
		if plain := tc.text; tc.name == "gone" || tc.name == "private" || tc.name == "no host" {
			got := said(s.look(t, desk.Statement{}, desk.Variant{Kind: "x", Text: plain + ", and more."}), "links")
			if len(got) == 0 || !strings.HasPrefix(got[0], tc.want) {
				t.Errorf("%s without words: got %q, want %q", tc.name, got, tc.want)
			}
		}
		// The address of the test's server is no host with a top-level domain, so it is given as a link with words.
		text := tc.text
		if !strings.Contains(text, "[") {
			text = strings.Replace(text, "See ", "See [it](", 1) + ")"
		}
		var got []string
		for _, g := range said(s.look(t, desk.Statement{}, desk.Variant{Kind: "wordpress", Title: "x", Text: text}), "links") {
			if !strings.HasPrefix(g, "hint: ") && !strings.HasPrefix(g, "warn: Not checked") {
				got = append(got, g)
			}
		}
		if tc.want == "" && len(got) > 0 || tc.want != "" && (len(got) == 0 || !strings.HasPrefix(got[0], tc.want)) {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

// What does not answer in time is named, and the rest is there.
func TestWhatDoesNotAnswerIsNamed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.Patience = 300 * time.Millisecond
	all := s.look(t, desk.Statement{}, desk.Variant{Kind: "wordpress", Title: "x", Text: "See [it](" + s.site.URL + "/slow) {date}"})
	if got := said(all, "links"); len(got) == 0 || !strings.Contains(strings.Join(got, " "), "Not checked: where") {
		t.Errorf("got %q", got)
	}
	if got := said(all, "blanks"); len(got) != 1 {
		t.Errorf("got %q", got)
	}
	if all[0].Weight != desk.FindingBlock || !Blocked(all) {
		t.Errorf("blocks do not come first: %+v", all[0])
	}
}

func TestDaysOfRemembrance(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	if _, err := s.SaveGuard(s.lead, desk.Guard{BrandID: s.brand.ID, Days: []desk.GuardDay{{Day: "05-03", Name: "The accident in Gdynia"}}}); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{
		"2026-04-10": "Day of the Smolensk air disaster", "2026-04-03": "Good Friday", "2026-05-03": "The accident in Gdynia", "2026-06-16": "", "2026-02-28": "",
	} {
		due, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		all, err := s.Look(s.lead, desk.Statement{BrandID: s.brand.ID}, desk.Variant{Lang: "pl", Text: "Nowe pokrywki."}, due.Add(9*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if got := said(all, "day"); want == "" && len(got) > 0 || want != "" && (len(got) != 1 || !strings.HasSuffix(got[0], want+".") || !strings.HasPrefix(got[0], "second")) {
			t.Errorf("%s: got %q, want %q", day, got, want)
		}
	}
}

// A calendar shows the days that the check of days would ask about.
func TestSensitiveDaysOfACalendar(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	if _, err := s.SaveGuard(s.lead, desk.Guard{BrandID: s.brand.ID, Days: []desk.GuardDay{{Day: "04-09", Name: "The accident in Gdynia"}}}); err != nil {
		t.Fatal(err)
	}
	days, err := s.Days(s.lead, s.brand.ID, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 11, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range days {
		got = append(got, d.Date.Format("01-02 ")+d.Name)
	}
	want := []string{"04-09 The accident in Gdynia", "04-10 Day of the Smolensk air disaster"}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("%q is missing in %q", w, got)
		}
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	g, err := s.SaveGuard(s.lead, desk.Guard{BrandID: s.brand.ID, Words: []desk.GuardWord{{Topic: "competition", Text: "rival jar*"}}, Quiet: []string{"god"}, Names: []string{"recal", " "}})
	if err != nil || len(g.Names) != 1 || g.Version != 1 {
		t.Fatalf("SaveGuard = %+v, %v", g, err)
	}
	all := s.look(t, desk.Statement{}, desk.Variant{Text: "By god, no rival jars, no recal."})
	if got := said(all, "sensitive"); len(got) != 1 || !strings.Contains(got[0], "competition (“rival jars”)") {
		t.Errorf("got %q", got)
	}
	if got := said(all, "spelling"); len(got) != 0 {
		t.Errorf("a name that is right: got %q", got)
	}
	if _, err := s.SaveGuard(s.lead, desk.Guard{BrandID: s.brand.ID}); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("an old version: got %v", err)
	}
	for _, bad := range []desk.Guard{{Words: []desk.GuardWord{{Text: ""}}}, {Words: []desk.GuardWord{{Text: "!!"}}}, {Days: []desk.GuardDay{{Day: "13-40", Name: "x"}}}, {Days: []desk.GuardDay{{Day: "02-30", Name: "x"}}}} {
		bad.BrandID, bad.Version = s.brand.ID, 1
		var wrong *desk.Invalid
		if _, err := s.SaveGuard(s.lead, bad); !errors.As(err, &wrong) {
			t.Errorf("%+v: got %v", bad, err)
		}
	}
	viewer := desk.WithActor(t.Context(), desk.Actor{Who: "user:2", Role: desk.Viewer})
	if _, err := s.SaveGuard(viewer, g); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a viewer: got %v", err)
	}
}

func TestRepeats(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	text := "We recall all jars of batch 12 because glass was found in two of them on Monday."
	for i, state := range []string{desk.StatementPublished, desk.StatementDraft} {
		if _, err := s.db.ChangeStatement(t.Context(), 0, act, func(st *desk.Statement, out *desk.Out) error {
			st.BrandID, st.State, st.Title, st.Updated, out.Say = s.brand.ID, state, "Recall", time.Now(), desk.Say("made")
			st.Variants = []desk.Variant{{ID: "a", Lang: "en", Text: []string{text, "Something that is only a draft, and was never said to anybody at all."}[i]}}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		text string
		want int
	}{{text, 1}, {strings.Replace(text, "Monday", "Tuesday", 1), 1}, {"Refunds are paid from today on; bring the jar or its receipt to any shop.", 0}, {"Something that is only a draft, and was never said to anybody at all.", 0}} {
		if got := said(s.look(t, desk.Statement{}, desk.Variant{Text: tc.text}), "repeat"); len(got) != tc.want {
			t.Errorf("%q: got %q", tc.text, got)
		}
	}
}

func TestMedia(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 20, 10))); err != nil {
		t.Fatal(err)
	}
	m, err := s.Upload(s.lead, `C:\photos\..\jar"`+"\u202e.png", b.Bytes())
	if err != nil || m.Type != "image/png" || m.Width != 20 || m.Height != 10 || m.Name != "jar.png" {
		t.Fatalf("Upload = %+v, %v", m, err)
	}
	got, kind, err := s.Media(s.lead, m.Hash)
	if err != nil || kind != "image/png" || int64(len(got)) != m.Size {
		t.Errorf("Media = %d bytes of %s, %v", len(got), kind, err)
	}
	for name, bad := range map[string][]byte{"svg": []byte("<svg onload=alert(1)>"), "empty": nil, "html": []byte("<html>"), "cut": b.Bytes()[:40], "large": make([]byte, MaxUpload+1)} {
		var wrong *desk.Invalid
		if _, err := s.Upload(s.lead, name, bad); !errors.As(err, &wrong) || wrong.Field != "file" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	hash, err := s.db.KeepBlob(t.Context(), []byte("<html>evidence</html>"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Media(s.lead, hash); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("evidence is served as media: %v", err)
	}
	small := s.channel(t, desk.Channel{Kind: "bluesky", Name: "Sky", Limits: desk.Limits{Media: 1, MediaSize: 30, Types: []string{"image/jpeg"}, Alt: 5}})
	m.Alt = "A jar of jam"
	lost := desk.Media{Hash: strings.Repeat("0", 64), Type: "image/jpeg", Name: "lost.jpg", Alt: ""}
	found := said(s.look(t, desk.Statement{}, desk.Variant{ChannelID: small.ID, Text: "x", Media: []desk.Media{m, lost}}), "media")
	for _, want := range []string{"lost.jpg is not there any more", "lost.jpg has no description", "Sky takes 1 pictures; these are 2", "jar.png is too large for Sky", "does not take files of type image/png", "has 12 characters; Sky takes 5"} {
		if !strings.Contains(strings.Join(found, "\n"), want) {
			t.Errorf("%q is missing in %q", want, found)
		}
	}
}

// A hashtag has a meaning of its own: people tell of violence under it.
func TestHashtagContext(t *testing.T) {
	t.Parallel()
	why := Usage{Tag: "WhyIStayed", Count: 40, Negative: 30, Topics: []string{"violence"}, Examples: []desk.Mention{{Text: "He beat me. #WhyIStayed"}}}
	if f := tagFinding(why); f.Weight != desk.FindingSecond || !strings.Contains(f.Say.English(), "violence: 40 posts") || !strings.Contains(f.Fix.English(), "He beat me") {
		t.Errorf("got %+v", f)
	}
	if f := tagFinding(Usage{Tag: "jar", Count: 10, Negative: 5}); f.Weight != desk.FindingSecond {
		t.Errorf("a bad mood: got %+v", f)
	}
	if f := tagFinding(Usage{Tag: "jar", Count: 10, Negative: 1}); f.Weight != desk.FindingHint {
		t.Errorf("a fair mood: got %+v", f)
	}
}

// Hostile texts are looked over within the patience, and do not fail.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	for name, text := range map[string]string{
		"joiners": strings.Repeat("\u200d", 350_000), "links": strings.Repeat("https://nosuch.invalid/a ", 20_000), "names": strings.Repeat("@a ", 50_000), "tags": strings.Repeat("#a ", 50_000),
		"braces": strings.Repeat("{", 200_000), "blanks": strings.Repeat("{a}", 50_000), "brackets": strings.Repeat("[a](", 50_000), "words": strings.Repeat("god ", 50_000), "bad bytes": strings.Repeat("\xff\xfe", 50_000),
	} {
		began := time.Now()
		found := s.look(t, desk.Statement{}, desk.Variant{Kind: "x", Text: text})
		if len(found) > 100 {
			t.Errorf("%s: %d findings", name, len(found))
		}
		t.Logf("%s: %d findings in %s", name, len(found), time.Since(began).Round(time.Millisecond))
	}
}

func TestListsAreReadable(t *testing.T) {
	t.Parallel()
	for _, text := range []string{sensitiveText, personalText} {
		all, err := readList(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := newFinder(all); err != nil {
			t.Error(err)
		}
		count := map[string]int{}
		for _, e := range all {
			count[e.topic+" "+e.lang]++
		}
		for key, n := range count {
			if n < 5 {
				t.Errorf("%s has only %d expressions", key, n)
			}
		}
	}
	if len(personal()) != 7 {
		t.Error("not seven languages")
	}
}
