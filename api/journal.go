package api

import (
	"bytes"
	"context"
	"net/http"

	"breakwater/desk"
	"breakwater/journal"
)

func (s *server) journalOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/journal", desk.Viewer, "journal-list", "Who did what, when, why", "Addresses are shown to admins."}, s.entries),
		ask(route{http.MethodGet, "/journal/verify", desk.Lead, "journal-verify", "Check the whole journal", "Recomputes the chain from the first entry to the last, compares it with the heads that were kept outside of the database, and names what was done to which entry."}, s.verify),
		stream(route{http.MethodPost, "/journal/bundle", desk.Admin, "journal-bundle", "Export the journal, signed", "A ZIP with up to a million entries above `after`, the sums of its files and a signature; `breakwater journal verify --bundle`, or sha256sum and openssl, check it. The journal notes it."}, "application/zip", s.journalBundle),
		ask(route{http.MethodGet, "/journal/key", desk.Viewer, "journal-key", "The public key that bundles are checked with", ""}, s.journalKey),
	}
}

func entryID(e desk.Entry) int64 { return e.Seq }

type entriesIn struct {
	Paging
	Incident int64  `query:"incident" doc:"Of this incident's timeline" minimum:"1"`
	On       string `query:"on" doc:"About this thing" example:"monitor:12" maxLength:"100"`
	Who      string `query:"who" doc:"By this person or token" example:"user:7" maxLength:"100"`
	Do       string `query:"do" doc:"Acts that begin so" example:"alert." maxLength:"100"`
	After    int64  `query:"after" doc:"Only above this number, for those who follow the journal" minimum:"0"`
}

func (s *server) entries(ctx context.Context, in *entriesIn) (Page[desk.Entry], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Entry]{}, err
	}
	list, err := s.Journal.List(ctx, desk.EntryFilter{IncidentID: in.Incident, On: in.On, Who: in.Who, Do: in.Do, After: in.After, Paging: p})
	return page(in.Paging, list, entryID), err
}

type bundleIn struct {
	After int64 `query:"after" doc:"Only entries above this number" minimum:"0"`
}

func (s *server) journalBundle(ctx context.Context, in *bundleIn) (writer, error) {
	var b bytes.Buffer
	if err := s.Journal.Export(ctx, &b, in.After); err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter) error {
		w.Header().Set("Content-Disposition", `attachment; filename="journal.zip"`)
		_, err := w.Write(b.Bytes())
		return err
	}, nil
}

// journalKey is a public key.
type journalKey struct {
	PEM    string `json:"pem"`
	SHA256 string `json:"sha256" doc:"Of its DER, to compare by telephone"`
}

func (s *server) journalKey(ctx context.Context, _ *struct{}) (journalKey, error) {
	text, print, err := s.Journal.PublicKey(ctx)
	return journalKey{string(text), print}, err
}

func (s *server) verify(ctx context.Context, _ *struct{}) (journal.Verdict, error) {
	return s.Journal.Verify(ctx)
}
