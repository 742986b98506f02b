package desk_test

import (
	"testing"

	"breakwater/desk"
)

func TestCrowdOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		said []desk.Said
		want [6]int // posts, people, own, reposts, copies, groups
	}{
		{"nobody", nil, [6]int{}},
		{"kept before folds were", []desk.Said{{ID: 1, Author: 1, First: true}, {ID: 2, Author: 2, First: true}}, [6]int{2, 2, 2, 0, 0, 0}},
		{"one says it twice", []desk.Said{{ID: 1, Author: 1, Fold: 9, First: true}, {ID: 2, Author: 1, Fold: 9}}, [6]int{2, 1, 1, 0, 0, 0}},
		{"one repeats two", []desk.Said{{ID: 1, Author: 1, Fold: 9, First: true}, {ID: 2, Author: 2, Fold: 9}, {ID: 3, Author: 2, Fold: 9}}, [6]int{3, 2, 1, 0, 2, 0}},
		{"a repost is not one's own", []desk.Said{{ID: 1, Author: 1, Fold: 9, First: true}, {ID: 2, Author: 2, Fold: 9, Repost: true}}, [6]int{2, 2, 1, 1, 0, 0}},
		{"who reposts and also says something", []desk.Said{{ID: 1, Author: 2, Fold: 9, Repost: true}, {ID: 2, Author: 2, Fold: 8, First: true}}, [6]int{2, 1, 1, 1, 0, 0}},
		{"copies of what was not heard", []desk.Said{{ID: 1, Author: 1, Fold: 9}, {ID: 2, Author: 2, Fold: 9}, {ID: 3, Author: 3, Fold: 9}}, [6]int{3, 3, 0, 0, 3, 1}},
		{"three post the same", []desk.Said{{ID: 3, Author: 3, Fold: 9}, {ID: 1, Author: 1, Fold: 9, First: true}, {ID: 2, Author: 2, Fold: 9}}, [6]int{3, 3, 1, 0, 2, 1}},
	} {
		got := desk.CrowdOf(c.said)
		if has := [6]int{got.Posts, got.People, got.Own, got.Reposts, got.Copies, got.Groups}; has != c.want {
			t.Errorf("%s: posts, people, own, reposts, copies, groups %v, want %v", c.name, has, c.want)
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		voice desk.Voice
		texts []string
		want  string
	}{
		{"nothing special", desk.Voice{Author: desk.Author{Followers: 300}, Mentions: 2}, []string{"What a day"}, ""},
		{"a station", desk.Voice{Author: desk.Author{Media: true, Followers: 90_000}}, nil, desk.VoiceMedia},
		{"very many follow", desk.Voice{Author: desk.Author{Followers: 10_000}}, nil, desk.VoiceInfluencer},
		{"very many repeat", desk.Voice{Author: desk.Author{Followers: 200}, Amplified: 20}, nil, desk.VoiceInfluencer},
		{"a pace that nobody keeps", desk.Voice{Mentions: 40, Minutes: 20}, nil, desk.VoiceBot},
		{"a busy person", desk.Voice{Mentions: 20, Minutes: 600}, nil, ""},
		{"repeats, under a number", desk.Voice{Author: desk.Author{Handle: "user99182.bsky.social"}, Mentions: 6, Copied: 4, Reposts: 2, Minutes: 300}, nil, desk.VoiceBot},
		{"a fan reposts all day", desk.Voice{Author: desk.Author{Handle: "ana"}, Mentions: 10, Reposts: 10, Minutes: 900}, nil, ""},
		{"born in 1984, with a number in the name", desk.Voice{Author: desk.Author{Handle: "ana19840101"}, Mentions: 1}, nil, ""},
		{"bought something", desk.Voice{}, []string{"Where is MY ORDER?"}, desk.VoiceCustomer},
		{"kupiła coś", desk.Voice{}, []string{"Kupiłam u was telefon"}, desk.VoiceCustomer},
		{"买了东西", desk.Voice{}, []string{"上周我买了一台"}, desk.VoiceCustomer},
		{"works there", desk.Voice{}, []string{"I work at Acme and my order was late too"}, desk.VoiceEmployee},
		{"עובדת שם", desk.Voice{}, []string{"אני עובדת בסניף הזה"}, desk.VoiceEmployee},
		{"within a word", desk.Voice{}, []string{"dummy order"}, ""},
		{"a person said so", desk.Voice{Kind: desk.VoiceEmployee, SetBy: "Ana", Author: desk.Author{Media: true}}, nil, desk.VoiceEmployee},
	} {
		v := c.voice
		v.Judge(c.texts)
		if v.Kind != c.want || (v.Kind != "" && v.SetBy == "" && len(v.Why) == 0) {
			t.Errorf("%s: %q because %v, want %q", c.name, v.Kind, v.Why, c.want)
		}
	}
}
