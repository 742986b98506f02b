package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"breakwater/desk"
)

var searchTests = map[string]func(*testing.T, Bed){
	"words of every script": func(t *testing.T, db Bed) {
		texts := []string{
			0:  "החברה התנצלה ומהבית נמסר שהמוצר בטוח",
			1:  "בבית ספר בחיפה",
			2:  "顧客表示手機爆炸了",
			3:  "我買了一部iPhone手機",
			4:  "Zażółć gęślą jaźń w Łodzi",
			5:  "zolta lodz na wodzie",
			6:  "Räksmörgås på Åland",
			7:  "raksmorgas utan prickar",
			8:  "Don't buy McDonald's coffee, says @acme_support",
			9:  "ＦＵＬＬ ｗｉｄｔｈ",
			10: "שָׁלוֹם עולם",
			11: `דובר צה"ל מסר`,
			12: "Ελλάδα και Москва ёлка",
			13: "fire 🔥 everywhere",
			14: "co\u200dop\u200d bank and a soft\u00adhyphen",
			15: "Perusahaan meminta maaf atas keterlambatan",
		}
		var all []desk.Mention
		for i, s := range texts {
			all = append(all, said(fmt.Sprint(i), noon.Add(time.Duration(i)*time.Minute), s))
		}
		appendAll(t, db.DB, all...)
		for _, tt := range []struct {
			q    string
			want []int
		}{
			{"בית", []int{0, 1}}, {"הבית", []int{0}}, {"מוצר", []int{0}}, {"חברה", []int{0}}, {`"בית ספר"`, []int{1}}, {"חיפה", []int{1}},
			{"手機", []int{2, 3}}, {"爆炸", []int{2}}, {"手機爆炸", []int{2}}, {"機爆", []int{2}}, {"炸手", nil}, {"買", []int{3}}, {"了", []int{2, 3}}, {"iPhone手機", []int{3}}, {"機", []int{2, 3}},
			{"zazolc", []int{4}}, {"zażółć", []int{4}}, {"ZAŻÓŁĆ", []int{4}}, {`"zażółć gęślą"`, []int{4}}, {"łódź", []int{5}}, {`"łodzi"`, []int{4}}, {`"lodzi"`, []int{4}}, {`"żółta"`, nil}, {"żółta", []int{5}},
			{"räksmörgås", []int{6, 7}}, {"raksmorgas", []int{6, 7}}, {`"räksmörgås"`, []int{6}}, {"åland", []int{6}}, {"aland", []int{6}},
			{"mcdonald", []int{8}}, {"McDonald's", []int{8}}, {"acme_support", []int{8}}, {"#acme", []int{8}}, {"coffe*", []int{8}}, {"coffe", nil},
			{"full WIDTH", []int{9}}, {"שלום", []int{10}}, {"צה״ל", []int{11}}, {"צהל", []int{11}},
			{"ελλαδα", []int{12}}, {"москва", []int{12}}, {"елка", []int{12}}, {"🔥", []int{13}}, {"coop", []int{14}}, {"softhyphen", []int{14}},
			{"maaf -perusahaan", nil}, {"maaf -firma", []int{15}}, {"maaf terlambat*", nil}, {"maaf keterlamb*", []int{15}},
		} {
			p := must(db.Mentions(t.Context(), desk.Filter{Text: tt.q}))(t)
			var got []int
			for _, m := range p.Mentions {
				got = append(got, slices.IndexFunc(texts, func(s string) bool { return s == m.Text }))
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s finds %v, want %v", tt.q, got, tt.want)
			}
		}
	},

	"title and text are one, and a phrase stays within one of them": func(t *testing.T, db Bed) {
		m := said("1", noon, "text begins here")
		m.Title = "The title ends"
		appendAll(t, db.DB, m)
		for q, want := range map[string]int{`title begins`: 1, `"title ends"`: 1, `"ends text"`: 0} {
			if got := len(must(db.Mentions(t.Context(), desk.Filter{Text: q}))(t).Mentions); got != want {
				t.Errorf("%s finds %d, want %d", q, got, want)
			}
		}
	},
}
