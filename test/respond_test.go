package test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"breakwater/connector/connectortest"
	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/publish"
)

// crisis is a desk with its people, its plan and its channels on real servers, and what went wrong.
type crisis struct {
	*served
	carla, ben, eve  *person // writes; leads and signs; is Legal and signs
	brand            desk.Brand
	monitor          desk.Monitor
	bluesky          *needs.BlueskyNetwork
	us, stranger     *needs.BlueskyAccount
	wordpress        *needs.WordPressSite
	mail             *needs.MailServer
	mastodon         *connectortest.Mastodon
	intranet         *intranet
	channels         map[string]desk.Channel // by kind
	incident         desk.Incident
	first, corrected desk.Statement
}

// TestRespond is the whole way from a stranger's post to words that are live everywhere, on real servers: heard on a Bluesky network,
// an incident on a scenario of the plan, a draft of it written for each channel and language, signed by two, published where it
// started first and then on WordPress, by mail, on Mastodon, by a signed webhook and in the sandbox, read back, corrected, withdrawn.
func TestRespond(t *testing.T) {
	s := newCrisis(t)
	s.connect(t)
	s.plan(t)
	s.hear(t)
	s.open(t)

	s.first = s.draft(t)
	s.first = s.write(t, s.first, words("We take the Aurora kettle off the shelves today.", "Aurora-vattenkokaren tas ur butikerna i dag."))
	s.first = s.sign(t, s.first)
	posts := s.publish(t, s.first)
	s.inOrder(t, posts)
	s.liveAs(t, s.first, posts)
	s.matrix(t, s.first, func(string) string { return publish.CellCurrent })
	s.written(t, 2)

	s.corrected = send[desk.Statement](t, s.carla.Client, s.at("/statements/%d/correct", s.first.ID), struct{}{})
	s.corrected = s.write(t, s.corrected, words("We take the Aurora kettle off the shelves today, and the Aurora toaster too.", "Aurora-vattenkokaren och Aurora-brödrosten tas ur butikerna i dag."))
	s.corrected = s.sign(t, s.corrected)
	s.matrix(t, s.first, func(string) string { return publish.CellOld })
	again := s.publish(t, s.corrected)
	s.liveAs(t, s.corrected, again)
	s.matrix(t, s.corrected, func(string) string { return publish.CellCurrent })
	s.matrix(t, s.first, func(kind string) string {
		if kind == "bluesky" || kind == "email" { // cannot be changed: the correction is another post
			return publish.CellOld
		}
		return publish.CellOver
	})
	s.written(t, 4)

	s.withdraw(t, slices.Concat(posts, again))
}

// newCrisis starts the servers and the desk, with its people.
func newCrisis(t *testing.T) *crisis {
	t.Helper()
	s := &crisis{bluesky: needs.Bluesky(t), wordpress: needs.WordPress(t), mail: needs.Mail(t), mastodon: &connectortest.Mastodon{T: t}, intranet: newIntranet(t), channels: make(map[string]desk.Channel)}
	s.served = newDesk(t, "--allow-private", "127.0.0.1/32")
	ana := &person{Client: s.client(t)}
	add := func(name string, role desk.Role) *person {
		in := map[string]any{"email": strings.ToLower(name) + "@example.org", "name": name, "role": role.String(), "password": "a harbour in every storm"}
		p := &person{User: send[desk.User](t, ana.Client, s.at("/users"), in)}
		p.Client = demoDesk{url: s.url, email: p.Email, password: "a harbour in every storm"}.client(t)
		return p
	}
	s.carla, s.ben, s.eve = add("Carla", desk.Responder), add("Ben", desk.Lead), add("Eve", desk.Responder)
	s.brand = send[desk.Brand](t, ana.Client, s.at("/brands"), map[string]any{"name": "Aurora", "zone": "Europe/Stockholm"})
	s.us, s.stranger = s.bluesky.Account(t, "aurora"), s.bluesky.Account(t, "stranger")
	return s
}

// at is an address of the API.
func (s *crisis) at(path string, a ...any) string { return s.url + "/api/v1" + fmt.Sprintf(path, a...) }

// connect adds the channels. The plan tells them in its own order, which begins with Mastodon.
func (s *crisis) connect(t *testing.T) {
	t.Helper()
	town := httptest.NewServer(s.mastodon)
	t.Cleanup(town.Close)
	host, port, _ := strings.Cut(s.mail.Addr, ":")
	admin := s.client(t)
	for _, c := range []struct {
		kind, lang string
		settings   desk.Settings
	}{
		{"mastodon", "sv", desk.Settings{"server": town.URL, "token": connectortest.Secret}},
		{"bluesky", "en", desk.Settings{"service": s.bluesky.PDS, "identifier": s.us.Handle, "password": s.us.AppPassword(t)}},
		{"wordpress", "en", desk.Settings{"url": s.wordpress.URL, "user": s.wordpress.User, "password": s.wordpress.Password}},
		{"email", "sv", desk.Settings{"list": "Press <press@a.example>\nshops@b.example", "from": "Aurora <news@aurora.example>", "host": host, "port": port, "security": "none"}},
		{"hook", "en", desk.Settings{"url": s.intranet.URL, "secret": s.intranet.secret, "reads": "true"}},
		{"sandbox", "en", desk.Settings{}},
	} {
		in := map[string]any{"kind": c.kind, "name": "Aurora on " + c.kind, "brand_id": fmt.Sprint(s.brand.ID), "lang": c.lang, "settings": c.settings}
		made := send[desk.Channel](t, admin, s.at("/channels"), in)
		send[struct{ Account string }](t, admin, s.at("/channels/%d/check", made.ID), struct{}{})
		s.channels[c.kind] = read[desk.Channel](t, admin, s.at("/channels/%d", made.ID))
		if got := s.channels[c.kind]; got.State != desk.HealthOK || got.Account == "" && c.kind != "hook" {
			t.Errorf("the channel %s is %q as %q: %+v", c.kind, got.State, got.Account, got.Problem)
		}
	}
}

// plan gives the roles that sign at the level of a crisis to two people, and publishes the plan.
func (s *crisis) plan(t *testing.T) {
	t.Helper()
	p := send[desk.Plan](t, s.ben.Client, s.at("/plans/draft"), map[string]any{"brand_id": fmt.Sprint(s.brand.ID), "lang": "en"})
	for i := range p.Roles {
		switch p.Roles[i].Name {
		case "Crisis lead":
			p.Roles[i].UserID = s.ben.ID
		case "Legal":
			p.Roles[i].UserID = s.eve.ID
		case "Communications lead":
			p.Roles[i].UserID = s.carla.ID
		}
	}
	p = put[desk.Plan](t, s.ben.Client, s.at("/plans/%d", p.ID), p)
	p = send[desk.Plan](t, s.ben.Client, s.at("/plans/%d/publish", p.ID), map[string]any{"note": "Names are in."})
	if slices.Index(p.Channels, "mastodon") > slices.Index(p.Channels, "bluesky") {
		t.Fatalf("the plan tells %v: the story wants Mastodon before Bluesky, to see that where it started goes first", p.Channels)
	}
}

// hear lets a stranger post on Bluesky, and waits until the desk has it.
func (s *crisis) hear(t *testing.T) {
	t.Helper()
	s.monitor = send[desk.Monitor](t, s.ben.Client, s.at("/monitors"), map[string]any{"brand_id": fmt.Sprint(s.brand.ID), "kind": "brand", "name": "Aurora", "query": "aurora", "sensitivity": "balanced"})
	listener := s.bluesky.Account(t, "listener")
	send[desk.Source](t, s.ben.Client, s.at("/sources"), map[string]any{"kind": "bluesky-search", "name": "Bluesky",
		"settings": desk.Settings{"service": s.bluesky.PDS, "identifier": listener.Handle, "password": listener.AppPassword(t), "search": "Aurora"}}) // this network minds capital letters
	uri := s.stranger.Post(t, "My new Aurora kettle caught fire. The Aurora hotline does not answer!")
	waitFor(t, "the stranger's post to be heard", func() bool {
		page := read[struct{ Items []desk.Mention }](t, s.carla.Client, s.at("/mentions?limit=10"))
		return slices.ContainsFunc(page.Items, func(m desk.Mention) bool {
			return m.NativeID == uri && m.Network == "bluesky" && slices.Contains(m.Monitors, s.monitor.ID)
		})
	})
}

// open starts the incident on a scenario: its tasks have owners and clocks, its drafts lie there, its promise runs.
func (s *crisis) open(t *testing.T) {
	t.Helper()
	in := map[string]any{"brand_id": fmt.Sprint(s.brand.ID), "title": "The kettle burns", "scenario": "product-harm", "level": int(desk.Crisis), "monitors": []string{fmt.Sprint(s.monitor.ID)}}
	s.incident = send[desk.Incident](t, s.ben.Client, s.at("/incidents"), in)
	at := slices.IndexFunc(s.incident.Steps, func(st desk.Step) bool { return st.ID == "product-warn" })
	if at < 0 {
		t.Fatalf("the scenario's tasks are not there: %+v", s.incident.Steps)
	}
	if st := s.incident.Steps[at]; st.Owner != "Carla" || !st.Due.After(s.incident.Opened) {
		t.Errorf("the task is %+v, want it Carla's with a clock", st)
	}
	waitFor(t, "the promise of the next word", func() bool {
		page := read[struct{ Items []desk.Promise }](t, s.carla.Client, s.at("/promises?incident=%d", s.incident.ID))
		return len(page.Items) == 1 && page.Items[0].Due.After(s.incident.Opened)
	})
}

// draft is the plan's message that the scenario made a draft of, with a variant for each kind of channel.
func (s *crisis) draft(t *testing.T) (found desk.Statement) {
	t.Helper()
	waitFor(t, "the scenario's drafts", func() bool {
		page := read[struct{ Items []desk.Statement }](t, s.carla.Client, s.at("/statements?incident=%d&state=draft", s.incident.ID))
		i := slices.IndexFunc(page.Items, func(st desk.Statement) bool { return st.Prepared == "holding-safety" })
		if i >= 0 {
			found = page.Items[i]
		}
		return i >= 0
	})
	for kind, c := range s.channels {
		if !slices.ContainsFunc(found.Variants, func(v desk.Variant) bool { return v.Kind == kind && v.Lang == c.Lang && v.Text != "" }) {
			t.Errorf("the draft has no variant for %s in %s", kind, c.Lang)
		}
	}
	return found
}

// words are what is said: short where it is short, with a headline and paragraphs where there is room.
func words(en, sv string) func(v *desk.Variant) {
	return func(v *desk.Variant) {
		said, more, title := en, "Please stop using it & unplug it.\nYour money comes back <in full>, without a receipt.", "About the Aurora kettle"
		if v.Lang == "sv" {
			said, more, title = sv, "Sluta använda den & dra ur kontakten.\nPengarna kommer tillbaka <i sin helhet>, utan kvitto.", "Om Aurora-vattenkokaren"
		}
		v.Text, v.Title = said, ""
		switch v.Kind {
		case "wordpress", "email":
			v.Title, v.Text = title, said+"\n\n"+more
		case "bluesky":
			v.Text += " Thank you, @stranger.test! #kettle"
		}
	}
}

// write puts the words in, as Carla does.
func (s *crisis) write(t *testing.T, was desk.Statement, say func(*desk.Variant)) desk.Statement {
	t.Helper()
	w := was.Words()
	w.Messages = []desk.KeyMessage{{Text: "We stop selling it, and everybody gets their money back."}}
	for i := range w.Variants {
		say(&w.Variants[i])
	}
	return put[desk.Statement](t, s.carla.Client, s.at("/statements/%d", was.ID), map[string]any{"version": was.Version, "words": w})
}

// sign sends a statement to review and has it signed by the two who have the seats of its level, and by nobody else.
func (s *crisis) sign(t *testing.T, st desk.Statement) desk.Statement {
	t.Helper()
	asked := send[hashed](t, s.carla.Client, s.at("/statements/%d/submit", st.ID), map[string]any{"version": st.Version})
	if len(asked.Needs) != 2 || asked.Needs[0].UserID != s.ben.ID || asked.Needs[1].UserID != s.eve.ID {
		t.Fatalf("it needs %+v, want Ben and Eve", asked.Needs)
	}
	sign := map[string]any{"verdict": desk.Approved, "hash": asked.Words}
	sealed := s.at("/statements/%d/sign", st.ID)
	refused(t, s.carla.Client, sealed, sign) // who wrote it does not sign it
	refused(t, s.ben.Client, s.at("/statements/%d/publish", st.ID), struct{}{})
	send[hashed](t, s.ben.Client, sealed, sign)
	refused(t, s.ben.Client, sealed, sign) // one person is not two
	refused(t, s.ben.Client, s.at("/statements/%d/publish", st.ID), struct{}{})
	done := send[hashed](t, s.eve.Client, sealed, sign)
	if !done.Passed() || done.Words != asked.Words || done.Needs[0].By != s.ben.ID || done.Needs[1].By != s.eve.ID {
		t.Fatalf("signed by two it is %s, %+v", done.State, done.Needs)
	}
	return done.Statement
}

// hashed is a statement with the hash of its words.
type hashed struct {
	desk.Statement
	Words string `json:"hash"`
}

// publish lets a statement out and waits until every live copy was read back and is what was approved.
func (s *crisis) publish(t *testing.T, st desk.Statement) (posts []desk.Post) {
	t.Helper()
	refused(t, s.carla.Client, s.at("/statements/%d/publish", st.ID), struct{}{}) // she may write, not publish
	send[hashed](t, s.ben.Client, s.at("/statements/%d/publish", st.ID), struct{}{})
	waitFor(t, "every live copy to be read back", func() bool {
		posts = read[struct{ Items []desk.Post }](t, s.ben.Client, s.at("/posts?statement=%d", st.ID)).Items
		for _, p := range posts {
			if p.State == desk.PostFailed || p.State == desk.PostHeld {
				t.Fatalf("the post in channel %d is %s: %s %s", p.ChannelID, p.State, p.Problem.English(), p.HeldWhy.English())
			}
		}
		return !slices.ContainsFunc(posts, func(p desk.Post) bool { return p.State != desk.PostVerified })
	})
	if len(posts) != len(s.channels) {
		t.Fatalf("%d posts for %d channels: %+v", len(posts), len(s.channels), posts)
	}
	return posts
}

// kind is the kind of a post's channel.
func (s *crisis) kind(p desk.Post) string {
	for kind, c := range s.channels {
		if c.ID == p.ChannelID {
			return kind
		}
	}
	return ""
}

// inOrder checks that the post where it started was taken before any other send began, and that the others follow the plan.
func (s *crisis) inOrder(t *testing.T, posts []desk.Post) {
	t.Helper()
	slices.SortFunc(posts, func(a, b desk.Post) int { return a.First.Compare(b.First) })
	var kinds []string
	for i, p := range posts {
		kinds = append(kinds, s.kind(p))
		if i > 0 && p.First.Before(posts[0].Sent) {
			t.Errorf("%s began at %s, before it was out where it started at %s", s.kind(p), p.First, posts[0].Sent)
		}
	}
	if want := []string{"bluesky", "mastodon", "wordpress", "email", "hook", "sandbox"}; !slices.Equal(kinds, want) {
		t.Errorf("sent in the order %v, want %v", kinds, want)
	}
	if at := s.mastodon.Statuses()[0].At; at.Before(posts[0].First) {
		t.Errorf("Mastodon had it at %s, before it began to go out on Bluesky at %s", at, posts[0].First)
	}
}

// liveAs asks every server for its copy: the hash of what is there is the hash that was approved.
func (s *crisis) liveAs(t *testing.T, st desk.Statement, posts []desk.Post) {
	t.Helper()
	for _, p := range posts {
		kind := s.kind(p)
		approved, ok := st.Variant(p.VariantID)
		if !ok || p.Hash != approved.Hash() || p.Copy != desk.CopySame {
			t.Errorf("%s: the post's hash is %s, its copy %q; approved was %s", kind, p.Hash, p.Copy, approved.Hash())
		}
		if kind == "sandbox" { // lives in the desk
			continue
		}
		live := s.live(t, kind, p)
		if live.Lang == "" {
			live.Lang = approved.Lang // the network has no place for it
		}
		if live.Hash() != p.Hash {
			t.Errorf("%s: live is\n%+v\napproved was\n%+v", kind, live, approved)
		}
		t.Logf("%s shows what was approved: %.12s", kind, live.Hash())
	}
}

// matrix checks what the desk says is live of a statement.
func (s *crisis) matrix(t *testing.T, st desk.Statement, want func(kind string) string) {
	t.Helper()
	m := read[publish.Matrix](t, s.ben.Client, s.at("/matrix?brand=%d&incident=%d", s.brand.ID, s.incident.ID))
	for _, row := range m.Rows {
		if row.Statement.ID != st.ID {
			continue
		}
		for i, c := range m.Channels {
			if got := row.Cells[i].State; got != want(c.Kind) {
				t.Errorf("the matrix says that “%s” in %s is %q, want %q", st.Title, c.Kind, got, want(c.Kind))
			}
		}
		return
	}
	t.Errorf("the matrix has no row for %q", st.Title)
}

// written checks that every address of the list was written to, once for each statement.
func (s *crisis) written(t *testing.T, n int) {
	t.Helper()
	seen := map[string]bool{}
	for _, l := range s.mail.Received(t, n) {
		id := l.Header.Get("To") + l.Header.Get("Message-ID")
		if seen[id] {
			t.Errorf("twice: %s", id)
		}
		seen[id] = true
	}
	if len(seen) != n {
		t.Errorf("%d mails arrived, want %d", len(seen), n)
	}
}

// withdraw takes everything back, and asks the servers whether it is gone.
func (s *crisis) withdraw(t *testing.T, posts []desk.Post) {
	t.Helper()
	for _, st := range []desk.Statement{s.first, s.corrected} {
		send[desk.Statement](t, s.ben.Client, s.at("/statements/%d/withdraw", st.ID), map[string]any{"why": "It was another maker's kettle.", "live": true})
	}
	for _, p := range posts {
		kind := s.kind(p)
		waitFor(t, "the post on "+kind+" to be taken back", func() bool {
			now := read[desk.Post](t, s.ben.Client, s.at("/posts/%d", p.ID))
			if kind == "email" { // nobody can: people are told
				return now.Leaving.IsZero() && now.Problem.Say != "" && now.Published()
			}
			return now.State == desk.PostWithdrawn || now.State == desk.PostReplaced
		})
	}
	for _, p := range posts { // one that was replaced is gone only when what took its place is
		kind := s.kind(p)
		if kind != "email" && kind != "sandbox" && s.shows(t, kind, p) {
			t.Errorf("%s still shows %q", kind, p.Text)
		}
	}
}

// person is somebody who is signed in.
type person struct {
	desk.User
	*http.Client
}

// refused posts what the desk must not do.
func refused(t *testing.T, c *http.Client, address string, body any) {
	t.Helper()
	if code, answer := ask(t, c, http.MethodPost, address, body); code < 400 || code >= 500 {
		t.Fatalf("POST %s was not refused: %d %s", address, code, answer)
	}
}
