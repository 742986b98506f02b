package match

import (
	"strings"

	"breakwater/desk"
)

// Own knows the accounts that are ours, with the brand of each. Once it is made it does not change and may be used concurrently.
type Own map[string]int64

// NewOwn gathers the accounts of all brands, and those that their channels speak with.
func NewOwn(brands []desk.Brand, channels ...desk.Channel) Own {
	own := Own{}
	for _, b := range brands {
		for _, a := range b.Accounts {
			network, handle, ok := strings.Cut(a, ":")
			if ok {
				own.Add(network, handle, b.ID)
			}
		}
	}
	for _, c := range channels {
		network := c.Kind
		if network == "mailbox" { // it answers mails
			network = "email"
		}
		own.Add(network, c.Account, c.BrandID)
	}
	return own
}

// Add notes that an account, or on the network "email" an address, is a brand's. Nothing is noted of an empty one.
func (o Own) Add(network, handle string, brandID int64) {
	if strings.TrimSpace(handle) != "" {
		o[account(network, handle)] = brandID
	}
}

func account(network, handle string) string {
	return strings.ToLower(strings.TrimSpace(network) + ":" + strings.TrimPrefix(strings.TrimSpace(handle), "@"))
}

// Wrote reports whether one of our accounts wrote the mention. An account is known by its handle or its native id.
func (o Own) Wrote(m *desk.Mention) bool {
	if len(o) == 0 {
		return false
	}
	if _, ours := o[account(m.Network, m.Author.Handle)]; ours {
		return true
	}
	_, ours := o[account(m.Network, m.Author.NativeID)]
	return ours && m.Author.NativeID != ""
}

// Named is the brand whose account a mention names; 0 when it names none of ours.
func (o Own) Named(m *desk.Mention) int64 {
	if len(o) == 0 {
		return 0
	}
	for _, id := range m.Names {
		if brand := o[account(m.Network, id)]; brand != 0 {
			return brand
		}
	}
	text := m.Text
	for {
		_, rest, found := strings.Cut(text, "@")
		if !found {
			return 0
		}
		name, _, _ := strings.Cut(rest, " ")
		name = strings.TrimRightFunc(handleOf(name), func(r rune) bool { return r == '.' || r == '@' || r == '-' })
		if brand := o[account(m.Network, name)]; brand != 0 && name != "" {
			return brand
		}
		text = rest
	}
}

// handleOf is the beginning of a text that may be an account's name.
func handleOf(s string) string {
	if end := strings.IndexFunc(s, func(r rune) bool { return !isHandle(r) }); end >= 0 {
		return s[:end]
	}
	return s
}

func isHandle(r rune) bool {
	return r == '_' || r == '.' || r == '-' || r == '@' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
