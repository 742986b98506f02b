package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestBehindProxy(t *testing.T) {
	t.Parallel()
	ours, err := proxies([]string{"10.0.0.0/8", "2001:db8::1"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, remote string
		forwarded    []string
		want         string
	}{
		{"nobody between", "192.0.2.7:4711", nil, "192.0.2.7:4711"},
		{"a stranger lies", "192.0.2.7:4711", []string{"198.51.100.1"}, "192.0.2.7:4711"},
		{"our proxy on this machine", "127.0.0.1:4711", []string{"198.51.100.1"}, "198.51.100.1:0"},
		{"our proxy elsewhere", "10.1.2.3:4711", []string{"198.51.100.1"}, "198.51.100.1:0"},
		{"our proxy passes a lie on", "127.0.0.1:4711", []string{"203.0.113.9, 198.51.100.1"}, "198.51.100.1:0"},
		{"two of ours", "127.0.0.1:4711", []string{"198.51.100.1", "10.1.2.3"}, "198.51.100.1:0"},
		{"by version 6", "[::1]:4711", []string{"2001:db8::7"}, "[2001:db8::7]:0"},
		{"through a proxy of version 6", "[2001:db8::1]:4711", []string{"::ffff:198.51.100.1"}, "198.51.100.1:0"},
		{"no header", "127.0.0.1:4711", nil, "127.0.0.1:4711"},
		{"nonsense", "127.0.0.1:4711", []string{"unknown"}, "127.0.0.1:4711"},
		{"nonsense beyond ours", "127.0.0.1:4711", []string{"unknown, 10.1.2.3"}, "10.1.2.3:0"},
	}
	for _, tt := range tests {
		var got string
		h := behindProxy(ours, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr }))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = tt.remote
		for _, f := range tt.forwarded {
			r.Header.Add("X-Forwarded-For", f)
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
		if got != tt.want {
			t.Errorf("%s: from %s forwarded for %q = %s, want %s", tt.name, tt.remote, tt.forwarded, got, tt.want)
		}
	}
	if _, err := proxies([]string{"everybody"}); err == nil {
		t.Error("a proxy named everybody was taken")
	}
}
