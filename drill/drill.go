// Package drill rehearses: it plays crises of an invented brand into the sandbox network, so that people and machine can
// practise on what looks like the real thing and nothing leaves the house.
package drill

import "breakwater/desk"

// kavelundMonitors are those of a chain of cafés, whose name each language writes in its own letters.
func kavelundMonitors() []desk.Monitor {
	return []desk.Monitor{
		{Kind: "brand", Name: "Kavelund", Query: `Kavelund* OR #kavelund OR @kavelund OR "卡維倫" OR קוולונד`, Sensitivity: "balanced"},
		{Kind: "product", Name: "Oat Cloud", Query: `"Oat Cloud" OR Havremoln* OR "Owsiana Chmurka" OR "Owsianej Chmurki" OR "Owsianą Chmurkę" OR "Owsianej Chmurce" OR "Awan Oat" OR "燕麥雲朵" OR "ענן שיבולת"`, Sensitivity: "balanced"},
		{Kind: "hashtag", Name: "Boycott", Query: `#BoycottKavelund OR #BojkottaKavelund OR #BojkotKavelund OR #BoikotKavelund OR "拒喝卡維倫" OR #חרם_על_קוולונד`, Sensitivity: "high"},
	}
}
