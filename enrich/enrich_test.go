package enrich

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
)

func TestDetect(t *testing.T) {
	t.Parallel()
	d := NewTongues()
	for _, c := range []struct{ text, want string }{
		{"I can't believe how good this is", "en"},
		{"Nie wiem, dlaczego to jest takie drogie", "pl"},
		{"Pelayanannya lama banget, gak enak", "id"},
		{"Det här är inte vad jag har beställt", "sv"},
		{"Det er ikke hva jeg har bestilt, men dere", "nb"},
		{"Ich habe das nicht bestellt und die Rechnung ist falsch", "de"},
		{"אני לא מאמין כמה זה טוב", "he"},
		{"איך קען דאָס נישט גלייבן, עס איז אַזוי גוט", "yi"},
		{"這個飲料真的很難喝", "zh-Hant"},
		{"这个饮料真的很难喝", "zh-Hans"},
		{"このコーヒーは美味しいです", "ja"},
		{"이 커피는 정말 맛있어요", "ko"},
		{"Я не понимаю", "ru"},
		{"لا أفهم هذا", "ar"},
		{"", "und"},
		{"🤮🤮 https://example.com/the-and-you @the #and", "und"},
		{"Starbucks", "und"},
		{"12345", "und"},
	} {
		if got, sure := d.Detect(c.text); got != c.want {
			t.Errorf("Detect(%q) = %s (%.2f), want %s", c.text, got, sure, c.want)
		}
	}
}

func TestLangKeepsTheNetworksGuess(t *testing.T) {
	t.Parallel()
	e := New()
	for _, c := range []struct{ given, text, want string }{
		{"zh-TW", "OK", "zh-Hant"}, {"iw", "OK", "he"}, {"en-US", "OK", "en"}, {"no", "OK", "nb"}, {"", "OK", "und"}, {"x", "OK", "und"},
		{"zh_Hant_TW", "OK", "zh-Hant"}, {"ZH", "OK", "zh-Hans"}, {"in", "OK", "id"}, {"und", "OK", "und"}, {"un", "OK", "und"}, {"fil", "OK", "fil"}, {"pt-BR", "OK", "pt"},
		{"en", "Nie wiem, dlaczego to jest takie drogie", "pl"}, // people leave the app's language as it is
	} {
		m := desk.Mention{Lang: c.given, Text: c.text}
		if e.Lang(&m); m.Lang != c.want {
			t.Errorf("given %q, %q: got %s, want %s", c.given, c.text, m.Lang, c.want)
		}
	}
}

func TestScore(t *testing.T) {
	t.Parallel()
	s := NewMoods()
	for _, c := range []struct {
		lang, text string
		want       desk.Mood
	}{
		{"en", "I love this, great service!", desk.Positive},
		{"en", "this is not good", desk.Negative},
		{"en", "Nice place but the food was terrible and the staff rude", desk.Negative},
		{"en", "this is sooooo baaaaad", desk.Negative},
		{"en", "The shop opens at nine", desk.Neutral},
		{"en", "food poisoning, worst day ever", desk.Negative},
		{"he", "שירות מעולה, תודה רבה", desk.Positive},
		{"he", "לא טוב בכלל", desk.Negative},
		{"he", "בושה וחרפה, מגעיל", desk.Negative},
		{"pl", "Świetna obsługa, polecam", desk.Positive},
		{"pl", "Nie polecam, tragedia", desk.Negative},
		{"id", "makanannya enak banget", desk.Positive},
		{"id", "gak enak, kecewa", desk.Negative},
		{"zh-Hant", "這家店很好吃，推薦", desk.Positive},
		{"zh-Hans", "太难吃了，服务态度差", desk.Negative},
		{"zh-Hant", "不好吃", desk.Negative},
		{"sv", "Jag är mycket nöjd, tack!", desk.Positive},
		{"sv", "Aldrig mer, under all kritik", desk.Negative},
		{"fi", "😡😡", desk.Negative},
		{"und", "🥰", desk.Positive},
	} {
		score, sure := s.Score(c.lang, c.text)
		if MoodOf(score) != c.want || score < -1 || score > 1 || sure < 0 || sure > 1 {
			t.Errorf("Score(%s, %q) = %.2f, %.2f, want %v", c.lang, c.text, score, sure, c.want)
		}
	}
}

func TestNegationAndStrengthMoveTheScore(t *testing.T) {
	t.Parallel()
	s := NewMoods()
	score := func(text string) float64 { v, _ := s.Score("en", text); return v }
	for _, rising := range [][]string{
		{"not good", "food", "good"},
		{"terrible", "food", "very good"},
	} {
		for i := 1; i < len(rising); i++ {
			if a, b := score(rising[i-1]), score(rising[i]); a >= b {
				t.Errorf("%q is %.2f, %q is %.2f, want more", rising[i-1], a, rising[i], b)
			}
		}
	}
}

func said1(network, id, text string, at time.Time) *desk.Mention {
	return &desk.Mention{Ref: desk.Ref{Network: network, NativeID: id}, Text: text, Published: at, Author: desk.Author{Handle: "u" + id}}
}

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

const story = "Today I found a dead mouse in my soup at the Acme restaurant in the harbour and nobody there wanted to help me"

func TestFold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, first, second string
		later               time.Duration
		same                bool
	}{
		{"the same", story, story, time.Hour, true},
		{"in capitals with a link", story, strings.ToUpper(story) + "!!! https://example.com/x", time.Hour, true},
		{"as a quote", story, "RT @ana " + story + " 🤮 #acme", time.Hour, true},
		{"cut", story, story[:90], time.Hour, true},
		{"some words changed", story, strings.ReplaceAll(strings.ReplaceAll(story, "Today", "Yesterday"), "dead", "big"), time.Hour, true},
		{"two days later", story, story, 49 * time.Hour, false},
		{"something else", story, "The soup at the Acme restaurant was lovely, we will be back with the children next week", time.Hour, false},
		{"short and alike", "so good", "so food", time.Hour, false},
		{"short and the same", "So good!", "so good", time.Hour, true},
		{"emoji", "🤮", "🤮", time.Hour, true},
		{"other emoji", "🤮", "🥰", time.Hour, false},
		{"Chinese with more", "今天在星巴克喝到的咖啡裡面有異物，店員還不承認", "今天在星巴克喝到的咖啡裡面有異物，店員還不承認，太誇張了", time.Hour, true},
	} {
		f := NewFolder()
		a, b := said1("mastodon", "1", c.first, noon), said1("mastodon", "2", c.second, noon.Add(c.later))
		first, second := f.Fold(a), f.Fold(b)
		if first != a.Key().Fold() {
			t.Errorf("%s: the first does not start its own group", c.name)
		}
		if (second == first) != c.same {
			t.Errorf("%s: folded %v, want %v", c.name, second == first, c.same)
		}
		if again := f.Fold(a); again != first {
			t.Errorf("%s: the first, heard again, folds into %d, want %d", c.name, again, first)
		}
		if again := f.Fold(b); again != second {
			t.Errorf("%s: the second, heard again, folds into %d, want %d", c.name, again, second)
		}
	}
}

func TestFoldReposts(t *testing.T) {
	t.Parallel()
	f := NewFolder()
	repost := said1("bluesky", "9", "", noon)
	repost.RepostOf = "1"
	original := said1("bluesky", "1", story, noon)
	before, first, after := f.Fold(repost), f.Fold(original), f.Fold(repost)
	if before != first || after != first {
		t.Errorf("a repost folds into %d before and %d after its original, want %d", before, after, first)
	}
	copied := said1("mastodon", "2", story, noon)
	f.Fold(copied)
	copied.RepostOf, copied.NativeID = "2", "3"
	if got := f.Fold(copied); got == copied.Key().Fold() {
		t.Error("a repost starts a group of its own")
	}
}

func TestFoldOneAuthorOnTwoNetworks(t *testing.T) {
	t.Parallel()
	f := NewFolder()
	long := said1("mastodon", "1", story+". "+"I asked for the manager three times, waited an hour, and was told to leave because they were closing early that day", noon)
	short := said1("bluesky", "2", story[:100], noon.Add(time.Minute))
	long.Author.Handle, short.Author.Handle = "ana@social.example", "ana.bsky.social"
	if a, b := f.Fold(long), f.Fold(short); a != b {
		t.Error("what one author says on two networks does not fold")
	}
}

func TestFolderLoad(t *testing.T) {
	t.Parallel()
	m := said1("mastodon", "1", story, noon)
	m.Fold = NewFolder().Fold(m)
	f := NewFolder()
	f.Load([]desk.Mention{*m})
	if got := f.Fold(said1("bluesky", "2", story, noon)); got != m.Fold {
		t.Errorf("after a restart a copy folds into %d, want %d", got, m.Fold)
	}
}

func TestFloodDoesNotPushTheFirstOut(t *testing.T) {
	t.Parallel()
	f := NewFolder()
	f.ring = f.ring[:100]
	first := f.Fold(said1("mastodon", "first", story, noon))
	for i := range 1000 {
		if got := f.Fold(said1("mastodon", fmt.Sprint("copy", i), story, noon)); got != first {
			t.Fatalf("copy %d starts a group of its own", i)
		}
		f.Fold(said1("mastodon", fmt.Sprint("other", i), fmt.Sprint("number ", i, " of quite other things that people say ", i*7919), noon))
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	e := New()
	var all sync.WaitGroup
	folds := make([]int64, 8)
	for i := range folds {
		all.Go(func() {
			for _, m := range bench1KB[:100] {
				own := *m
				own.NativeID += fmt.Sprint("-", i)
				e.Do(&own)
				folds[i] = own.Fold
			}
		})
	}
	all.Wait()
	if slices.Sort(folds); folds[0] != folds[7] {
		t.Error("the same text fell into several groups")
	}
}

var bench1KB = func() []*desk.Mention {
	texts := []string{
		strings.Repeat("I waited an hour for my order and nobody helped, the worst service ever, never again! ", 12),
		strings.Repeat("Czekałem godzinę na zamówienie i nikt mi nie pomógł, najgorsza obsługa, nigdy więcej! ", 13),
		strings.Repeat("חיכיתי שעה להזמנה שלי ואף אחד לא עזר, השירות הכי גרוע, לעולם לא עוד! ", 12),
		strings.Repeat("等了一個小時還沒有人理我，服務態度太差了，再也不會來了！", 16),
	}
	var list []*desk.Mention
	for i := range 1000 {
		text := texts[i%len(texts)]
		list = append(list, said1("mastodon", fmt.Sprint(i), fmt.Sprint(i, " ", strings.ToValidUTF8(text[:1016], "")), noon))
	}
	return list
}()

func BenchmarkDo(b *testing.B) {
	e := New()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m := *bench1KB[i%len(bench1KB)]
		e.Do(&m)
	}
}

func BenchmarkFold(b *testing.B) {
	f := NewFolder()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m := *bench1KB[i%len(bench1KB)]
		m.NativeID = fmt.Sprint(i)
		f.Fold(&m)
	}
}
