package enrich

import "breakwater/desk"

// cueWord is a type of crisis in people's words.
type cueWord struct {
	name        string
	title, help desk.Text
}

// cueWords are the program's types in the order of data/cues/types.txt.
var cueWords = []cueWord{
	{"boycott", desk.Say("Boycott"), desk.Say("People call on others not to buy, or say that they leave.")},
	{"safety_injury", desk.Say("Safety and injury"), desk.Say("Fire, explosion, injury, a dangerous product, a recall.")},
	{"food_illness", desk.Say("Illness from food"), desk.Say("Food poisoning, mould, vermin, something in the food that does not belong there.")},
	{"data_breach", desk.Say("Data breach"), desk.Say("Leaked data, hacked accounts, money taken by strangers, privacy.")},
	{"outage", desk.Say("Outage"), desk.Say("The service, the app or paying does not work.")},
	{"discrimination", desk.Say("Discrimination"), desk.Say("Racism, sexism, harassment, people turned away, an offensive advertisement.")},
	{"legal_regulatory", desk.Say("Law and regulators"), desk.Say("Lawsuits, police, authorities, fines.")},
	{"fraud_deception", desk.Say("Fraud and deception"), desk.Say("Scams, hidden charges, false advertising, fakes, money not given back.")},
	{"labour", desk.Say("Working conditions"), desk.Say("Strikes, layoffs, unpaid wages, how people are treated at work.")},
	{"environment_animals", desk.Say("Environment and animals"), desk.Say("Pollution, waste, greenwashing, cruelty to animals.")},
	{"leadership_scandal", desk.Say("Leadership scandal"), desk.Say("Corruption, cover-ups, resignations, words of those at the top.")},
	{"geopolitics", desk.Say("Politics and religion"), desk.Say("War, sanctions, religion, a side that the brand is said to take.")},
	{"violence_threat", desk.Say("Threats and violence"), desk.Say("Threats and violence against people or places.")},
	{"misinformation", desk.Say("Misinformation"), desk.Say("Rumours, fake accounts, faked pictures, smears.")},
	{"service_rage", desk.Say("Anger at service"), desk.Say("Customers let down: nobody answers, nothing arrives. One says little, many say much.")},
}

// CueNames are the names of the program's types.
func CueNames() []string {
	names := make([]string, len(cueWords))
	for i, w := range cueWords {
		names[i] = w.name
	}
	return names
}

// CueTitles are the types' titles by name.
func CueTitles() map[string]desk.Text {
	all := make(map[string]desk.Text, len(cueWords))
	for _, w := range cueWords {
		all[w.name] = w.title
	}
	return all
}

// CueHelps say in a line what each type is.
func CueHelps() map[string]desk.Text {
	all := make(map[string]desk.Text, len(cueWords))
	for _, w := range cueWords {
		all[w.name] = w.help
	}
	return all
}
