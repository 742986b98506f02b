package hook

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/publish"
)

// Service is customer service behind a webhook: a help desk of the organisation's, or a program in front of one.
var Service = connector.Kind{Channel: newService, Service: true, Spec: desk.Spec{
	Kind:  "service-hook",
	Title: "Customer service (webhook)",
	Help:  "Hands conversations over to a help desk as signed JSON. The number that it answers is shown in the conversation.",
	Fields: []desk.Field{
		{Name: "url", Label: "Address", Kind: "url", Required: true},
		{Name: "secret", Label: "Signing secret", Kind: "secret", Required: true, Help: "Begins with whsec_. Your program checks with it that a message is ours (Standard Webhooks)."},
	},
}}

// counter takes conversations over.
type counter struct{ *sender }

func newService(set desk.Settings, env connector.Env) (publish.Mouth, error) {
	s, err := signed(set, env)
	if err != nil {
		return nil, err
	}
	return counter{s}, nil
}

// Send never sends: customer service takes conversations.
func (counter) Send(context.Context, publish.Letter) (publish.Receipt, error) {
	return publish.Receipt{}, desk.Wrong("channel", "Nothing is published here: customer service takes conversations over by it.")
}

// Take hands a conversation over. The webhook-id is the same for every try, so a receiver that keeps to the standard takes it once, and a
// try whose answer was lost is made again: *desk.Retry.
func (s counter) Take(ctx context.Context, l desk.TicketLetter) (desk.TicketReceipt, error) {
	a, err := s.tell(ctx, "conversation.handed_over", l.Key, l)
	var garbled *fetch.Garbled
	var large *fetch.TooLarge
	switch {
	case errors.As(err, &garbled), errors.As(err, &large): // it has it, and talks too much
		return desk.TicketReceipt{}, nil
	case err != nil:
		return desk.TicketReceipt{}, connector.Failure(err)
	}
	return receiptOf(a.Body), nil
}

// longestRef of a help desk's numbers, in bytes.
const longestRef = 200

// receiptOf is what the answer says: {"id": "AB-12", "url": "https://…"}. A receiver need not say anything; numbers may be numbers.
func receiptOf(body []byte) (r desk.TicketReceipt) {
	var got struct {
		ID  json.RawMessage `json:"id"`
		URL string          `json:"url"`
	}
	if json.Unmarshal(body, &got) != nil {
		return r
	}
	var name string
	var number json.Number
	switch {
	case json.Unmarshal(got.ID, &name) == nil:
		r.Ref = strings.TrimSpace(name)
	case json.Unmarshal(got.ID, &number) == nil:
		r.Ref = number.String()
	}
	if len(r.Ref) > longestRef {
		r.Ref = ""
	}
	if strings.HasPrefix(got.URL, "https://") || strings.HasPrefix(got.URL, "http://") {
		r.Link = got.URL
	}
	return r
}

// Inspect rehearses: the help desk is told conversation.test, which opens nothing.
func (s counter) Inspect(ctx context.Context) (publish.About, error) {
	_, err := s.tell(ctx, "conversation.test", "test", struct{}{})
	return publish.About{}, connector.Failure(err)
}
