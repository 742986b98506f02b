package centre

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"breakwater/desk"
)

// Beside says, as *desk.Invalid, why a crisis centre cannot have its addresses: they are those of another one, or the console's. Channels
// of other kinds can be as they are.
func (d *Desk) Beside(ch desk.Channel, others []desk.Channel) error {
	if ch.Kind != desk.CentreKind {
		return nil
	}
	host := strings.ToLower(ch.Settings["host"])
	if host != "" && host == d.host() {
		return desk.Wrong("host", "The console is reached under this name. The crisis centre needs one of its own, or none: it is under {address} anyway.", "address", d.url+"/c/"+ch.Settings["path"]+"/")
	}
	for _, o := range others {
		switch {
		case o.Kind != desk.CentreKind:
		case o.Settings["path"] == ch.Settings["path"]:
			return desk.Wrong("path", "Another crisis centre of this desk has this address. Choose one of its own.")
		case host != "" && strings.EqualFold(o.Settings["host"], host):
			return desk.Wrong("host", "Another crisis centre of this desk has this address. Choose one of its own.")
		}
	}
	return nil
}

// host is the name that the console is reached under.
func (d *Desk) host() string {
	u, err := url.Parse(d.url)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// byAge puts channels in the order in which they were made: who had an address first keeps it.
func byAge(all []desk.Channel) []desk.Channel {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b desk.Channel) int { return cmp.Compare(a.ID, b.ID) })
	return all
}
