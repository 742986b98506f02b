package topic

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// scripts are crises as people write about them, each in a week of ordinary talk in the same language.
var scripts = []struct {
	lang     string
	ordinary [3][]string // a beginning, a middle and an end each
	gap      string
	crisis   []string // of different people; in this order
	within   int      // posts after which the topic lives at the latest
	names    []string // what its name may be at the end of the crisis
}{
	{"en", [3][]string{
		{"Kavelund at the station", "my usual Kavelund", "Kavelund by the harbour", "that new Kavelund", "queueing at Kavelund", "Kavelund in the old town"},
		{"has a lovely", "makes a decent", "ran out of", "put up the price of", "spilled my", "still serves the best"},
		{"oat latte", "cinnamon bun", "filter coffee", "cold brew", "carrot cake", "cheese toastie", "hot chocolate", "rye sandwich"},
	}, " ", []string{
		"Three of us have food poisoning after lunch at Kavelund Lund. Avoid!",
		"Food poisoning from the salad at Kavelund Lund, spent the night in hospital",
		"is anyone else sick? pretty sure Kavelund Lund gave me food poisoning",
		"Kavelund Lund: my whole office down with food poisoning",
		"another food poisoning case from kavelund lund. disgusting.",
		"Reported Kavelund Lund to the council for food poisoning today",
	}, 4, []string{"food poisoning", "food poisoning · Kavelund Lund", "Kavelund Lund · food poisoning"}},
	{"he", [3][]string{
		{"קוולונד בתחנה", "בקוולונד ליד הים", "קוולונד בעיר העתיקה", "סניף קוולונד החדש", "עומד בתור לקוולונד", "קוולונד בקניון"},
		{"מגישים", "נגמר להם", "העלו את המחיר של", "שפכו לי את", "מכינים הכי טוב", "פספסו את"},
		{"הקפה הקר", "מאפה הקינמון", "עוגת הגזר", "השוקו החם", "הכריך", "הלאטה", "הטוסט", "העוגייה"},
	}, " ", []string{
		"מצאתי תולעים בסלט של קוולונד. מגעיל!",
		"גם אצלי היו תולעים! קוולונד תתביישו",
		"הבת שלי אכלה סלט עם תולעים בקוולונד",
		"איך מוכרים אוכל עם התולעים האלה? קוולונד",
		"תולעים בקוולונד, תמונה בתגובות",
		"משרד הבריאות חייב לבדוק את קוולונד. תולעים!",
	}, 5, []string{"תולעים", "תולעים · סלט", "סלט · תולעים"}},
	{"pl", [3][]string{
		{"Kavelund na dworcu", "mój ulubiony Kavelund", "Kavelund przy rynku", "ten nowy Kavelund", "kolejka w Kavelund", "Kavelund w galerii"},
		{"znowu podnosi cenę", "robi świetne", "nie ma już", "rozlał mi", "podaje zimne", "poleca na dziś"},
		{"latte owsiane", "bułki cynamonowe", "kawa przelewowa", "ciasto marchewkowe", "tosty z serem", "gorąca czekolada", "kanapki", "muffiny"},
	}, " ", []string{
		"Wyciek danych z aplikacji Kavelund! Zmieńcie hasła",
		"Dostałem maila: wyciek danych w Kavelund, mój numer karty też",
		"Kavelund milczy w sprawie wycieku? Wyciek danych tysięcy klientów",
		"czy ktoś wie więcej o tym wyciek danych Kavelund",
		"Wyciek danych w Kavelund zgłoszony do UODO",
		"przez wyciek danych Kavelund ktoś próbował wziąć na mnie kredyt",
	}, 4, []string{"Wyciek danych", "wyciek danych"}},
	{"id", [3][]string{
		{"Kavelund di stasiun", "Kavelund langgananku", "Kavelund dekat kampus", "Kavelund yang baru", "antre di Kavelund", "Kavelund lantai dua"},
		{"kehabisan", "menaikkan harga", "bikin enak", "salah kasih", "promo beli satu", "masih jual"},
		{"kopi susu", "roti kayu manis", "es cokelat", "kue wortel", "roti bakar keju", "es jeruk", "kopi saring", "sandwich gandum"},
	}, " ", []string{
		"Ada belatung di roti Kavelund!! jijik",
		"Barusan beli di Kavelund isinya belatung, tolong viralkan",
		"belatung hidup di salad Kavelund, parah",
		"Kavelund minta maaf cuma lewat DM soal belatung itu",
		"kapok makan di Kavelund, belatung semua",
		"BPOM tolong cek Kavelund, banyak laporan belatung",
	}, 4, []string{"belatung"}},
	{"sv", [3][]string{
		{"Kavelund på stationen", "mitt vanliga Kavelund", "Kavelund vid hamnen", "det nya Kavelund", "kö på Kavelund", "Kavelund i gamla stan"},
		{"har höjt priset på", "serverar god", "fick slut på", "spillde ut min", "gör bästa", "glömde min"},
		{"havrelatte", "kanelbulle", "bryggkaffe", "morotskaka", "ostmacka", "varm choklad", "rågsmörgås", "iskaffe"},
	}, " ", []string{
		"Råtta i köket på Kavelund i Lund, film finns",
		"Såg en råtta springa över golvet på Kavelund. Aldrig mer",
		"Kavelund har en råtta i köket och ingen bryr sig??",
		"råtta på Kavelund, anmält till kommunen",
		"En RÅTTA. På Kavelund. Jag mår illa",
		"Hur kan Kavelund hålla öppet med råtta i köket",
	}, 4, []string{"råtta", "råtta · köket", "råtta i köket"}},
	{"zh-Hant", [3][]string{
		{"卡維倫車站店", "我常去的卡維倫", "卡維倫新店", "卡維倫港邊店", "在卡維倫排隊", "老街的卡維倫"},
		{"又漲價了", "推出新口味", "賣完了", "打翻了我的", "做得最好喝", "忘了給我"},
		{"燕麥拿鐵", "肉桂捲", "冰咖啡", "紅蘿蔔蛋糕", "起司吐司", "熱可可", "三明治", "抹茶布丁"},
	}, "，", []string{
		"在卡維倫吃到蟑螂，噁心死了",
		"卡維倫的三明治裡有蟑螂！照片在留言",
		"大家不要去卡維倫，有蟑螂而且店員不道歉",
		"衛生局該查卡維倫了，蟑螂到處跑",
		"蟑螂事件後卡維倫還不關店？",
		"朋友也在卡維倫看到蟑螂",
	}, 4, []string{"蟑螂"}},
	{"zh-Hans", [3][]string{
		{"卡维伦车站店", "我常去的卡维伦", "卡维伦新店", "卡维伦港边店", "在卡维伦排队", "老街的卡维伦"},
		{"又涨价了", "推出新口味", "卖完了", "打翻了我的", "做得最好喝", "忘了给我"},
		{"燕麦拿铁", "肉桂卷", "冰咖啡", "胡萝卜蛋糕", "芝士吐司", "热可可", "三明治", "抹茶布丁"},
	}, "，", []string{
		"喝了卡维伦的燕麦拿铁食物中毒进了急诊",
		"我们三个人都食物中毒，都是吃的卡维伦",
		"卡维伦食物中毒事件为什么没有人管",
		"食物中毒还要我自己付医药费？卡维伦太过分",
		"刚从医院回来，卡维伦害我食物中毒",
		"卡维伦门店被查了，因为食物中毒",
	}, 4, []string{"食物中毒"}},
}

// A crisis in any script is found after a handful of posts and named by its words, in a week of talk that makes no topic.
func TestScripts(t *testing.T) {
	t.Parallel()
	for _, s := range scripts {
		t.Run(s.lang, func(t *testing.T) {
			t.Parallel()
			tr, talk := New(0), newTalker(9)
			r := rand.New(rand.NewPCG(4, 4))
			at := monday
			for range 1200 {
				at = at.Add(time.Duration(r.ExpFloat64() * float64(9*time.Minute)))
				var parts []string
				for _, list := range s.ordinary {
					parts = append(parts, list[r.IntN(len(list))])
				}
				m := talk.says(strings.Join(parts, s.gap), at)
				if m.Lang = s.lang; r.IntN(6) == 0 {
					m.Mood = desk.Negative
				}
				tr.Add(m)
			}
			if live := tr.Live(1); len(live) > 0 {
				t.Errorf("ordinary talk ends in the topic %q", live[0].Name)
			}
			found := 0
			for i, text := range s.crisis {
				at = at.Add(3 * time.Minute)
				m := talk.says(text, at)
				m.Lang, m.Mood = s.lang, desk.Negative
				tr.Add(m)
				if found == 0 && len(tr.Live(1)) > 0 {
					found = i + 1
				}
			}
			tr.Close(at.Add(10 * time.Minute))
			live := tr.Live(1)
			if len(live) == 0 || found > s.within {
				t.Fatalf("found after %d posts, want %d: %+v", found, s.within, live)
			}
			d := live[0]
			if !slices.Contains(s.names, d.Name) {
				t.Errorf("called %q, want one of %q", d.Name, s.names)
			}
			if d.Lang != s.lang || d.Count < len(s.crisis)-1 || d.Negative != d.Count || d.People != d.Count || len(d.Mentions) == 0 || d.Few {
				t.Errorf("%+v", d)
			}
			if len(live) > 2 {
				t.Errorf("one story makes %d topics: %q", len(live), names(live))
			}
		})
	}
}

func names(all []desk.Topic) (out []string) {
	for _, d := range all {
		out = append(out, d.Name)
	}
	return out
}

// What comes every Monday is news once or twice, and no more; a crisis under the same tag is.
func TestAWeeklyTagIsNoNews(t *testing.T) {
	t.Parallel()
	tr, talk := New(0), newTalker(12)
	topics := map[int64]int{} // by id, the week it was found in
	mark := func(at time.Time) {
		for _, d := range tr.Live(1) {
			if _, known := topics[d.ID]; !known && strings.Contains(strings.ToLower(d.Name), "monday") {
				topics[d.ID] = int(at.Sub(monday) / (7 * 24 * time.Hour))
			}
		}
	}
	talk.days(tr, monday, 7, 300, func(time.Time, desk.Topic) {})
	for week := 1; week < 7; week++ {
		at := monday.AddDate(0, 0, 7*week).Add(8 * time.Hour)
		for i := range 60 {
			at = at.Add(time.Duration(90+talk.rnd.IntN(90)) * time.Second)
			m := talk.says(fmt.Sprintf("#MondayMotivation %s %s %s", talk.words[talk.zipf.Uint64()], talk.words[talk.zipf.Uint64()], talk.words[i]), at)
			tr.Add(m)
			mark(at)
		}
		talk.days(tr, at, 6, 300, func(time.Time, desk.Topic) {})
	}
	for _, week := range topics {
		if week > 2 {
			t.Errorf("the tag of every Monday is news in week %d: %v", week, topics)
		}
	}
	at := monday.AddDate(0, 0, 50)
	for i := range 12 {
		at = at.Add(2 * time.Minute)
		m := talk.says(fmt.Sprintf("#MondayMotivation my foot, they fired %d of us today", 20+i), at)
		m.Mood = desk.Negative
		tr.Add(m)
	}
	if live := tr.Live(1); len(live) == 0 || live[0].Negative < 8 {
		t.Errorf("anger under the weekly tag makes no topic: %+v", live)
	}
}

// Three accounts that say the same thing over and over make a topic of few voices, at most.
func TestAFloodOfThreeAccountsIsFewVoices(t *testing.T) {
	t.Parallel()
	tr, talk := New(0), newTalker(13)
	at := talk.days(tr, monday, 8, 300, func(time.Time, desk.Topic) {})
	for i := range 120 {
		at = at.Add(20 * time.Second)
		m := talk.says(fmt.Sprintf("Crypto giveaway number %d, click now", i), at)
		m.Author = desk.Author{Handle: fmt.Sprint("robot", i%3)}
		tr.Add(m)
	}
	live := tr.Live(1)
	if len(live) != 1 || !live[0].Few || live[0].People != 3 || live[0].Count < 90 {
		t.Errorf("a flood of three accounts: %+v", live)
	}
	if c := tr.Counts(nil, 1, at.Truncate(Step)); len(c) != 1 || !c[0].Few || c[0].Count == 0 {
		t.Errorf("detectors are told %+v", c)
	}
}

// One text that is passed on by many is a topic, named by its words; by three it is none.
func TestCopiesOfOneText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		copies int
		topic  bool
	}{{3, false}, {30, true}} {
		tr, talk := New(0), newTalker(14)
		at := talk.days(tr, monday, 8, 300, func(time.Time, desk.Topic) {})
		first := talk.says("Their lorry drove over the playground fence this morning", at)
		tr.Add(first)
		for i := range tt.copies {
			at = at.Add(time.Minute)
			m := talk.says([]string{"RT ", "👆 ", "wow: "}[i%3]+first.Text, at)
			m.Fold = first.Fold
			tr.Add(m)
		}
		live := tr.Live(1)
		if (len(live) > 0) != tt.topic {
			t.Fatalf("%d copies: %+v", tt.copies, live)
		}
		if tt.topic && (len(live) != 1 || live[0].Copies < tt.copies-1 || !strings.Contains(live[0].Name, "playground")) {
			t.Errorf("%d copies: %+v", tt.copies, live)
		}
	}
}

// A link that many different texts share is a topic by its host and path, whatever tracks hang on it.
func TestALinkIsATopic(t *testing.T) {
	t.Parallel()
	tr, talk := New(0), newTalker(15)
	at := talk.days(tr, monday, 8, 300, func(time.Time, desk.Topic) {})
	for i := range 8 {
		at = at.Add(2 * time.Minute)
		m := talk.says(talk.words[i*31]+" "+talk.words[i*17], at)
		m.Text += fmt.Sprintf(" https://www.paper.example/2026/inquiry?utm_source=%d", i)
		tr.Add(m)
	}
	if live := tr.Live(1); len(live) != 1 || live[0].Name != "paper.example/2026/inquiry" || live[0].Count < 7 {
		t.Errorf("a shared link: %+v", live)
	}
}

// A hashtag counts by its words too, and the words by the tag.
func TestHashtagsAreSplit(t *testing.T) {
	t.Parallel()
	tr, talk := New(0), newTalker(16)
	at := talk.days(tr, monday, 8, 300, func(time.Time, desk.Topic) {})
	for i := range 8 {
		at = at.Add(2 * time.Minute)
		text := "#BoycottKavelund " + talk.words[i*31]
		if i%2 == 1 {
			text = "boycott Kavelund " + talk.words[i*31]
		}
		tr.Add(talk.says(text, at))
	}
	if live := tr.Live(1); len(live) != 1 || live[0].Count < 7 {
		t.Errorf("a tag and its words: %+v", live)
	}
}
