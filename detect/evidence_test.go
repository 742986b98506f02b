package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// prover of what a radio heard until now.
func (r *radio) prover(t *testing.T) prover {
	t.Helper()
	w := &watch{}
	check(t, w.refresh(t.Context(), r.engine, r.monitor.ID, false, time.Now().UTC()))
	return prover{Engine: r.engine, Window: w.window(time.Now().UTC()), found: make(map[int]desk.Evidence)}
}

// A topic's alert shows the topic's own negative posts, their words and their authors, and nothing of what else is said meanwhile.
func TestATopicShowsItsOwnPosts(t *testing.T) {
	t.Parallel()
	r := newRadio(t, 3, nil)
	r.engine.Tell = func(ms []desk.Mention) {
		for i := range ms {
			if strings.Contains(ms[i].Text, "oat cloud") {
				ms[i].Topics = []desk.TopicName{{ID: 5, Name: "Oat Cloud"}}
			}
		}
	}
	var ms []desk.Mention
	for i := range 40 { // something else, by people whom many follow
		m := r.mention(time.Now().Add(-time.Duration(i)*45*time.Second), desk.Negative, "the parcel was stolen from the hallway")
		m.Author.Followers = 90_000
		ms = append(ms, m)
	}
	ms = append(ms, r.mention(time.Now().Add(-2*time.Minute), desk.Positive, "oat cloud is lovely"))
	for i := range 3 {
		ms = append(ms, r.mention(time.Now().Add(-time.Duration(i)*time.Minute), desk.Negative, "there was mould in my oat cloud"))
	}
	r.append(t, ms)
	p := r.prover(t)
	s := desk.Signal{Detector: "topic", Evidence: desk.Evidence{Observed: 3, Window: 5, Topic: "Oat Cloud", TopicID: "5", Since: time.Now().Add(-time.Hour)}}
	p.prove(t.Context(), &s)
	e := s.Evidence
	if len(e.Mentions) != 3 || e.People != 3 || len(e.Voices) != 3 {
		t.Fatalf("%d posts, %d people, %d voices; want the topic's 3: %+v", len(e.Mentions), e.People, len(e.Voices), e)
	}
	for _, id := range e.Mentions {
		m, err := r.db.Mention(t.Context(), id)
		check(t, err)
		if m.Text != "there was mould in my oat cloud" {
			t.Errorf("it shows %q", m.Text)
		}
	}
	if has := func(word string) bool {
		return slices.ContainsFunc(e.Words, func(w desk.Share) bool { return w.Name == word })
	}; !has("mould") || has("parcel") {
		t.Errorf("words = %+v, want those of the topic", e.Words)
	}
	if ago := time.Since(e.Since); ago < 2*time.Minute || ago > 4*time.Minute {
		t.Errorf("since %s ago, want its first post two minutes ago", ago)
	}
	if !slices.Contains(e.Mentions, s.Trigger) {
		t.Errorf("trigger %d is none of %v", s.Trigger, e.Mentions)
	}
}

// What an alert counts is counted once: people, voices and networks are of the posts that its sentence is about, and each detector
// says since when.
func TestEvidenceIsOfWhatTheSentenceCounts(t *testing.T) {
	t.Parallel()
	r := newRadio(t, 21, func(m *desk.Monitor) {
		m.Rules = []desk.Rule{{Measure: "reach", Over: 60, AtLeast: 300_000, Level: desk.Issue}}
	})
	far := r.mention(time.Now().Add(-time.Minute), desk.Negative, "never flying with them again")
	far.Author.Followers = 400_000
	ms := append(r.storm(150), far)
	for i := range 6 {
		m := r.mention(time.Now().Add(-time.Duration(20-i)*time.Minute), desk.Negative, "my data was in the leak")
		m.Cues = []string{"data_breach"}
		ms = append(ms, m)
	}
	slices.SortStableFunc(ms, func(a, b desk.Mention) int { return a.Published.Compare(b.Published) })
	r.append(t, ms)
	check(t, r.engine.look(t.Context(), r.monitor.ID, false, time.Now().UTC()))
	got := map[string]desk.Signal{}
	for _, s := range r.heard {
		got[s.Detector] = s
		if s.Evidence.Since.IsZero() {
			t.Errorf("%s: since never", s.Detector)
		}
		if s.Evidence.Crowd != nil && s.Evidence.Crowd.People != s.Evidence.People {
			t.Errorf("%s: %d people and a crowd of %d", s.Detector, s.Evidence.People, s.Evidence.Crowd.People)
		}
	}
	for _, d := range []string{"surge", "mood", "cue", "voice", "threshold"} {
		if _, ok := got[d]; !ok {
			t.Errorf("no signal of %s", d)
		}
	}
	if e := got["cue"].Evidence; e.Observed != 6 || e.People != 6 || e.Networks[0].Count+e.Networks[1].Count != 6 || time.Since(e.Since) < 19*time.Minute {
		t.Errorf("cue: %v counted, %d people, networks %v, since %s", e.Observed, e.People, e.Networks, e.Since)
	}
	for _, d := range []string{"voice", "threshold"} {
		if e := got[d].Evidence; len(e.Mentions) != 1 || len(e.Voices) != 1 || e.Voices[0].Author.Handle != far.Author.Handle {
			t.Errorf("%s shows %d posts and voices %+v, want the one post it is about", d, len(e.Mentions), e.Voices)
		}
	}
	if e := got["surge"].Evidence; e.People < 150 || fmt.Sprint(e.Since) == fmt.Sprint(got["cue"].Evidence.Since) {
		t.Errorf("surge: %d people since %s, want those of the window", e.People, e.Since)
	}
}
