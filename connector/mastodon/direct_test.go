package mastodon

import (
	"slices"
	"strings"
	"testing"

	"breakwater/connector/connectortest"
	"breakwater/desk"
)

// What names our account comes to us: in public as a mention that says so, for some people alone as a private word, whatever the server
// calls that. It comes once, by the stream and by polls, and its deletion comes too.
func TestWhatIsSaidToUs(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*town){"streamed": func(*town) {}, "GoToSocial": func(tw *town) { tw.gotosocial = true }, "polled": func(tw *town) { tw.deaf = true }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tw := newTown(t)
			set(tw)
			e := listen(t, settings(tw.serve()))
			tw.say("ana", "@harbour where is my kettle?")
			alone := tw.write(post{acct: "cy@else.example", html: "@harbour for you alone", visibility: "direct"})
			tw.write(post{acct: "dan", html: "@harbour for my followers and you", visibility: "private"})
			tw.write(post{acct: "eve", html: "@harbour for friends", visibility: "mutuals_only"})
			e.until("what was said to us", func() bool { return len(e.mentions()) == 1 && len(e.told()) == 3 })
			said, told := e.mentions(), e.told()
			if !said[0].ToUs || said[0].Visibility != "" {
				t.Errorf("the mention is %+v", said[0])
			}
			for _, in := range told {
				if !slices.Equal(in.Names, []string{told[0].Names[0]}) || !strings.HasPrefix(in.Names[0], "harbour@") {
					t.Errorf("a private word is for %q", in.Names)
				}
				if !in.Private || in.Via != desk.ViaDirect || in.Visibility != "direct" {
					t.Errorf("a private word is %+v", in)
				}
			}
			if told[0].Author.NativeID != "cy@else.example" || told[0].Text != "@harbour for you alone" {
				t.Errorf("the first private word is %+v", told[0].Message)
			}
			tw.edit(alone, "@harbour for you alone, edited")
			e.until("the edit", func() bool {
				last := e.told()[len(e.told())-1]
				return last.Ref == told[0].Ref && last.Text == "@harbour for you alone, edited" && !last.Edited.IsZero()
			})
			tw.delete(alone, true)
			e.until("the deletion", func() bool { return slices.Contains(e.gone(), told[0].Ref) })
		})
	}
}

func (e *ear) told() (all []desk.Incoming) {
	for _, b := range e.batches {
		all = append(all, b.Incoming...)
	}
	return all
}

// An answer is seen by nobody more than what it answers, in its thread, behind its warning, in its language.
func TestAnswersKeepToThemselves(t *testing.T) {
	t.Parallel()
	for _, gotosocial := range []bool{false, true} {
		for theirs, want := range map[string]string{"direct": "direct", "private": "direct", "mutuals_only": "direct", "unlisted": "unlisted", "public": "public", "": "public"} {
			server := &connectortest.Mastodon{T: t, GoToSocial: gotosocial}
			m := speaking(t, server)
			server.Say("Ask us anything.")
			asked := server.Statuses()[0].ID
			l := drawing("@ana@other.example We send a new kettle, Ana.")
			l.Title, l.ReplyTo = "burns, graphic", m.client.place.nativeID(asked)
			l.Answer = &desk.Answering{ConversationID: 1, ReplyTo: l.ReplyTo, To: "ana@other.example", Visibility: theirs}
			r, err := m.Send(t.Context(), l)
			if err != nil {
				t.Fatal(err)
			}
			st := server.Statuses()[1]
			if st.Visibility != want || st.ReplyTo != asked || st.Spoiler != "burns, graphic" || st.Language != "zh" || st.Text != l.Text {
				t.Errorf("an answer to what is %q (GoToSocial %v): %+v", theirs, gotosocial, st)
			}
			l.NativeID, l.Text = r.NativeID, "@ana@other.example We send two."
			if _, err := m.Edit(t.Context(), l); err != nil {
				t.Error(err)
			}
		}
	}
}
