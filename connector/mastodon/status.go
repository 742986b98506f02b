package mastodon

import (
	"slices"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/plain"
)

// status is a post as the servers write it (docs.joinmastodon.org/entities/Status, read November 2026). Only what we use.
type status struct {
	ID          string      `json:"id"`
	URI         string      `json:"uri"`
	URL         string      `json:"url"` // null for some servers: then the URI
	CreatedAt   string      `json:"created_at"`
	EditedAt    string      `json:"edited_at"`
	Content     string      `json:"content"` // HTML
	SpoilerText string      `json:"spoiler_text"`
	Visibility  string      `json:"visibility"`
	Language    string      `json:"language"`
	InReplyToID string      `json:"in_reply_to_id"`
	Reblog      *status     `json:"reblog"`
	Account     account     `json:"account"`
	Tags        []tag       `json:"tags"`
	Mentions    []mentioned `json:"mentions"`
	Card        *card       `json:"card"`
	Media       []media     `json:"media_attachments"`
	Replies     int         `json:"replies_count"`
	Reblogs     int         `json:"reblogs_count"`
	Favourites  int         `json:"favourites_count"`
}

type account struct {
	ID          string `json:"id"`
	Acct        string `json:"acct"` // user for an account of this server, user@host for others
	DisplayName string `json:"display_name"`
	URL         string `json:"url"`
	Followers   int    `json:"followers_count"`
}

type (
	tag       struct{ Name string }
	mentioned struct{ ID, URL, Acct string }
	card      struct{ URL string }
	media     struct{ Description string } // alt text
)

// notification tells our account what somebody did; only those of type "mention" are heard.
type notification struct {
	ID     string  `json:"id"`
	Type   string  `json:"type"`
	Status *status `json:"status"`
}

// public reports whether everybody may read the post: what servers call otherwise than this (private, direct, GoToSocial's mutuals_only,
// Pleroma's list) is for some people alone. What of it names our account is a conversation, not a mention.
func (s *status) public() bool {
	return s.Visibility == "" || s.Visibility == "public" || s.Visibility == "unlisted" || s.Visibility == "local"
}

// narrow is who sees an answer to a status that was for some people alone: only whom it is for. Our followers are not theirs.
func narrow(visibility string) string {
	if (&status{Visibility: visibility}).public() {
		return visibility
	}
	return "direct"
}

// mentions reports whether the post names the account.
func (s *status) mentions(accountID string) bool {
	for _, m := range s.Mentions {
		if accountID != "" && m.ID == accountID {
			return true
		}
	}
	return false
}

// place is the server that a status was read from: its names mean something only there.
type place struct {
	host   string // of the server's address; leads every native id
	domain string // that its accounts end in, mostly the same
}

// ref names a status for us: the server that we asked and its id there.
//
// The status' URI would name a post alike whichever server shows it, but a deletion is announced by the server's own id
// alone, perhaps weeks and restarts later, when nobody knows the URI any more. That a deleted post goes here too weighs more;
// the same post heard through two servers is folded by its text and author.
func (p place) ref(id string) desk.Ref {
	return desk.Ref{Network: "mastodon", NativeID: p.nativeID(id)}
}

func (p place) nativeID(id string) string {
	if id == "" {
		return ""
	}
	return p.host + "/" + id
}

// mention is the status in our words.
func (p place) mention(s *status) desk.Mention {
	m := desk.Mention{
		Ref:        p.ref(s.ID),
		Kind:       desk.KindPost,
		URL:        link(s),
		Author:     p.author(s.Account),
		Published:  when(s.CreatedAt),
		Edited:     when(s.EditedAt),
		InReplyTo:  p.nativeID(s.InReplyToID),
		Engagement: desk.Engagement{Likes: s.Favourites, Reposts: s.Reblogs, Replies: s.Replies},
		Lang:       s.Language,
	}
	if s.InReplyToID != "" {
		m.Kind = desk.KindReply
	}
	if s.Visibility != "public" {
		m.Visibility = s.Visibility
	}
	for _, one := range s.Mentions {
		if one.Acct != "" {
			m.Names = append(m.Names, p.author(account{Acct: one.Acct}).NativeID)
		}
	}
	said := s
	if s.Reblog != nil {
		said = s.Reblog
		m.Kind, m.RepostOf, m.URL, m.Lang = desk.KindRepost, p.nativeID(said.ID), link(said), said.Language
	}
	m.Title = strings.TrimSpace(said.SpoilerText)
	m.Text, m.Links = plain.Text(said.Content), said.links()
	for _, pic := range said.Media {
		if m.Text == "" { // a picture alone says what its description says
			m.Text = strings.TrimSpace(pic.Description)
		}
	}
	for _, t := range said.Tags {
		m.Tags = append(m.Tags, t.Name)
	}
	return m
}

// direct is a status for our account alone, in our words.
func (p place) direct(s *status) desk.Incoming {
	m := p.mention(s)
	return desk.Incoming{Private: true, To: m.InReplyTo, Names: m.Names, Message: desk.Message{Ref: m.Ref, Via: desk.ViaDirect, At: m.Published, Author: m.Author, Title: m.Title, Text: m.Text,
		URL: m.URL, Lang: m.Lang, Visibility: narrow(s.Visibility), Edited: m.Edited}}
}

// links are the pages that a status points at: not the people and hashtags in it, which are links too.
func (s *status) links() []string {
	links := slices.DeleteFunc(plain.Links(s.Content), func(to string) bool {
		return strings.Contains(to, "/tags/") || strings.Contains(to, "/tag/") ||
			slices.ContainsFunc(s.Mentions, func(m mentioned) bool { return m.URL == to })
	})
	if s.Card != nil && s.Card.URL != "" && len(links) == 0 {
		return []string{s.Card.URL}
	}
	return links
}

func (p place) author(a account) desk.Author {
	handle := a.Acct
	if !strings.Contains(handle, "@") {
		handle += "@" + p.domain
	}
	// The account's id differs from server to server; its full name is the same everywhere.
	return desk.Author{NativeID: strings.ToLower(handle), Handle: handle, Name: a.DisplayName, URL: a.URL, Followers: a.Followers}
}

func link(s *status) string {
	if s.URL != "" {
		return s.URL
	}
	return s.URI
}

// when reads a time of the API; zero for none or nonsense, which counts as "just arrived" later.
func when(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// address names whom an answer is for: without it the network tells them nothing.
func address(handle, text string) string {
	if strings.Contains(strings.ToLower(text), "@"+strings.ToLower(handle)) {
		return text
	}
	return "@" + handle + " " + text
}
