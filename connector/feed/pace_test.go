package feed

import (
	"net/http"
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	t.Parallel()
	channel := func(inner string) string {
		return `<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>x</title>` + inner + `</channel></rss>`
	}
	for _, tc := range []struct {
		name, inner, cache string
		want               time.Duration
	}{
		{"nothing said", "", "", 5 * time.Minute},
		{"ttl", "<ttl>20</ttl>", "", 20 * time.Minute},
		{"ttl too short", "<ttl>0</ttl>", "max-age=1", 2 * time.Minute},
		{"ttl too long", "<ttl>1440</ttl>", "", time.Hour},
		{"ttl absurd", "<ttl>99999999999</ttl>", "", time.Hour},
		{"ttl no number", "<ttl>soon</ttl>", "", 5 * time.Minute},
		{"cache", "", "public, max-age=600", 10 * time.Minute},
		{"cache off", "", "no-store", 5 * time.Minute},
		{"the longest wish", "<ttl>3</ttl>", "max-age=600", 10 * time.Minute},
		{"period", "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", "", 15 * time.Minute},
		{"daily", "<sy:updatePeriod>daily</sy:updatePeriod>", "", time.Hour},
		{"rests at noon", "<ttl>5</ttl><skipHours><hour>12</hour></skipHours>", "", time.Hour},
		{"rests at night", "<ttl>5</ttl><skipHours><hour>2</hour><hour>24</hour></skipHours>", "", 5 * time.Minute},
		{"rests on Saturdays", "<skipDays><day>Saturday</day></skipDays>", "", time.Hour},
	} {
		f, err := decode([]byte(channel(tc.inner)), "")
		if err != nil {
			t.Fatal(err)
		}
		if got := pace(f, http.Header{"Cache-Control": {tc.cache}}, noon); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}
