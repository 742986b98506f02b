package bluesky

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/source"
)

// DefaultService is where accounts without a server of their own live.
const DefaultService = "https://bsky.social"

// Search hears, with an account: what its searches find, and who mentions, answers or quotes it. Authors come with handle and
// followers.
var Search = connector.Kind{
	Spec: desk.Spec{
		Kind:  "bluesky-search",
		Title: "Bluesky, searches and replies",
		Help:  "Hears what searches on Bluesky find and who mentions, answers or quotes your account. Needs an app password.",
		Fields: []desk.Field{
			{Name: "identifier", Label: "Account", Required: true, Help: "Its handle, for example harbour.bsky.social."},
			{Name: "password", Label: "App password", Kind: "secret", Required: true, Help: "From the account's settings, under privacy and security. Not the password of the account itself."},
			{Name: "search", Label: "Search words", Kind: "lines", Help: "One search on each line, as you would write it in Bluesky."},
			{Name: "mentions", Label: "Mentions, replies and quotes of our account", Kind: "bool", Default: "true"},
			{Name: "service", Label: "Server of the account", Kind: "url", Default: DefaultService},
		},
	},
	Source: newSearch,
	Check:  checkSearch,
}

// MaxSearches is how many searches one source makes at most; each takes its second (see pace).
const MaxSearches = 30

// searches is the source. Its Pull is called by one goroutine at a time.
type searches struct {
	*session
	lists   []*list
	watch   []watched           // what we may have to take back, oldest first
	handed  map[string]string   // CID by URI, of these and more
	looked  time.Time           // after the watched the last time
	people  map[string]*profile // by DID
	upTo    string              // the cursor that lists and watch are
	astray  bool                // lists and watch are further, because a pull failed halfway
	pace    time.Duration       // between two pulls
	lookFor time.Duration       // between two looks after the watched
}

const (
	pageSize  = 50
	pagesMost = 10 // in one pull
	lookEvery = 30 * time.Second
	// handedMost bounds what is known of posts on several lists; a repeat that slips through is harmless in the store.
	handedMost = 10_000
)

// pace is how long a pull of so many lists waits for the next: short enough to tell of a post within five seconds, and a
// tenth of what the network allows (3,000 calls in 5 minutes).
func pace(lists int) time.Duration { return max(3*time.Second, time.Duration(lists)*time.Second) }

func newSearch(set desk.Settings, env connector.Env) (source.Source, error) {
	s, err := newSession(set, env)
	if err != nil {
		return nil, err
	}
	var lists []*list
	if set["mentions"] != "false" {
		lists = append(lists, &list{name: "mentions", method: "app.bsky.notification.listNotifications"})
	}
	for line := range strings.Lines(set["search"]) {
		words := strings.TrimSpace(line)
		if words == "" || slices.ContainsFunc(lists, func(l *list) bool { return l.name == "search:"+words }) {
			continue
		}
		lists = append(lists, &list{name: "search:" + words, method: "app.bsky.feed.searchPosts", query: url.Values{"q": {words}, "sort": {"latest"}}})
	}
	switch {
	case len(lists) == 0:
		return nil, desk.Wrong("search", "Say what to hear: search words, or mentions of your account.")
	case len(lists) > MaxSearches:
		return nil, desk.Wrong("search", "That is too much for one source. Search for at most {n} things with it.", "n", MaxSearches-1)
	}
	return &searches{session: s, lists: lists, people: make(map[string]*profile), pace: pace(len(lists)), lookFor: lookEvery}, nil
}

func newSession(set desk.Settings, env connector.Env) (*session, error) {
	at, err := service(set["service"])
	if err != nil {
		return nil, err
	}
	s := &session{fetch: env.Fetch, service: at, identifier: strings.TrimPrefix(strings.TrimSpace(set["identifier"]), "@"), password: desk.Secret(strings.TrimSpace(set["password"]))}
	switch {
	case s.identifier == "":
		return nil, desk.Wrong("identifier", "Give the handle of the account.")
	case s.password == "":
		return nil, desk.Wrong("password", "Give an app password of the account.")
	}
	return s, nil
}

func checkSearch(ctx context.Context, set desk.Settings, env connector.Env) (desk.Text, error) {
	s, err := newSession(set, env)
	if err != nil {
		return desk.Text{}, err
	}
	if err := s.signIn(ctx); err != nil {
		return desk.Text{}, err
	}
	return desk.Say("Connected to {server} as {account}.", "server", hostName(s.service), "account", "@"+s.handle), nil
}

// Pull asks for what is new since cursor.
func (s *searches) Pull(ctx context.Context, cursor string) (desk.Batch, error) {
	if err := s.resume(cursor); err != nil {
		return desk.Batch{}, err
	}
	s.astray = true
	b, err := s.ask(ctx)
	if err != nil {
		return desk.Batch{}, err
	}
	s.astray = false
	b.Wait = s.pace
	if size(b) > 0 || cursor == "" {
		b.Cursor = s.cursor()
		s.upTo = b.Cursor
	}
	return b, nil
}

func (s *searches) ask(ctx context.Context) (b desk.Batch, err error) {
	for _, l := range s.lists {
		found, rejects, err := s.since(ctx, l)
		if err != nil {
			return b, err
		}
		b.Rejects = append(b.Rejects, rejects...)
		for _, p := range found {
			s.add(l, p, &b)
		}
	}
	if err := s.look(ctx, &b); err != nil {
		return b, err
	}
	s.introduce(ctx, b.Mentions)
	return b, nil
}

// since gives what of a list was not seen before, oldest first.
func (s *searches) since(ctx context.Context, l *list) (found []post, rejects []desk.Reject, err error) {
	query := url.Values{"limit": {strconv.Itoa(pageSize)}}
	for k, v := range l.query {
		query[k] = v
	}
	first := len(l.recent) == 0
	for range pagesMost {
		var a answer
		if err := s.get(ctx, l.method, query, &a); err != nil {
			return nil, nil, err
		}
		met := false
		for _, raw := range append(a.Posts, a.Notifications...) {
			p, err := parsePost(raw)
			switch {
			case err != nil && l.add(hashOf(string(raw)), 0): // once, though it comes with every page
				rejects = append(rejects, reject(hostName(s.service), raw))
			case err != nil:
			case l.has(p.key()):
				met = true
			case !p.ours():
				l.add(p.key(), p.sorted())
			case p.sorted() >= l.floor:
				found = append(found, p)
			}
		}
		if met || first || a.Cursor == "" || len(a.Posts)+len(a.Notifications) == 0 {
			break
		}
		query.Set("cursor", a.Cursor)
	}
	slices.Reverse(found)
	if first && len(found) > 0 {
		l.floor = found[0].sorted() // what is older was there before us
	}
	return found, rejects, nil
}

// add hands over a post, once, however many lists it is on.
func (s *searches) add(l *list, p post, b *desk.Batch) {
	if !l.add(p.key(), p.sorted()) {
		return
	}
	m, ok := p.mention()
	if !ok {
		return
	}
	switch version, ok := s.handed[p.URI]; {
	case !ok:
		s.watch = append(s.watch, watched{p.URI, p.CID})
		s.watch = s.watch[max(0, len(s.watch)-watchMost):]
	case version == p.CID:
		return // another list had it
	default:
		m.Edited = time.Now().UTC() // the network says only that it changed
		for i, w := range s.watch {
			if w.URI == p.URI {
				s.watch[i].CID = p.CID
			}
		}
	}
	s.hand(p.URI, p.CID)
	b.Mentions = append(b.Mentions, m)
}

// hand remembers which version of a post was handed over last.
func (s *searches) hand(uri, cid string) {
	if s.handed == nil || len(s.handed) >= handedMost {
		s.handed = make(map[string]string)
		for _, w := range s.watch {
			s.handed[w.URI] = w.CID
		}
	}
	s.handed[uri] = cid
}
