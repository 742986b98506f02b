package match

import (
	"strings"

	"breakwater/desk"
)

// Own knows the accounts that are ours. It does not change and may be used concurrently.
type Own map[string]bool

// NewOwn gathers the accounts of all brands.
func NewOwn(brands []desk.Brand) Own {
	own := Own{}
	for _, b := range brands {
		for _, a := range b.Accounts {
			network, handle, ok := strings.Cut(a, ":")
			if ok {
				own[account(network, handle)] = true
			}
		}
	}
	return own
}

func account(network, handle string) string {
	return strings.ToLower(strings.TrimSpace(network) + ":" + strings.TrimPrefix(strings.TrimSpace(handle), "@"))
}

// Wrote reports whether one of our accounts wrote the mention. An account is known by its handle or its native id.
func (o Own) Wrote(m *desk.Mention) bool {
	if len(o) == 0 {
		return false
	}
	return o[account(m.Network, m.Author.Handle)] || m.Author.NativeID != "" && o[account(m.Network, m.Author.NativeID)]
}
