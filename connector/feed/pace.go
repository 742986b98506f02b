package feed

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
)

// How often to look. Two minutes is polite with conditional requests and as fast as a newsroom; after an hour a crisis has
// happened without us, whatever the feed says.
const (
	usually = 5 * time.Minute
	atLeast = 2 * time.Minute
	atMost  = time.Hour
)

// pace is how long the feed asks us to wait: the longest of its wishes, within atLeast … atMost.
func pace(f *gofeed.Feed, h http.Header, now time.Time) time.Duration {
	wish := max(cacheWish(h), ttlWish(f), periodWish(f))
	if wish == 0 {
		wish = usually
	}
	if resting(f, now.Add(wish)) {
		wish = atMost
	}
	return min(max(wish, atLeast), atMost)
}

func cacheWish(h http.Header) time.Duration {
	for _, part := range strings.Split(h.Get("Cache-Control"), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if strings.EqualFold(name, "max-age") {
			return count(strings.Trim(value, `"`), time.Second)
		}
	}
	return 0
}

func ttlWish(f *gofeed.Feed) time.Duration { return count(f.Custom["ttl"], time.Minute) }

// periods are those of the RSS syndication module.
var periods = map[string]time.Duration{
	"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
}

func periodWish(f *gofeed.Feed) time.Duration {
	period := periods[strings.ToLower(extension(f, "sy", "updatePeriod"))]
	times := max(count(extension(f, "sy", "updateFrequency"), 1), 1)
	return period / times
}

func extension(f *gofeed.Feed, space, name string) string {
	if list := f.Extensions[space][name]; len(list) > 0 {
		return strings.TrimSpace(list[0].Value)
	}
	return ""
}

// count is n units, at most a year of seconds, whatever is written there; 0 when it is no number.
func count(n string, unit time.Duration) time.Duration {
	v, err := strconv.Atoi(strings.TrimSpace(n))
	if err != nil || v < 0 {
		return 0
	}
	return time.Duration(min(v, 365*24*3600)) * unit
}

// resting reports whether the feed says that nothing happens at that hour (GMT).
func resting(f *gofeed.Feed, at time.Time) bool {
	at = at.UTC()
	for _, h := range strings.Fields(f.Custom["skipHours"]) {
		if n, err := strconv.Atoi(h); err == nil && n%24 == at.Hour() {
			return true
		}
	}
	for _, d := range strings.Fields(f.Custom["skipDays"]) {
		if strings.EqualFold(d, at.Weekday().String()) {
			return true
		}
	}
	return false
}
