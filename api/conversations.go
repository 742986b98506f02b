package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

func (s *server) conversationOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/conversations", desk.Viewer, "conversation-list", "List conversations", "Those who wait longest first where people wait, else the newest touched."}, s.conversations),
		ask(route{http.MethodGet, "/conversations/counts", desk.Viewer, "conversation-counts", "Count those who wait", "How many people wait for our answer, and how many conversations there are in each view."}, s.conversationCounts),
		ask(route{http.MethodGet, "/conversations/answers", desk.Viewer, "conversation-answers", "Count answers and copies", "How many answers people got, and how many of them were copied: close to what somebody else was answered before."}, s.answersGiven),
		ask(route{http.MethodGet, "/conversations/copied", desk.Viewer, "conversation-copied", "List copied answers", "The answers behind the number, newest first, with how close each was and the warnings that it was sent past."}, s.copiedAnswers),
		ask(route{http.MethodGet, "/conversations/{id}", desk.Viewer, "conversation-read", "Read a conversation", "With its messages, the accounts that can answer, and what practice would do."}, s.conversation),
		ask(route{http.MethodGet, "/conversations/{id}/history", desk.Viewer, "conversation-history", "What else somebody wrote", "Other conversations with the same person."}, s.conversationHistory),
		ask(route{http.MethodPost, "/conversations/{id}/answer", desk.Responder, "conversation-answer", "Answer somebody", "Goes out after the time in which it can be undone; where the policy wants it, it waits for a signature. A conflict says that somebody else writes or answered meanwhile, and with the code warned what the guard says of the words and of the account: asked again with the checks of its warnings in despite, the answer goes out, and that it did so is remembered with it."}, s.answerConversation),
		ask(route{http.MethodPost, "/conversations/{id}/undo", desk.Responder, "conversation-undo", "Take an answer back that is not out", ""}, s.undoAnswer),
		ask(route{http.MethodPost, "/conversations/{id}/sign", desk.Lead, "conversation-sign", "Sign an answer", "It goes out then. A program signs with its owner's PIN. With a text the answer is signed in these words instead: they are the signer's, guarded like an answer (code warned), and where their subject needs a second opinion the answer goes on waiting for somebody else who wrote none of it."}, s.signAnswer),
		ask(route{http.MethodPost, "/conversations/{id}/send-back", desk.Lead, "conversation-back", "Send an answer back", "Its words are the draft again."}, s.sendAnswerBack),
		ask(route{http.MethodPut, "/conversations/{id}/draft", desk.Responder, "conversation-draft", "Keep what is being written", "Who types first owns the draft for two minutes after their last key: a conflict for others, unless they take it over."}, s.draftAnswer),
		ask(route{http.MethodPost, "/conversations/{id}/check", desk.Responder, "conversation-check", "Read an answer as they will", "Copied, deaf, arguing, belittling, explaining too much: hints, with what was measured."}, s.checkAnswer),
		ask(route{http.MethodPost, "/conversations/{id}/assign", desk.Responder, "conversation-assign", "Give a conversation to somebody", ""}, s.assignConversation),
		ask(route{http.MethodPost, "/conversations/{id}/labels", desk.Responder, "conversation-label", "Set and take off labels", ""}, s.labelConversation),
		ask(route{http.MethodPost, "/conversations/{id}/snooze", desk.Responder, "conversation-snooze", "Put a conversation off", ""}, s.snoozeConversation),
		ask(route{http.MethodPost, "/conversations/{id}/leave", desk.Responder, "conversation-leave", "Leave somebody without an answer", "Knowingly, and for a reason."}, s.leaveConversation),
		ask(route{http.MethodPost, "/conversations/{id}/done", desk.Responder, "conversation-done", "End a conversation", "Nobody may wait in it."}, s.endConversation),
		ask(route{http.MethodPost, "/conversations/{id}/hand-over", desk.Responder, "conversation-hand-over", "Hand a conversation over to customer service", "By a webhook or a mail, once. Whoever wrote counts as waiting until somebody answered; the ticket says what became of it and their number."}, s.handOverConversation),
		act(route{http.MethodDelete, "/conversations/{id}/person", desk.Lead, "conversation-erase", "Erase what somebody wrote to us alone", "At their wish: every private conversation of the brand with them, with notes and drafts. What they were answered stays, but not to whom. Public ones are refused, and those in which an answer is on its way."}, s.erasePerson),
		ask(route{http.MethodPost, "/conversations/{id}/served", desk.Responder, "conversation-served", "Say that customer service answered", "Nobody waits in it any more."}, s.servedConversation),
		ask(route{http.MethodPost, "/conversations/{id}/reopen", desk.Responder, "conversation-reopen", "Take a conversation up again", ""}, s.reopenConversation),
		ask(route{http.MethodPost, "/conversations/{id}/note", desk.Responder, "conversation-note", "Note something for us alone", ""}, s.noteConversation),
		ask(route{http.MethodPost, "/conversations/{id}/triage", desk.Responder, "conversation-triage", "Note what is known", "Danger, truth, harm, and tone last."}, s.triageConversation),
		ask(route{http.MethodPost, "/conversations/{id}/claims", desk.Responder, "conversation-claim", "Say which claim somebody asked about or spread", ""}, s.claimConversation),
		ask(route{http.MethodPost, "/conversations/{id}/private-link", desk.Responder, "conversation-private", "Make a link to go on in private", "To the public form. Whoever writes there begins a private conversation of their own, joined by their mail address alone; both conversations show each other."}, s.privateLink),
		ask(route{http.MethodPost, "/claims/{id}/sitting", desk.Responder, "claim-sitting", "Answer everybody of a claim", "Whoever asked about the claim or spread it is in a conversation that is about it; they are then answered one by one."}, s.sitClaim),
		ask(route{http.MethodGet, "/reply-policy", desk.Viewer, "reply-policy-read", "Read how people are answered", "What needs an answer, clocks by level and their hours, rules, whose answers are signed."}, s.replyPolicy),
		ask(route{http.MethodPut, "/reply-policy", desk.Lead, "reply-policy-save", "Change how people are answered", "All fields are replaced; version as read."}, s.saveReplyPolicy),
		ask(route{http.MethodPost, "/conversations/{id}/raise", desk.Responder, "conversation-raise", "Bring a conversation to a room", ""}, s.raiseConversation),
	}
}

type conversationsIn struct {
	OfBrand
	Cursor   string `query:"cursor" doc:"next of the page before; empty for the first page" maxLength:"60"`
	Limit    int    `query:"limit" doc:"How many at most" minimum:"1" maximum:"199" default:"50"`
	View     string `query:"view" enum:"waiting,mine,unassigned,danger,voices,signing,handed,snoozed,done,all" default:"waiting"`
	Incident int64  `query:"incident" doc:"Of this incident" minimum:"1"`
	Network  string `query:"network" doc:"On this network" maxLength:"60"`
	Label    string `query:"label" maxLength:"100"`
	Claim    int64  `query:"claim" doc:"About this claim" minimum:"1"`
	Text     string `query:"q" doc:"Words in a message, or somebody's name" maxLength:"200"`
}

func (s *server) conversations(ctx context.Context, in *conversationsIn) (Page[reply.Talk], error) {
	f, err := reply.Narrow(desk.ConversationFilter{BrandID: in.Brand, IncidentID: in.Incident, Network: in.Network, Label: in.Label, ClaimID: in.Claim, Text: in.Text, Limit: in.Limit + 1},
		in.View, desk.ActorOf(ctx).UserID)
	if err == nil {
		f.After, err = reply.ParsePlace(in.Cursor)
	}
	if err != nil {
		return Page[reply.Talk]{}, err
	}
	rows, err := s.Queue.List(ctx, f)
	out := Page[reply.Talk]{Items: rows}
	if len(rows) > in.Limit {
		out.Items = rows[:in.Limit]
		out.Next = reply.Place(&rows[in.Limit-1].Conversation, f.Longest)
	}
	return out, err
}

func (s *server) conversationCounts(ctx context.Context, in *OfBrand) (desk.ConversationCounts, error) {
	return s.Queue.Counts(ctx, in.Brand)
}

type answersIn struct {
	OfBrand
	Incident int64     `query:"incident" doc:"Given in this incident; without it drills are left out" minimum:"1"`
	Since    time.Time `query:"since" doc:"Given since then"`
}

func (in *answersIn) filter() desk.AnswerFilter {
	return desk.AnswerFilter{BrandID: in.Brand, IncidentID: in.Incident, Since: in.Since}
}

func (s *server) answersGiven(ctx context.Context, in *answersIn) (desk.AnswerCounts, error) {
	return s.Queue.Answered(ctx, in.filter())
}

type copiedIn struct {
	answersIn
	Paging
}

func (s *server) copiedAnswers(ctx context.Context, in *copiedIn) (Page[reply.Copied], error) {
	f, err := in.filter(), error(nil)
	if f.Paging, err = in.desk(); err != nil {
		return Page[reply.Copied]{}, err
	}
	list, err := s.Queue.Copied(ctx, f)
	return page(in.Paging, list, func(c reply.Copied) int64 { return c.PostID }), err
}

type conversationIn struct {
	One
	Before int64 `query:"before" doc:"Only messages before this id" minimum:"1"`
}

func (s *server) conversation(ctx context.Context, in *conversationIn) (reply.Thread, error) {
	return s.Queue.One(ctx, in.ID, in.Before)
}

func (s *server) conversationHistory(ctx context.Context, in *One) (Page[reply.Talk], error) {
	rows, err := s.Queue.History(ctx, in.ID)
	return Page[reply.Talk]{Items: append([]reply.Talk{}, rows...)}, err
}

type answerIn struct {
	One
	Body struct {
		Channel ID     `json:"channel_id,omitempty" doc:"The account that answers; without it the first that can"`
		Lang    string `json:"lang,omitempty" maxLength:"20"`
		Subject string `json:"subject,omitempty" maxLength:"300"`
		Text    string `json:"text" maxLength:"20000"`
		Facts   []ID   `json:"facts,omitempty" maxItems:"20" doc:"Facts that it rests on"`
		Seen    ID     `json:"seen,omitempty" doc:"The newest that its writer saw, the higher of last and edit: a conflict when the conversation went on, or when they changed what they had written. Without it: a conflict when nobody waits for an answer"`
		Private bool   `json:"private,omitempty" doc:"To them alone, where the network can"`
		// Despite has the names in reply.Checks.
		Despite []string `json:"despite,omitempty" maxItems:"10" enum:"account,copied,deaf,argues,belittles,explains" doc:"Checks of the warnings that somebody saw and goes past: a recorded decision"`
	}
}

func (s *server) answerConversation(ctx context.Context, in *answerIn) (desk.Conversation, error) {
	b := &in.Body
	return s.Queue.Answer(ctx, in.ID, reply.Answer{ChannelID: int64(b.Channel), Lang: b.Lang, Subject: b.Subject, Text: b.Text, Facts: ids(b.Facts), Seen: int64(b.Seen), Private: b.Private, Despite: b.Despite})
}

func (s *server) undoAnswer(ctx context.Context, in *One) (desk.Conversation, error) {
	return s.Queue.Undo(ctx, in.ID)
}

type signAnswerIn struct {
	One
	Body struct {
		Hash    string   `json:"hash" doc:"Of the words that were seen" maxLength:"100"`
		Text    string   `json:"text,omitempty" doc:"Sign it in these words instead" maxLength:"20000"`
		Despite []string `json:"despite,omitempty" maxItems:"10" enum:"copied,deaf,argues,belittles,explains" doc:"Checks of the warnings about text that the signer saw and goes past: a recorded decision"`
		PIN     string   `json:"pin,omitempty" maxLength:"20" doc:"Of the owner, when a program signs"`
	}
}

func (s *server) signAnswer(ctx context.Context, in *signAnswerIn) (desk.Conversation, error) {
	b := &in.Body
	if b.Text == "" {
		return s.Queue.Sign(ctx, in.ID, b.Hash, b.PIN)
	}
	return s.Queue.SignChanged(ctx, in.ID, reply.Changed{Hash: b.Hash, Text: b.Text, Despite: b.Despite, PIN: b.PIN})
}

type answerBackIn struct {
	One
	Body struct {
		Hash string `json:"hash" doc:"Of the words that were seen" maxLength:"100"`
		Why  string `json:"why,omitempty" doc:"What has to change" maxLength:"1000"`
		PIN  string `json:"pin,omitempty" maxLength:"20" doc:"Of the owner, when a program signs"`
	}
}

func (s *server) sendAnswerBack(ctx context.Context, in *answerBackIn) (desk.Conversation, error) {
	return s.Queue.SendBack(ctx, in.ID, in.Body.Hash, in.Body.Why, in.Body.PIN)
}

type draftAnswerIn struct {
	One
	Body struct {
		Text     string `json:"text" maxLength:"20000"`
		TakeOver bool   `json:"take_over,omitempty" doc:"Although somebody else is writing"`
	}
}

func (s *server) draftAnswer(ctx context.Context, in *draftAnswerIn) (desk.Draft, error) {
	return s.Queue.Write(ctx, in.ID, in.Body.Text, in.Body.TakeOver)
}

type checkAnswerIn struct {
	One
	Body struct {
		Lang string `json:"lang,omitempty" maxLength:"20"`
		Text string `json:"text" maxLength:"20000"`
	}
}

func (s *server) checkAnswer(ctx context.Context, in *checkAnswerIn) (Page[desk.Finding], error) {
	found, err := s.Queue.Check(ctx, in.ID, in.Body.Lang, in.Body.Text)
	return Page[desk.Finding]{Items: append([]desk.Finding{}, found...)}, err
}

type assignIn struct {
	One
	Body struct {
		User ID `json:"user_id,omitempty" doc:"Who gets it; without it nobody has it"`
	}
}

func (s *server) assignConversation(ctx context.Context, in *assignIn) (desk.Conversation, error) {
	return s.Queue.Assign(ctx, in.ID, int64(in.Body.User))
}

type labelIn struct {
	One
	Body struct {
		Add    []string `json:"add,omitempty" maxItems:"20"`
		Remove []string `json:"remove,omitempty" maxItems:"20"`
	}
}

func (s *server) labelConversation(ctx context.Context, in *labelIn) (desk.Conversation, error) {
	return s.Queue.Label(ctx, in.ID, in.Body.Add, in.Body.Remove)
}

type snoozeIn struct {
	One
	Body struct {
		Until time.Time `json:"until"`
	}
}

func (s *server) snoozeConversation(ctx context.Context, in *snoozeIn) (desk.Conversation, error) {
	return s.Queue.Snooze(ctx, in.ID, in.Body.Until)
}

type unansweredIn struct {
	One
	Body struct {
		Why string `json:"why" maxLength:"1000"`
	}
}

func (s *server) leaveConversation(ctx context.Context, in *unansweredIn) (desk.Conversation, error) {
	return s.Queue.Leave(ctx, in.ID, in.Body.Why)
}

func (s *server) erasePerson(ctx context.Context, in *One) error {
	_, err := s.Queue.Erase(ctx, in.ID)
	return err
}

func (s *server) endConversation(ctx context.Context, in *One) (desk.Conversation, error) {
	return s.Queue.Done(ctx, in.ID)
}

type handOverIn struct {
	One
	Body struct {
		Channel ID     `json:"channel_id,omitempty" doc:"By which it goes: one of counters. Without it the first"`
		Why     string `json:"why" doc:"What they should do; they read it" maxLength:"2000"`
	}
}

func (s *server) handOverConversation(ctx context.Context, in *handOverIn) (desk.Conversation, error) {
	return s.Queue.HandOver(ctx, in.ID, int64(in.Body.Channel), in.Body.Why)
}

func (s *server) servedConversation(ctx context.Context, in *One) (desk.Conversation, error) {
	return s.Queue.Served(ctx, in.ID)
}

func (s *server) reopenConversation(ctx context.Context, in *One) (desk.Conversation, error) {
	return s.Queue.Reopen(ctx, in.ID)
}

type noteConversationIn struct {
	One
	Body struct {
		Text string `json:"text" maxLength:"10000"`
	}
}

func (s *server) noteConversation(ctx context.Context, in *noteConversationIn) (desk.Conversation, error) {
	return s.Queue.Note(ctx, in.ID, in.Body.Text)
}

type toldIn struct {
	One
	Body struct {
		Danger string `json:"danger,omitempty" enum:"yes,no" doc:"Is somebody in danger? Empty: not known"`
		True   string `json:"true,omitempty" enum:"yes,no" doc:"Is it true?"`
		Harmed string `json:"harmed,omitempty" enum:"yes,no" doc:"Were they harmed?"`
		Tone   string `json:"tone,omitempty" enum:"praise,question,unhappy,misguided,rage,troll"`
	}
}

func (s *server) triageConversation(ctx context.Context, in *toldIn) (desk.Conversation, error) {
	b := &in.Body
	return s.Queue.Triage(ctx, in.ID, desk.Triage{Danger: b.Danger, True: b.True, Harmed: b.Harmed, Tone: b.Tone})
}

type claimConversationIn struct {
	One
	Body struct {
		Claim ID   `json:"claim_id"`
		Off   bool `json:"off,omitempty" doc:"It is not about this claim"`
	}
}

func (s *server) claimConversation(ctx context.Context, in *claimConversationIn) (desk.Conversation, error) {
	return s.Queue.Link(ctx, in.ID, int64(in.Body.Claim), !in.Body.Off)
}

type raiseIn struct {
	One
	Body struct {
		Incident ID `json:"incident_id"`
	}
}

func (s *server) raiseConversation(ctx context.Context, in *raiseIn) (desk.Conversation, error) {
	return s.Queue.Raise(ctx, in.ID, int64(in.Body.Incident))
}

type linkOut struct {
	URL string `json:"url"`
}

func (s *server) privateLink(ctx context.Context, in *One) (linkOut, error) {
	url, err := s.Queue.PrivateLink(ctx, in.ID)
	return linkOut{url}, err
}

type satOut struct {
	Taken int `json:"taken" doc:"Conversations that were taken up by this"`
	Left  int `json:"left" doc:"Mentions that are left for the next sitting"`
}

func (s *server) sitClaim(ctx context.Context, in *One) (satOut, error) {
	n, left, err := s.Queue.Sit(ctx, in.ID)
	return satOut{n, left}, err
}

type replyPolicyIn struct {
	Brand int64 `query:"brand" doc:"Whose" minimum:"1" required:"true"`
}

func (s *server) replyPolicy(ctx context.Context, in *replyPolicyIn) (desk.ReplyPolicy, error) {
	return s.Queue.Policy(ctx, in.Brand)
}

type saveReplyPolicyIn struct{ Body desk.ReplyPolicy }

func (s *server) saveReplyPolicy(ctx context.Context, in *saveReplyPolicyIn) (desk.ReplyPolicy, error) {
	return s.Queue.SavePolicy(ctx, in.Body)
}
