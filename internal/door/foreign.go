package door

import (
	"net/http"
	"strings"
)

// Foreign reports whether another site has a person's browser ask this, which is refused: anything that could change something,
// and anything but going to a page. The browser says so by Sec-Fetch-Site, older ones by Origin. One that says neither is not
// believed when it would change something; a program that is no browser acts for nobody but itself, whatever it leaves out.
func Foreign(r *http.Request) bool {
	if http.NewCrossOriginProtection().Check(r) != nil {
		return true
	}
	site := r.Header.Get("Sec-Fetch-Site")
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		switch site {
		case "", "same-origin", "none":
			return false
		}
		dest := r.Header.Get("Sec-Fetch-Dest")
		return r.Header.Get("Sec-Fetch-Mode") != "navigate" || dest == "object" || dest == "embed"
	}
	return site == "" && r.Header.Get("Origin") == "" && strings.HasPrefix(r.UserAgent(), "Mozilla/")
}
