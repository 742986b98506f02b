package api

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"breakwater/desk"
	"breakwater/subscribe"
)

func (s *server) subscriberOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/brands/{id}/subscribers", desk.Lead, "subscriber-read", "List subscribers of a brand's updates", "By id, oldest first."}, s.subscribers),
		ask(route{http.MethodGet, "/brands/{id}/subscribers/count", desk.Viewer, "subscriber-count", "Count subscribers", "By state, with who came and left on each of the last thirty days."}, s.countSubscribers),
		askWith(route{http.MethodPost, "/brands/{id}/subscribers", desk.Admin, "subscriber-import", "Take in a list of subscribers", "CSV: an address on each line, after a comma its language. Who left before stays as they are."}, takesList, s.importSubscribers),
		stream(route{http.MethodGet, "/brands/{id}/subscribers/csv", desk.Admin, "subscriber-export", "Take out the list of subscribers", "The journal says who took it."}, "text/csv; charset=utf-8", s.exportSubscribers),
		act(route{http.MethodDelete, "/subscribers/{id}", desk.Lead, "subscriber-forget", "Delete everything about a person", ""}, s.forgetSubscriber),
		ask(route{http.MethodGet, "/brands/{id}/letters", desk.Viewer, "letters-server", "How updates go to subscribers", "Secrets are masked."}, s.lettersServer),
		ask(route{http.MethodPut, "/brands/{id}/letters", desk.Admin, "letters-server-save", "Set up how updates go to subscribers", "Settings by name; a secret that is sent masked stays."}, s.saveLettersServer),
		act(route{http.MethodPost, "/brands/{id}/letters/try", desk.Admin, "letters-server-try", "Sign in to the mail server", "Nothing is sent."}, s.tryLettersServer),
		ask(route{http.MethodGet, "/mailings", desk.Viewer, "mailing-list", "List updates on their way to subscribers", "Newest first, with what became of their letters."}, s.mailings),
		ask(route{http.MethodPost, "/mailings/{id}/go", desk.Lead, "mailing-go", "Let an update go on", "One that a hold or trouble stopped."}, s.goOnMailing),
		ask(route{http.MethodPost, "/mailings/{id}/stop", desk.Responder, "mailing-stop", "Stop an update", "Nothing more of it goes out."}, s.stopMailing),
		ask(route{http.MethodGet, "/mailings/{id}/unknown", desk.Lead, "mailing-unknown", "Whom nobody knows of", "Subscribers to whom a letter was being handed over when it broke off. It is not sent again by itself."}, s.unknownLetters),
		ask(route{http.MethodPost, "/mailings/{id}/again", desk.Lead, "mailing-again", "Send again to whom nobody knows of", "Some may get it twice. Who left meanwhile gets nothing."}, s.sendAgain),
		ask(route{http.MethodPost, "/mailings/{id}/letbe", desk.Lead, "mailing-letbe", "Leave it at that with whom nobody knows of", "They are not asked about any more."}, s.letBe),
	}
}

// pieceOfSubscribers is how many are listed at once.
const pieceOfSubscribers = 200

type subscribersIn struct {
	One
	State string `query:"state" doc:"Only in this state" enum:"asked,live,left,bounced"`
	After int64  `query:"after" doc:"Ids above this one" minimum:"0"`
}

// Subscribers is a piece of a brand's subscribers.
type Subscribers struct {
	Items []desk.Subscriber `json:"items"`
}

func (s *server) subscribers(ctx context.Context, in *subscribersIn) (Subscribers, error) {
	all, err := s.Letters.List(ctx, in.ID, in.State, in.After, pieceOfSubscribers)
	return Subscribers{all}, err
}

func (s *server) countSubscribers(ctx context.Context, in *One) (desk.SubscriberCount, error) {
	return s.Letters.Count(ctx, in.ID)
}

// takesList lets a list be as long as the stage takes it, and come as slowly as the door lets it.
func takesList(op *huma.Operation) {
	op.MaxBodyBytes, op.BodyReadTimeout = subscribe.MaxList, -1
}

type importSubscribersIn struct {
	One
	Consent string `query:"consent" doc:"How and when these people agreed to be written to" maxLength:"500"`
	Lang    string `query:"lang" doc:"Of lines that name none" maxLength:"20"`
	Centre  int64  `query:"centre" doc:"The page whose updates they get; without it all of the brand" minimum:"0"`
	RawBody []byte `contentType:"text/csv" doc:"The list"`
}

func (s *server) importSubscribers(ctx context.Context, in *importSubscribersIn) (subscribe.TakenIn, error) {
	return s.Letters.Import(ctx, subscribe.Import{BrandID: in.ID, CentreID: in.Centre, Lang: in.Lang, Consent: in.Consent}, bytes.NewReader(in.RawBody))
}

func (s *server) exportSubscribers(ctx context.Context, in *One) (writer, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter) error {
		_, err := s.Letters.Export(ctx, in.ID, w)
		return err
	}, nil
}

func (s *server) forgetSubscriber(ctx context.Context, in *One) error {
	return s.Letters.Forget(ctx, in.ID)
}

func (s *server) lettersServer(ctx context.Context, in *One) (desk.Carrier, error) {
	c, _, err := s.Letters.Server(ctx, in.ID)
	return c, err
}

type saveLettersIn struct {
	One
	Body struct {
		Settings desk.Settings `json:"settings" doc:"from, host, port, security, user, password, bounces, connections, per_connection, rate, per_domain"`
	}
}

func (s *server) saveLettersServer(ctx context.Context, in *saveLettersIn) (desk.Carrier, error) {
	if _, err := s.Letters.SaveServer(ctx, in.ID, in.Body.Settings); err != nil {
		return desk.Carrier{}, err
	}
	c, _, err := s.Letters.Server(ctx, in.ID)
	return c, err
}

func (s *server) tryLettersServer(ctx context.Context, in *One) error {
	return s.Letters.TryServer(ctx, in.ID)
}

type mailingsIn struct {
	Paging
	OfBrand
}

func (s *server) mailings(ctx context.Context, in *mailingsIn) (Page[subscribe.SentMailing], error) {
	p, err := in.desk()
	if err != nil {
		return Page[subscribe.SentMailing]{}, err
	}
	all, err := s.Letters.Mailings(ctx, in.Brand, p)
	return page(in.Paging, all, func(m subscribe.SentMailing) int64 { return m.ID }), err
}

func (s *server) goOnMailing(ctx context.Context, in *One) (desk.Mailing, error) {
	return s.Letters.GoOn(ctx, in.ID)
}

func (s *server) stopMailing(ctx context.Context, in *One) (desk.Mailing, error) {
	return s.Letters.Stop(ctx, in.ID)
}

type unknownIn struct {
	One
	After int64 `query:"after" doc:"Subscribers above this id" minimum:"0"`
}

// Deliveries is a piece of what became of a mailing.
type Deliveries struct {
	Items []desk.Delivery `json:"items"`
}

func (s *server) unknownLetters(ctx context.Context, in *unknownIn) (Deliveries, error) {
	all, err := s.Letters.Letters(ctx, in.ID, desk.DeliveryUnknown, in.After, pieceOfSubscribers)
	return Deliveries{all}, err
}

type lettersDecideIn struct {
	One
	Body struct {
		To desk.IDs `json:"to,omitempty" doc:"Subscribers; without it all of whom nobody knows" maxItems:"1000"`
	}
}

func (s *server) sendAgain(ctx context.Context, in *lettersDecideIn) (desk.Mailing, error) {
	return s.Letters.SendAgain(ctx, in.ID, in.Body.To)
}

func (s *server) letBe(ctx context.Context, in *lettersDecideIn) (desk.Mailing, error) {
	return s.Letters.LetBe(ctx, in.ID, in.Body.To)
}
