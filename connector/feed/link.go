package feed

import (
	"net/url"
	"slices"
	"strings"
)

// tracking are the parameters that say who sent the reader, not what they read. Names that end in * are beginnings.
var tracking = []string{
	"utm_*", "mc_*", "pk_*", "piwik_*", "mtm_*", "hsa_*", "at_*", "ns_*", "oly_*", "vero_*", "_hs*", "__hs*", "trk*",
	"fbclid", "gclid", "gclsrc", "dclid", "msclkid", "yclid", "igshid", "igsh", "twclid", "ttclid", "wbraid", "gbraid", "srsltid",
	"mkt_tok", "cmpid", "ocid", "ncid", "smid", "spm", "s_cid", "ref_src", "ref_url", "_ga", "_gl", "rss", "cmp", "wt_mc", "ito",
}

func tracks(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(tracking, func(t string) bool {
		prefix, wild := strings.CutSuffix(t, "*")
		return t == name || wild && strings.HasPrefix(name, prefix)
	})
}

// canonical is the address of an article as it stands on any copy of the link: absolute, unwrapped from redirectors, without
// tracking parameters, fragment, default port, and user. It is empty when link is not a web address.
func canonical(link string, base *url.URL) string {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || strings.TrimSpace(link) == "" {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	u = unwrap(u)
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return ""
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	u.Host = strings.ToLower(strings.TrimSuffix(u.Host, map[string]string{"http": ":80", "https": ":443"}[u.Scheme]))
	u.RawQuery = withoutTracking(u.RawQuery)
	u.ForceQuery = false
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

// unwrap gives where a redirector's link leads: Google's (Alerts, search) and Facebook's carry the address in the query.
func unwrap(u *url.URL) *url.URL {
	for range 3 {
		host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
		var names []string
		switch {
		case u.Path == "/url" && (strings.HasPrefix(host, "google.") || strings.Contains(host, ".google.")):
			names = []string{"url", "q"}
		case u.Path == "/l.php" && strings.HasSuffix(host, "facebook.com"):
			names = []string{"u"}
		}
		next := target(u, names)
		if next == nil {
			break
		}
		u = next
	}
	return u
}

func target(u *url.URL, names []string) *url.URL {
	for _, name := range names {
		to, err := url.Parse(u.Query().Get(name))
		if err == nil && (to.Scheme == "http" || to.Scheme == "https") && to.Host != "" {
			return to
		}
	}
	return nil
}

// withoutTracking keeps the other parameters as and where they are: their order may matter to the site.
func withoutTracking(query string) string {
	if query == "" {
		return ""
	}
	kept := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return pair == "" || tracks(name)
	})
	return strings.Join(kept, "&")
}

// site is the host as people name it, without www.
func site(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}
