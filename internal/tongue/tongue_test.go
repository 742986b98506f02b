package tongue

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// embedded is the model that comes with the program.
func embedded(t testing.TB) []byte {
	t.Helper()
	file, err := os.ReadFile("../../enrich/data/tongues.model")
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func newModel(t testing.TB) *Model {
	t.Helper()
	m, err := Load(embedded(t))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDetect(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	for _, c := range []struct{ text, want string }{
		{"The new burger made my kid sick, never again", "en"},
		{"המשלוח הגיע באיחור של שעתיים והאוכל היה קר", "he"},
		{"Zamówienie przyszło po dwóch godzinach i było zimne", "pl"},
		{"Pesanan datang terlambat dua jam dan makanannya sudah dingin", "id"},
		{"外卖晚到了两个小时，饭都凉了", "zh-Hans"},
		{"外送晚到了兩個小時，飯都涼了", "zh-Hant"},
		{"Beställningen kom två timmar för sent och maten var kall", "sv"},
		{"Bestillingen kom to timer for sent og maten var iskald, jeg er skuffet", "nb"},
		{"Bestillingen kom to timar for seint, og eg er ikkje nøgd med det", "nn"},
		{"Bestillingen kom to timer for sent, og maden var kold, hvad gør jeg nu", "da"},
		{"Die Bestellung kam zwei Stunden zu spät und das Essen war kalt", "de"},
		{"Het eten kwam twee uur te laat en was helemaal koud", "nl"},
		{"La commande est arrivée avec deux heures de retard", "fr"},
		{"El pedido llegó dos horas tarde y la comida estaba fría", "es"},
		{"O pedido chegou com duas horas de atraso e a comida estava fria", "pt"},
		{"L'ordine è arrivato con due ore di ritardo e il cibo era freddo", "it"},
		{"Objednávka prišla o dve hodiny neskôr a jedlo bolo studené", "sk"},
		{"Objednávka přišla o dvě hodiny později a jídlo bylo studené", "cs"},
		{"Sipariş iki saat geç geldi ve yemek soğuktu", "tr"},
		{"Tilaus tuli kaksi tuntia myöhässä ja ruoka oli kylmää", "fi"},
		{"Заказ привезли на два часа позже, еда была холодная", "ru"},
		{"Замовлення привезли на дві години пізніше, їжа була холодна", "uk"},
		{"Поръчката закъсня с два часа и храната беше студена", "bg"},
		{"وصل الطلب متأخرا ساعتين وكان الطعام باردا", "ar"},
		{"די באשטעלונג איז געקומען צוויי שעה צו שפעט און דאס עסן איז געווען קאלט", "yi"},
		{"די באַשטעלונג איז געקומען צװײ שעה צו שפּעט", "yi"},
		{"注文が二時間遅れて届き、料理は冷めていました", "ja"},
		{"주문이 두 시간 늦게 와서 음식이 다 식었어요", "ko"},
		{"Comanda a venit cu două ore întârziere și mâncarea era rece", "ro"},
		{"Đơn hàng đến muộn hai tiếng và đồ ăn đã nguội", "vi"},
		{"Η παραγγελία ήρθε με δύο ώρες καθυστέρηση", "el"},

		// ten characters or so
		{"so bad lol", "en"}, {"jag är arg", "sv"}, {"nie polecam", "pl"}, {"gak enak", "id"}, {"לא טעים", "he"}, {"太难吃了", "zh-Hans"},
		{"太難吃了", "zh-Hant"}, {"好難食呀", "zh-Hant"},

		// what is not language, and other languages' words in between
		{"RT @the_and_you: Nie wiem, dlaczego to jest takie drogie https://example.com/this-is-the-way #breaking #news", "pl"},
		{"Starbucks Venti Latte שוב קיבלתי קר, לא נורמלי", "he"},
		{"星巴克 Venti Latte 又買到冷的", "zh-Hant"},
		{"#食安# 这家店的外卖有问题", "zh-Hans"},
		{"Love the שלום sticker on this laptop, where can I buy one", "en"},
		{"#LäggNerNu #AldrigMerDetHär", "sv"},
		{norm.NFD.String("Det här är inte vad jag har beställt från er"), "sv"},
		{"ＴＨＩＳ ＩＳ ＮＯＴ ＯＫＡＹ ＡＴ ＡＬＬ", "en"},

		// nobody can know
		{"", "und"}, {"🤮🤮🤮", "und"}, {"👍🏽 ❤️", "und"}, {"12345 !!!", "und"}, {"https://example.com/the-and-you @the", "und"}, {"a", "und"},
		{"Starbucks", "und"}, {"IKEA", "und"}, {"ok", "und"}, {"\xff\xfe", "und"},
	} {
		if got, p := m.Detect(c.text); got != c.want || p < 0 || p > 1 {
			t.Errorf("Detect(%q) = %s (%.2f), want %s", c.text, got, p, c.want)
		}
	}
}

func TestDetectTakesNoMemory(t *testing.T) {
	m := newModel(t)
	for _, text := range []string{"The new burger made my kid sick, never again", "外送晚到了兩個小時", "לא טעים", strings.Repeat("długie zdanie ", 200)} {
		m.Detect(text)
		if n := testing.AllocsPerRun(50, func() { m.Detect(text) }); n > 0.5 { // the pool may be emptied in between
			t.Errorf("Detect(%.20q) allocates %.1f times", text, n)
		}
	}
}

func FuzzDetect(f *testing.F) {
	m := newModel(f)
	f.Add("#ab'c @x e\u0301 x\u0301\u0302 ǅ ﬁ http://")
	f.Fuzz(func(t *testing.T, text string) {
		lang, p := m.Detect(text)
		if lang == "" || p < 0 || p > 1 || lang == "und" && p > 0.999 {
			t.Errorf("Detect(%q) = %q, %v", text, lang, p)
		}
	})
}

func TestLoadRefusesWhatIsNoModel(t *testing.T) {
	t.Parallel()
	good := embedded(t)
	for _, file := range [][]byte{nil, []byte("x"), []byte(magic), good[:len(good)-1], append(bytes.Clone(good), 0), []byte(magic + "{}\n")} {
		if _, err := Load(file); err == nil {
			t.Errorf("Load took %d bytes that are no model", len(file))
		}
	}
}

func TestModelIsSmall(t *testing.T) {
	t.Parallel()
	if n := len(embedded(t)); n > 1_600_000 {
		t.Errorf("tongues.model has %d bytes, want 1.6 MB at most", n)
	}
}

// A packed model says what its weights say, also of more features than the sums hold at once.
func TestPack(t *testing.T) {
	t.Parallel()
	r := NewReader()
	table := NewTable(64)
	text := strings.Repeat("zażółć gęślą jaźń ", 40)
	group, features := r.Read(text)
	if group != Latin || len(features) < 2*flushAt {
		t.Fatalf("group %d, %d features", group, len(features))
	}
	for _, h := range features {
		table.Put(h)
	}
	weights := make([]float32, table.Rows()*Lanes)
	for _, h := range features {
		if row := table.Find(h); row >= 0 {
			weights[row*Lanes+17], weights[row*Lanes+2] = 0.5, -0.5
		}
	}
	langs := strings.Split("aa ab ac ad ae af ag ah ai aj ak al am an ao ap aq ar as at au av aw ax", " ")
	file, err := table.Pack(map[Group]Part{Latin: {Languages: langs, Bias: make([]float64, Lanes)}}, weights, 1, "國", "国")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, p := m.Detect(text); got != langs[17] || p < 0.9 {
		t.Errorf("Detect = %s (%.2f), want %s", got, p, langs[17])
	}
	if m.han['國'-hanFrom] != 1 || m.han['国'-hanFrom] != -1 {
		t.Errorf("the two scripts' characters are lost")
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"RT @ana: look  at #this https://a.example/x now", "look at this now"},
		{"看http://t.cn/abc这个", "看http://t.cn/abc这个"},
		{"看 http://t.cn/abc这个", "看 这个"},
		{"mail me at a@b.example", "mail me at a@b.example"},
		{"", ""},
	} {
		if got := Clean(c.text); got != c.want {
			t.Errorf("Clean(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestCrop(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		got := Crop("one two three four five six seven", 20, rnd)
		if n := utf8.RuneCountInString(got); n > 20 || n < 18 || !strings.Contains(" one two three four five six seven", " "+got) {
			t.Fatalf("Crop = %q: want up to 20 characters from the beginning of a word", got)
		}
	}
	if got := Crop("short", 20, rnd); got != "short" {
		t.Errorf("a short text became %q", got)
	}
}

func BenchmarkDetect(b *testing.B) {
	m := newModel(b)
	texts := []string{
		"The new burger made my kid sick, never again", "Beställningen kom två timmar för sent och maten var kall",
		"המשלוח הגיע באיחור של שעתיים והאוכל היה קר", "外送晚到了兩個小時，飯都涼了", "Pesanan datang terlambat dua jam dan makanannya sudah dingin",
	}
	b.ReportAllocs()
	for i := range b.N {
		m.Detect(texts[i%len(texts)])
	}
}
