package desk

import (
	"strings"
	"unicode"
)

// From where on an author is what. They are round numbers that a duty officer can repeat; nothing was learned here.
const (
	manyFollowers  = 10_000
	manyAmplify    = 20 // mentions of others that repeat theirs
	busyPosts      = 20
	busyPerHour    = 30
	repeatingPosts = 5
	repeatingShare = 0.8
	sayingTheSame  = 5
	digitsAtTheEnd = 5
)

// Judge finds the voice's kind and says why, from what was counted and a few of their texts. What a person said stands.
func (v *Voice) Judge(texts []string) {
	if v.SetBy != "" {
		return
	}
	v.Kind, v.Why = "", []Text{}
	for _, k := range []struct {
		kind string
		why  func([]string) []Text
	}{
		{VoiceMedia, v.media}, {VoiceBot, v.bot}, {VoiceEmployee, v.employee}, {VoiceInfluencer, v.influencer}, {VoiceCustomer, v.customer},
	} {
		if why := k.why(texts); len(why) > 0 {
			v.Kind, v.Why = k.kind, why
			return
		}
	}
}

func (v *Voice) media([]string) []Text {
	if v.Author.Media {
		return []Text{Say("Its source is entered as media.")}
	}
	return nil
}

// bot asks for a pace that no person keeps, or two lesser signs of which one is about what they post.
func (v *Voice) bot([]string) (why []Text) {
	pace := v.Mentions >= busyPosts && v.Mentions*60 >= busyPerHour*max(v.Minutes, 1)
	if pace {
		why = append(why, Say("{n} posts in {minutes} minutes.", "n", v.Mentions, "minutes", max(v.Minutes, 1)))
	}
	posted := 0
	if again := v.Copied + v.Reposts; v.Mentions >= repeatingPosts && float64(again) >= repeatingShare*float64(v.Mentions) {
		posted++
		why = append(why, Say("{n} of {total} posts repeat what others wrote.", "n", again, "total", v.Mentions))
	}
	if v.Same >= sayingTheSame {
		posted++
		why = append(why, Say("Said the same {n} times.", "n", v.Same))
	}
	if n := endDigits(v.Author.Handle); n >= digitsAtTheEnd {
		why = append(why, Say("The name ends in {n} digits.", "n", n))
	}
	if pace || posted > 0 && len(why) >= 2 {
		return why
	}
	return nil
}

func (v *Voice) influencer([]string) (why []Text) {
	if v.Author.Followers >= manyFollowers {
		why = append(why, Say("{n} people follow them.", "n", v.Author.Followers))
	}
	if v.Amplified >= manyAmplify {
		why = append(why, Say("{n} posts here repeat theirs.", "n", v.Amplified))
	}
	return why
}

func (v *Voice) employee(texts []string) []Text { return telling(texts, employeeWords) }

func (v *Voice) customer(texts []string) []Text { return telling(texts, customerWords) }

// telling quotes the first expression of the list that is in a text.
func telling(texts []string, words []string) []Text {
	for _, t := range texts {
		t = " " + strings.ToLower(t) + " "
		for _, w := range words {
			if at := strings.Index(t, w); at >= 0 && alone(t, at, at+len(w)) {
				return []Text{Say("Writes “{words}”.", "words", w)}
			}
		}
	}
	return nil
}

// alone reports whether text[from:to] begins where a word does; Chinese has no such places, Hebrew puts letters in front.
func alone(text string, from, to int) bool {
	first := []rune(text[from:to])[0]
	before := []rune(text[:from])
	return first >= 0x0590 || len(before) == 0 || !unicode.IsLetter(before[len(before)-1])
}

func endDigits(handle string) int {
	name, _, _ := strings.Cut(handle, "@")
	name = strings.TrimSuffix(name, ".bsky.social")
	return len(name) - len(strings.TrimRight(name, "0123456789"))
}

// customerWords are what people write who bought something, in the languages of the product.
var customerWords = []string{
	"my order", "i ordered", "i bought", "my package", "my parcel", "my delivery", "my flight", "my booking", "my refund", "my account was", "loyal customer", "customer for",
	"mitt paket", "min beställning", "jag beställde", "jag köpte", "mitt köp", "min leverans", "kund hos", "kund i",
	"zamówiłem", "zamówiłam", "kupiłem", "kupiłam", "moje zamówienie", "moja paczka", "moją paczkę", "mojego zamówienia", "jestem klient",
	"pesanan saya", "pesananku", "saya pesan", "saya beli", "aku beli", "paket saya", "paketku", "orderan saya", "pelanggan setia",
	"הזמנתי", "קניתי", "ההזמנה שלי", "החבילה שלי", "המשלוח שלי", "לקוח שלכם", "לקוחה שלכם", "הטיסה שלי",
	"我買了", "我訂了", "我訂的", "我的訂單", "我的包裹", "我點了", "我買的", "老顧客", "我买了", "我订了", "我的订单", "我的快递", "我点了", "我买的", "老顾客",
}

// employeeWords are what people write about where they work.
var employeeWords = []string{
	"i work for", "i work at", "we who work", "as an employee", "my coworkers", "my shift", "our management",
	"jag jobbar på", "jag jobbar hos", "jag jobbar för", "som anställd", "mina kollegor", "vår ledning", "vi som jobbar",
	"pracuję w", "pracuje w tej firmie", "jako pracownik", "moja zmiana", "nasze kierownictwo",
	"saya kerja di", "saya bekerja di", "aku kerja di", "sebagai karyawan", "kami karyawan",
	"אני עובד ב", "אני עובדת ב", "כעובד של", "כעובדת של", "אנחנו העובדים", "ההנהלה שלנו",
	"我在這裡上班", "我在這上班", "我是員工", "身為員工", "我們員工", "我在这里上班", "我在这上班", "我是员工", "作为员工", "我们员工",
}
