package enrich

import (
	"slices"
	"strings"
	"testing"

	"breakwater/desk"
)

// found are the types that a text shows.
func found(c *CueList, lang, text string) []string {
	m := desk.Mention{Lang: lang, Text: text}
	m.SetCues(c.Find(&m))
	return m.Cues
}

// What each language says, says negated, inflected, behind prefixes, in hashtags; and what only looks like it.
func TestCuesByLanguage(t *testing.T) {
	t.Parallel()
	c := NewCueList()
	for _, x := range []struct {
		lang, text, want string // types separated by spaces
	}{
		{"en", "We are boycotting them", "boycott"},
		{"en", "#BoycottKavelund now", "boycott"},
		{"en", "no need for #boycottkavelund", ""},
		{"en", "I got food poisoning there, calling my lawyer, class action!", "food_illness legal_regulatory"},
		{"en", "Found a big cockroach in my salad", "food_illness"},
		{"en", "found a tiny little piece of glass in my soup", "food_illness"},
		{"en", "My kettle caught fire and I ended up in hospital", "safety_injury"},
		{"en", "kettle exploded, I got burned", "safety_injury"}, // two supporting
		{"en", "The app is down again and I can't log in to my account", "outage"},
		{"en", "The CEO must resign over this cover-up", "leadership_scandal"},
		{"en", "your customer data leaked, my account was hacked", "data_breach"},
		{"en", "They refused to serve us because we are black", "discrimination"},
		{"en", "No one was hurt, nobody was taken to hospital", ""},
		{"en", "this is not a boycott", ""},
		{"en", "it's not just a boycott, it's a lawsuit against them", "boycott legal_regulatory"},
		{"en", "I can't believe I got food poisoning", "food_illness"},
		{"en", "there was no data breach", ""},
		{"en", "if my phone caught fire I would laugh", ""},
		{"en", "the movie where the car exploded and caught fire", ""},
		{"en", "this burger is da bomb", ""},
		{"en", "what a shot, they crashed out of the cup", ""},
		{"en", "he killed it on stage, I died laughing", ""},
		{"en", "going to the hospital to visit my gran", ""},
		{"en", "switching to the other bus", ""},
		{"en", "A nice day", ""},
		{"fr", "Une belle journée", ""},
		{"fr", "#boycottacme", "boycott"},
		{"und", "food poisoning @acme", "food_illness"},

		{"he", "צריך להחרים אותם, ובחרם הזה נצליח", "boycott"},
		{"he", "קוראים לחרם על קוולונד", "boycott"},
		{"he", "שהאפליקציה קרסה ואי אפשר לשלם", "outage"},
		{"he", "וקיבלנו הרעלת מזון מהסלט", "food_illness"},
		{"he", "מצאתי ג'וק בתוך הסלט", "food_illness"},
		{"he", "המנכ\"ל חייב להתפטר", "leadership_scandal"},
		{"he", "אף אחד לא נפגע בתאונה", ""},
		{"he", "לא הייתה דליפת מידע", ""},
		{"he", "לא רק דליפת מידע, גם תביעה ייצוגית", "data_breach legal_regulatory"},
		{"he", "טיילנו בחרמון והיה מדהים", ""},
		{"he", "#חרמון בשלג", ""},
		{"he", "הסרט הזה פצצה", ""},
		{"he", "שריפה של הופעה, מתתי מצחוק", ""},

		{"pl", "Bojkotujcie ten sklep", "boycott"},
		{"pl", "#BojkotKavelund", "boycott"},
		{"pl", "zatrułam się waszym kurczakiem", "food_illness"},
		{"pl", "zatrulam sie u was", "food_illness"},
		{"pl", "produkt wycofano z rynku", "safety_injury"},
		{"pl", "Znalazłam w zupie robaka, obrzydliwe", "food_illness"},
		{"pl", "wyciekły dane klientów", "data_breach"},
		{"pl", "nikt nie ucierpiał", ""},
		{"pl", "nie było wycieku danych", ""},
		{"pl", "nie tylko wyciek danych, ale i pozew zbiorowy", "data_breach legal_regulatory"},
		{"pl", "ta impreza to bomba!", ""},
		{"pl", "w filmie samochód stanął w płomieniach", ""},

		{"id", "ayo boikot mereka", "boycott"},
		{"id", "#BoikotKavelund", "boycott"},
		{"id", "abis makan di situ keracunan makanan", "food_illness"},
		{"id", "data nasabah bocor", "data_breach"},
		{"id", "tidak ada korban jiwa", ""},
		{"id", "bukan boikot kok", ""},
		{"id", "ga ada kebocoran data", ""},
		{"id", "isu ini menarik, lagi down aja hari ini", ""},
		{"id", "gokil, penampilannya bom banget", ""},
		{"id", "hp meledak pas dicas", "safety_injury"},

		{"zh-Hant", "大家一起抵制他們", "boycott"},
		{"zh-Hant", "#抵制可維倫 不要再買", "boycott"},
		{"zh-Hant", "吃完拉肚子，餐廳有蟑螂", "food_illness"},
		{"zh-Hant", "沒有人受傷", ""},
		{"zh-Hant", "火警沒有造成傷亡", ""},
		{"zh-Hant", "並非食物中毒", ""},
		{"zh-Hant", "我的手機爆炸了，人被燙傷送醫", "safety_injury"},
		{"zh-Hant", "食完屙足成日", "food_illness"},
		{"zh-Hant", "這部電影裡手機爆炸那段", ""},
		{"zh-Hant", "生日快樂，玩得好開心", ""},
		{"zh-Hans", "大家一起抵制他们", "boycott"},
		{"zh-Hans", "外卖吃出蟑螂，恶心", "food_illness"},
		{"zh-Hans", "用户信息泄露了", "data_breach"},
		{"zh-Hans", "没有人受伤", ""},

		{"sv", "Dags för bojkott!", "boycott"},
		{"sv", "#boycottacme", "boycott"}, // hashtags travel
		{"sv", "Vi bojkottar Kavelund", "boycott"},
		{"sv", "blev matförgiftad av laxen", "food_illness"},
		{"sv", "personuppgifterna har läckt ut", "data_breach"},
		{"sv", "ingen skadades i branden", ""},
		{"sv", "inga skadade", ""},
		{"sv", "det är ingen bojkott", ""},
		{"sv", "inte bara dataläcka utan även polisanmälan", "data_breach legal_regulatory"},
		{"sv", "vilken bomb, han sköt i krysset", ""},
		{"sv", "vd:n måste gå", "leadership_scandal"},
	} {
		if got := strings.Join(found(c, x.lang, x.text), " "); got != x.want {
			t.Errorf("%s: %q shows %q, want %q", x.lang, x.text, got, x.want)
		}
	}
}

func TestCueWordsAsWritten(t *testing.T) {
	t.Parallel()
	c := NewCueList()
	for _, x := range []struct {
		lang, title, text string
		want              []string
	}{
		{"en", "", "After lunch: FOOD Poisoning! #BoycottAcme", []string{"#BoycottAcme", "FOOD Poisoning"}},
		{"he", "", "ושהמנכ\"ל חייב להתפטר", []string{"ושהמנכ\"ל חייב להתפטר"}},
		{"zh-Hant", "", "昨天😡吃到蟑螂了", []string{"吃到", "蟑螂"}},
		{"en", "Product recall of kettles", "More inside.", []string{"Product recall"}},
		{"en", "Kettles", "A product recall of kettles.", []string{"product recall"}},
	} {
		m := desk.Mention{Lang: x.lang, Title: x.title, Text: x.text}
		m.SetCues(c.Find(&m))
		var got []string
		for _, f := range m.Found {
			for _, w := range f.Words {
				if w.To > 0 && m.Text[w.From:w.To] != w.Words {
					t.Errorf("%q: %q is not at %d:%d", x.text, w.Words, w.From, w.To)
				}
				got = append(got, w.Words)
			}
		}
		if x.lang == "zh-Hant" {
			got, x.want = []string{strings.Join(got, "")}, []string{"吃到蟑螂"}
			if !strings.Contains(got[0], "蟑螂") {
				t.Errorf("%q: %q", x.text, got)
			}
			continue
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%q: %q, want %q", x.text, got, x.want)
		}
	}
}

// The lists are read whole, in every language each type has words, and nothing stands twice.
func TestCueData(t *testing.T) {
	t.Parallel()
	c := NewCueList()
	if got := len(c.Types()); got != 15 {
		t.Errorf("%d types, want 15", got)
	}
	for _, lang := range cueLangs {
		data, err := cueText(lang)
		if err != nil {
			t.Fatal(err)
		}
		cues, scopes, err := readCueList(lang, data)
		if err != nil {
			t.Fatal(err)
		}
		seen, strong := map[string]bool{}, map[string]int{}
		for _, e := range cues {
			key := e.typ + " " + e.text
			if seen[key] {
				t.Errorf("%s: %q stands twice in %s", lang, e.text, e.typ)
			}
			seen[key] = true
			if e.strong {
				strong[e.typ]++
			}
		}
		for _, typ := range c.Types() {
			if strong[typ.Name] < 10 {
				t.Errorf("%s: %s has %d strong cues", lang, typ.Name, strong[typ.Name])
			}
		}
		roles := map[byte]int{}
		for _, s := range scopes {
			roles[s.role]++
			if (s.role == scopeNot || s.role == scopePerhaps || s.role == scopeAfter) && s.reach == 0 {
				t.Errorf("%s: %q has no reach", lang, s.text)
			}
		}
		for key, role := range scopeKeys {
			if roles[role] < 3 {
				t.Errorf("%s: %d words for %s", lang, roles[role], key)
			}
		}
	}
}

func TestReadCueListRefuses(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"strong: a", "[boycott]\nword", "[boycott]\nweak: word", "[boycott]\nstrong: a,,b", "[around]\nmaybe 3: x", "[around]\nnot x: no"} {
		if _, _, err := readCueList("en", data); err == nil {
			t.Errorf("%q is read", data)
		}
	}
}

func TestFindCuesAllocatesNothingWhereThereIsNone(t *testing.T) {
	c := NewCueList()
	m := desk.Mention{Lang: "en", Text: "Lovely coffee at the harbour this morning, thank you all"}
	c.Find(&m)
	if n := testing.AllocsPerRun(100, func() { c.Find(&m) }); n > 0 {
		t.Errorf("%.0f allocations", n)
	}
}
