package app

import (
	"context"
	"strings"
	"time"

	"breakwater/desk"
)

// demoPage is what the demo's team prepared in quiet times: a page for the day when a product makes people ill.
var demoPage = []desk.CentreText{
	{
		Lang: "en", Title: "{product}: please do not eat it for now",
		About: "People have told us that they felt ill after eating {product}. We do not know yet whether our product is the cause. We have stopped selling it and are having it tested by an independent laboratory.\n\nWe publish every result here, also those that we do not like.",
		Do: []string{
			"Do not eat {product}, whatever the date on it says.",
			"Put it aside, closed, with the receipt if you have it. You get your money back without one.",
			"If you feel ill, or your child does, call your doctor. In an emergency call 112.",
		},
		Help:  []string{"Telephone, day and night, free of charge: +48 800 555 012", "Write to us: help@kavelund.example", "Money back: at every shop that sells {product}"},
		Press: []string{"Ewa Nowak, +48 22 555 01 77, press@kavelund.example"},
		Questions: []desk.CentreQuestion{
			{ID: "q1", Question: "Which products are affected?", Answer: "{product}, all sizes. Everything else of {brand} is made on other lines."},
			{ID: "q2", Question: "I have eaten it and feel well. What should I do?", Answer: "Nothing special. Should you feel ill within the next three days, call your doctor and tell us."},
			{ID: "q3", Question: "How do I get my money back?", Answer: "At every shop that sells it, with or without the receipt. You can also send us a picture of the jar: help@kavelund.example"},
		},
	},
	{
		Lang: "pl", Title: "{product}: prosimy na razie nie jeść",
		About: "Otrzymaliśmy zgłoszenia, że po zjedzeniu produktu {product} niektórzy źle się poczuli. Nie wiemy jeszcze, czy przyczyną jest nasz produkt. Wstrzymaliśmy sprzedaż i zleciliśmy badania niezależnemu laboratorium.\n\nKażdy wynik opublikujemy tutaj, także taki, który nam się nie spodoba.",
		Do: []string{
			"Nie jedz produktu {product}, niezależnie od daty na opakowaniu.",
			"Odłóż go zamknięty, z paragonem, jeśli go masz. Pieniądze zwrócimy także bez paragonu.",
			"Jeśli Ty lub Twoje dziecko źle się czujecie, zadzwoń do lekarza. W nagłym wypadku dzwoń pod 112.",
		},
		Help:  []string{"Telefon, całą dobę, bezpłatnie: +48 800 555 012", "Napisz do nas: help@kavelund.example", "Zwrot pieniędzy: w każdym sklepie, który sprzedaje {product}"},
		Press: []string{"Ewa Nowak, +48 22 555 01 77, press@kavelund.example"},
		Questions: []desk.CentreQuestion{
			{ID: "q1", Question: "Których produktów to dotyczy?", Answer: "{product}, wszystkie wielkości. Pozostałe produkty {brand} powstają na innych liniach."},
			{ID: "q2", Question: "Zjadłem i czuję się dobrze. Co robić?", Answer: "Nic szczególnego. Jeśli w ciągu trzech dni poczujesz się źle, zadzwoń do lekarza i daj nam znać."},
			{ID: "q3", Question: "Jak odzyskać pieniądze?", Answer: "W każdym sklepie, który go sprzedaje, z paragonem lub bez. Możesz też przysłać nam zdjęcie słoika: help@kavelund.example"},
		},
	},
}

// seedCentre prepares the demo's page of the crisis centre, signed by two of its people: on the day it takes one act.
func seedCentre(ctx context.Context, s *stages, brand desk.Brand, people []desk.User, fill *strings.Replacer) error {
	c := desk.Centre{BrandID: brand.ID, Name: "A product makes people ill", Slug: "product-safety", Scenario: "product-harm"}
	for _, t := range demoPage {
		c.Draft = append(c.Draft, filled(t, fill))
	}
	c, err := s.centre.Save(ctx, c)
	if err != nil {
		return err
	}
	if c, err = s.centre.Ask(ctx, c.ID, desk.Severe); err != nil {
		return err
	}
	_, err = s.db.ChangeStatement(ctx, c.Asked.StatementID, desk.ActOf(ctx, "statement.sign", ""), func(st *desk.Statement, out *desk.Out) error {
		now := time.Now().UTC()
		for i := range st.Needs {
			n, by := &st.Needs[i], people[i%len(people)]
			n.Verdict, n.By, n.ByName, n.At, n.How, n.Hash = desk.Approved, by.ID, by.Name, now, desk.SignedConsole, st.Hash()
		}
		st.State = desk.StatementApproved
		out.Say = desk.Say("{name} signed {title}.", "name", people[0].Name, "title", st.Title)
		return nil
	})
	return err
}

// filled is a text with its blanks filled.
func filled(t desk.CentreText, fill *strings.Replacer) desk.CentreText {
	lines := func(in []string) (out []string) {
		for _, l := range in {
			out = append(out, fill.Replace(l))
		}
		return out
	}
	t.Title, t.About, t.Do, t.Help, t.Press = fill.Replace(t.Title), fill.Replace(t.About), lines(t.Do), lines(t.Help), lines(t.Press)
	var asked []desk.CentreQuestion
	for _, q := range t.Questions {
		asked = append(asked, desk.CentreQuestion{ID: q.ID, Question: fill.Replace(q.Question), Answer: fill.Replace(q.Answer)})
	}
	t.Questions = asked
	return t
}
