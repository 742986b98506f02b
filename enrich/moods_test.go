package enrich

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"breakwater/desk"
)

// behaviours are what people expect of each language: plain words, negation, emoji, hashtags, letters drawn out.
var behaviours = []struct {
	lang string
	neg  []string
	pos  []string
}{
	{"en",
		[]string{
			"this is terrible", "I am not happy with the service", "never again", "worst airline ever, lost my bag", "sooooo disappointed",
			"still no answer from you 😡", "#fail again", "the food was good but the staff was rude and I will not come back", "Not good.", "🤮",
			"2 hours on hold. unacceptable!!!",
		},
		[]string{"I love this", "great service, thank you!", "so happy with my new phone", "looooove it", "😍😍", "best coffee in town #happy", "can't wait to come back!"},
	},
	{"he",
		[]string{"שירות נוראי, פשוט בושה", "ממש לא טוב, גרוע", "מאכזב מאוד", "תתביישו לכם", "😡😡"},
		[]string{"כל הכבוד, תודה רבה", "שירות מעולה", "אוהבים אותך ❤", "איזה יופי!"},
	},
	{"pl",
		[]string{"Obsługa fatalna, nie polecam", "Jedzenie nie jest dobre, zimne", "Jestem bardzo rozczarowana", "skandal!!!", "nigdy więcej"},
		[]string{"Polecam, świetna obsługa", "Jestem bardzo zadowolona", "super!", "Najlepsza kawa w mieście"},
	},
	{"id",
		[]string{"pelayanannya buruk sekali", "tidak enak", "kecewa banget sama aplikasinya", "gak bagus, jelek", "parah 😡"},
		[]string{"enak banget, recommended", "pelayanannya ramah dan cepat", "suka banget 😍", "terima kasih, mantap"},
	},
	{"zh-Hans",
		[]string{"太难吃了", "服务态度很差", "不好吃", "质量太差了，很失望", "差评"},
		[]string{"很好吃，下次还来", "非常满意", "开心！", "质量很好，推荐"},
	},
	{"zh-Hant",
		[]string{"太難吃了", "服務態度很差", "品質太差了，很失望", "超級失望"},
		[]string{"很好吃，下次還來", "非常滿意", "品質很好，推薦", "開心！"},
	},
	{"yue",
		[]string{"嘢食好難食，服務態度又差", "啲嘢好難食", "伏到爆，嬲死"},
		[]string{"好好食，落次會再嚟", "啲嘢食好正"},
	},
	{"sv",
		[]string{"Dåligt bemötande, aldrig mer", "inte bra", "riktigt besviken", "usel service", "😡"},
		[]string{"Mycket nöjd, tack!", "Toppen, snabb leverans", "jättebra", "älskar det här ❤"},
	},
}

func TestMoodsBehave(t *testing.T) {
	t.Parallel()
	m := NewMoods()
	for _, b := range behaviours {
		for want, texts := range map[desk.Mood][]string{desk.Negative: b.neg, desk.Positive: b.pos} {
			for _, text := range texts {
				if score, sure := m.Score(b.lang, text); MoodOf(score) != want {
					t.Errorf("%s %q: %.2f (sure %.2f), want mood %d", b.lang, text, score, sure, want)
				}
			}
		}
	}
}

func TestNegationTurns(t *testing.T) {
	t.Parallel()
	m := NewMoods()
	for _, c := range []struct{ lang, plain, negated string }{
		{"en", "I am happy with it", "I am not happy with it"},
		{"en", "I recommend it", "I don't recommend it"},
		{"en", "this works", "this never works"},
		{"he", "אני מרוצה", "אני לא מרוצה"},
		{"pl", "polecam", "nie polecam"},
		{"pl", "jestem zadowolony", "nie jestem zadowolony"},
		{"id", "enak", "tidak enak"},
		{"id", "bagus", "gak bagus"},
		{"zh-Hans", "好吃", "不好吃"},
		{"zh-Hant", "喜歡", "不喜歡"},
		{"yue", "啲嘢好好食", "啲嘢唔好食"},
		{"sv", "jag är nöjd", "jag är inte nöjd"},
		{"sv", "det är bra", "det är inte bra"},
	} {
		a, _ := m.Score(c.lang, c.plain)
		b, _ := m.Score(c.lang, c.negated)
		if b > a-0.3 {
			t.Errorf("%s: %q is %.2f, %q is %.2f, want much less", c.lang, c.plain, a, c.negated, b)
		}
	}
}

func TestMoodAgreesWithTheScores(t *testing.T) {
	t.Parallel()
	r := &moodReading{MoodReading: MoodReading{Sure: []float64{0.3, 0.6, 1}}}
	for _, c := range []struct {
		s    [3]float64
		want desk.Mood
	}{
		{[3]float64{1, 0, 0.9}, desk.Negative}, {[3]float64{-3, 0, -2}, desk.Neutral}, {[3]float64{0.2, 0, 0.21}, desk.Positive},
		{[3]float64{0, 0, 0}, desk.Neutral}, {[3]float64{9, 0, -9}, desk.Negative}, {[3]float64{-0.001, 0, 0.001}, desk.Positive},
	} {
		score, sure := sentimentOf(r, c.s)
		if MoodOf(score) != c.want || math.Abs(score) > 1 || sure < 0.3 || sure > 1 {
			t.Errorf("scores %v: sentiment %.3f, sure %.2f, want mood %d", c.s, score, sure, c.want)
		}
	}
}

func TestUnknownLanguagesAreReadByTheirEmoji(t *testing.T) {
	t.Parallel()
	m := NewMoods()
	for _, c := range []struct {
		text string
		want desk.Mood
	}{{"hyvää päivää 😍", desk.Positive}, {"hyvää päivää 😡", desk.Negative}, {"terrible", desk.Neutral}} {
		if score, sure := m.Score("fi", c.text); MoodOf(score) != c.want || sure > 0.7 {
			t.Errorf("%q: %.2f, sure %.2f, want mood %d and little certainty", c.text, score, sure, c.want)
		}
	}
}

func TestShowAndSettleSayWhatScoreSays(t *testing.T) {
	t.Parallel()
	for _, m := range []*Moods{NewMoods(), NewOpenMoods()} {
		for _, b := range behaviours {
			for _, text := range append(b.neg, b.pos...) {
				score, sure := m.Score(b.lang, text)
				features, scores := m.Show(nil, b.lang, text)
				if s, c := m.Settle(b.lang, text, scores); s != score || c != sure || len(features) == 0 {
					t.Errorf("%s %q: Score says %v %v, Settle of Show %v %v", b.lang, text, score, sure, s, c)
				}
			}
		}
	}
}

func TestLongTextsAreReadAtBothEnds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("很", 300)
	begin, end := Ends(long)
	if len(begin) > beginBytes || len(end) > endBytes || len(begin)%3 != 0 || len(end)%3 != 0 {
		t.Errorf("%d and %d bytes of characters of three", len(begin), len(end))
	}
	if begin, end := Ends("short"); begin != "short" || end != "" {
		t.Errorf("a short text is cut to %q and %q", begin, end)
	}
}

func TestScoreAllocatesNothing(t *testing.T) {
	m := NewMoods()
	text := "Nie polecam 😡 https://x.example obsługa fatalna!!! " + strings.Repeat("czekałem ", 20)
	m.Score("pl", text)
	if n := testing.AllocsPerRun(100, func() { m.Score("pl", text) }); n >= 1 {
		t.Errorf("%.1f allocations a text, want none", n)
	}
}

func TestOpenMoodsRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	var good bytes.Buffer
	if err := WriteMoods(&good, MoodHead{Readings: []MoodReading{{Lang: "en", Of: []MoodShare{{Lang: "en", Share: 1}}}}}, make([]byte, 128)); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"nothing": nil, "another file": []byte(strings.Repeat("x", 300)), "the magic alone": []byte(moodMagic),
		"a head that is too long": append([]byte(moodMagic), 255, 255, 255, 127), "cut": good.Bytes()[:good.Len()-1], "a reading without weights": good.Bytes(),
	} {
		if _, err := OpenMoods(file); !errors.Is(err, errMoodFile) {
			t.Errorf("%s: %v, want errMoodFile", name, err)
		}
	}
}
