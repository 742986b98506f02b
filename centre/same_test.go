package centre

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http/httpguts"
)

// twins are one site behind two servers, the first without the quick way.
func twins(t *testing.T) (ordinary, quick string) {
	t.Helper()
	s := aSite()
	var addresses []string
	for _, wrap := range []func(net.Listener) net.Listener{func(ln net.Listener) net.Listener { return ln }, s.Listen} {
		ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10, Handler: s}
		ended := make(chan struct{})
		go func() { _ = srv.Serve(wrap(ln)); close(ended) }()
		t.Cleanup(func() { _ = srv.Close(); <-ended })
		addresses = append(addresses, ln.Addr().String())
	}
	return addresses[0], addresses[1]
}

// conversation sends bytes and gives all that comes back until the server ends it: each answer's status, headers but the date, and body.
func conversation(t *testing.T, address, raw string) (all []string) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = io.WriteString(c, raw) // a server that has enough of it closes
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	r := bufio.NewReader(c)
	method := http.MethodGet
	if strings.HasPrefix(raw, "HEAD ") {
		method = http.MethodHead
	}
	for {
		res, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil {
			if _, closed := errors.AsType[*net.OpError](err); !closed && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%.80q: %v", raw, err)
			}
			return all
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatalf("%.80q: %v", raw, err)
		}
		res.Header.Del("Date")
		var head bytes.Buffer
		_ = res.Header.Write(&head) // into memory
		one := fmt.Sprintf("%s %s close=%v length=%d %v\n%s\n%q", res.Proto, res.Status, res.Close, res.ContentLength, res.TransferEncoding, head.String(), body)
		if _, random, several := strings.Cut(res.Header.Get("Content-Type"), "boundary="); several {
			one = strings.ReplaceAll(one, random, "BOUNDARY")
		}
		all = append(all, one)
	}
}

// Whatever is sent, the answers are those that the ordinary server gives: as many, in this order, with the same status, headers and bytes.
func TestTheQuickWayIsNoOther(t *testing.T) {
	t.Parallel()
	ordinary, quick := twins(t)
	const get, host = "GET /c/aurora/ HTTP/1.1\r\n", "Host: x\r\n"
	etag := aSite().now.Load().homes["aurora"]["index.html"].etag
	tiny := "GET /c/aurora/tiny.json HTTP/1.1\r\n" + host + "\r\n"
	for name, raw := range map[string]string{
		"page":                         get + host + "\r\n",
		"pipelined":                    tiny + get + host + "\r\n" + tiny,
		"pipelined past an odd one":    tiny + "POST /c/aurora/ HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc" + tiny,
		"pipelined after the last":     "GET /c/aurora/tiny.json HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n" + tiny,
		"keep-alive, said":             get + host + "Connection: Keep-Alive\r\n\r\n",
		"connection names a header":    get + host + "Connection: keep-alive, te\r\n\r\n",
		"HTTP/1.0":                     "GET /c/aurora/ HTTP/1.0\r\n\r\n",
		"HTTP/1.0 that stays":          "GET /c/aurora/tiny.json HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + tiny,
		"HTTP/0.9":                     "GET /c/aurora/\r\n\r\n",
		"HTTP/2 without asking":        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"HTTP/1.2":                     "GET /c/aurora/ HTTP/1.2\r\n" + host + "\r\n",
		"http in small letters":        "GET /c/aurora/ http/1.1\r\n" + host + "\r\n",
		"HEAD":                         "HEAD /c/aurora/ HTTP/1.1\r\n" + host + "\r\n",
		"HEAD, compressed":             "HEAD /c/aurora/ HTTP/1.1\r\n" + host + "Accept-Encoding: gzip\r\n\r\n",
		"OPTIONS":                      "OPTIONS /c/aurora/ HTTP/1.1\r\n" + host + "\r\n",
		"DELETE":                       "DELETE /c/aurora/ HTTP/1.1\r\n" + host + "\r\n",
		"TRACE":                        "TRACE /c/aurora/ HTTP/1.1\r\n" + host + "\r\n",
		"a method of nobody":           "BREW /c/aurora/ HTTP/1.1\r\n" + host + "\r\n",
		"a method in small letters":    "get /c/aurora/ HTTP/1.1\r\n" + host + "\r\n",
		"no method":                    " /c/aurora/ HTTP/1.1\r\n" + host + "\r\n",
		"a body on GET":                get + host + "Content-Length: 3\r\n\r\nabc" + tiny,
		"no body, said":                get + host + "Content-Length: 0\r\n\r\n" + tiny,
		"a chunked body on GET":        get + host + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + tiny,
		"length and chunks":            get + host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + tiny,
		"two lengths":                  get + host + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc" + tiny,
		"a space before the colon":     get + host + "Content-Length : 3\r\n\r\nabc",
		"expect":                       get + host + "Expect: 100-continue\r\n\r\n",
		"expect something else":        get + host + "Expect: miracles\r\n\r\n",
		"expect with a body":           get + host + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
		"upgrade":                      get + host + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
		"upgrade by name only":         get + host + "Upgrade-Insecure-Requests: 1\r\n\r\n",
		"no host":                      get + "\r\n",
		"empty host":                   get + "Host:\r\n\r\n",
		"two hosts":                    get + host + "Host: y\r\n\r\n",
		"host with a port":             "GET / HTTP/1.1\r\nHost: help.example.org:8443\r\n\r\n",
		"host in capitals":             "GET / HTTP/1.1\r\nHost: HELP.example.ORG\r\n\r\n",
		"host with a space":            "GET / HTTP/1.1\r\nHost: help.example.org evil\r\n\r\n",
		"host with a path":             "GET / HTTP/1.1\r\nHost: help.example.org/x\r\n\r\n",
		"host of no bytes we know":     get + "Host: \xff\xfe\r\n\r\n",
		"host in brackets":             get + "Host: [::1]:80\r\n\r\n",
		"own host":                     "GET /tiny.json HTTP/1.1\r\nHost: help.example.org\r\n\r\n",
		"absolute target":              "GET http://help.example.org/tiny.json HTTP/1.1\r\nHost: x\r\n\r\n",
		"absolute target by path":      "GET http://x/c/aurora/tiny.json HTTP/1.1\r\nHost: help.example.org\r\n\r\n",
		"authority as target":          "CONNECT x:80 HTTP/1.1\r\n" + host + "\r\n",
		"star as target":               "OPTIONS * HTTP/1.1\r\n" + host + "\r\n",
		"no target":                    "GET  HTTP/1.1\r\n" + host + "\r\n",
		"escaped path":                 "GET /c/aurora/%74iny.json HTTP/1.1\r\n" + host + "\r\n",
		"escaped slash":                "GET /c/aurora%2Ftiny.json HTTP/1.1\r\n" + host + "\r\n",
		"badly escaped":                "GET /c/aurora/%zz HTTP/1.1\r\n" + host + "\r\n",
		"dots":                         "GET /c/aurora/../aurora/tiny.json HTTP/1.1\r\n" + host + "\r\n",
		"two slashes":                  "GET //c/aurora/ HTTP/1.1\r\n" + host + "\r\n",
		"query":                        "GET /c/aurora/tiny.json?x=1 HTTP/1.1\r\n" + host + "\r\n",
		"semicolon":                    "GET /c/aurora/tiny.json;x HTTP/1.1\r\n" + host + "\r\n",
		"fragment":                     "GET /c/aurora/tiny.json#x HTTP/1.1\r\n" + host + "\r\n",
		"a space in the target":        "GET /c/aurora/tiny json HTTP/1.1\r\n" + host + "\r\n",
		"a null in the target":         "GET /c/aurora/\x00 HTTP/1.1\r\n" + host + "\r\n",
		"folder without slash":         "GET /c/aurora HTTP/1.1\r\n" + host + "\r\n",
		"another's":                    "GET /c/other/ HTTP/1.1\r\n" + host + "\r\n",
		"taken down":                   "GET /c/aurora/old/ HTTP/1.1\r\n" + host + "\r\n",
		"known":                        get + host + "If-None-Match: " + etag + "\r\n\r\n",
		"known, weakly":                get + host + "if-none-match: W/" + etag + "\r\n\r\n",
		"known, something else":        get + host + "If-None-Match: \"x\"\r\n\r\n",
		"known among others":           get + host + "If-None-Match: \"x\", W/" + etag + "\r\n\r\n",
		"known, whatever it is":        get + host + "If-None-Match: *\r\n\r\n",
		"known in two headers":         get + host + "If-None-Match: \"x\"\r\nIf-None-Match: " + etag + "\r\n\r\n",
		"known in two headers, turned": get + host + "If-None-Match: " + etag + "\r\nIf-None-Match: \"x\"\r\n\r\n",
		"known plain, asked packed":    get + host + "If-None-Match: " + etag + "\r\nAccept-Encoding: gzip\r\n\r\n",
		"known, first not said":        get + host + "If-None-Match:\r\nIf-None-Match: " + etag + "\r\n\r\n",
		"known, but empty":             get + host + "If-None-Match:\r\n\r\n",
		"known since":                  get + host + "If-Modified-Since: Sat, 21 Nov 2026 12:00:00 GMT\r\n\r\n",
		"known since, nonsense":        get + host + "If-Modified-Since: yesterday\r\n\r\n",
		"only if it is":                get + host + "If-Match: \"x\"\r\n\r\n",
		"only if unmodified":           get + host + "If-Unmodified-Since: Sat, 21 Nov 2020 12:00:00 GMT\r\n\r\n",
		"range":                        get + host + "Range: bytes=5-9\r\n\r\n",
		"range beyond":                 get + host + "Range: bytes=900000-\r\n\r\n",
		"several ranges":               get + host + "Range: bytes=0-0,-1\r\n\r\n" + tiny,
		"range if":                     get + host + "Range: bytes=5-9\r\nIf-Range: " + etag + "\r\n\r\n",
		"packed":                       get + host + "Accept-Encoding: gzip, br\r\n\r\n",
		"packed, at a price":           get + host + "Accept-Encoding: br, gzip;q=0.8\r\n\r\n",
		"packed by no means":           get + host + "Accept-Encoding: gzip;q=0\r\n\r\n",
		"packed as we cannot":          get + host + "Accept-Encoding: br\r\n\r\n",
		"packed in capitals":           get + host + "Accept-Encoding: GZIP\r\n\r\n",
		"packed, asked twice":          get + host + "Accept-Encoding: br\r\nAccept-Encoding: gzip\r\n\r\n",
		"packed, asked twice, turned":  get + host + "Accept-Encoding: gzip\r\nAccept-Encoding: br\r\n\r\n",
		"line ends without return":     "GET /c/aurora/tiny.json HTTP/1.1\nHost: x\n\n",
		"some without return":          "GET /c/aurora/tiny.json HTTP/1.1\r\nHost: x\nX-A: 1\r\n\r\n",
		"the last without return":      "GET /c/aurora/tiny.json HTTP/1.1\r\nHost: x\r\n\n",
		"a return alone":               "GET /c/aurora/tiny.json HTTP/1.1\r\nHost: x\rX-A: 1\r\n\r\n",
		"an empty line before":         "\r\n" + tiny,
		"header without colon":         get + host + "nonsense\r\n\r\n",
		"header without name":          get + host + ": x\r\n\r\n",
		"header name with a space":     get + host + "X A: 1\r\n\r\n",
		"header name of odd letters":   get + host + "X\xe4: 1\r\n\r\n",
		"header name with brackets":    get + host + "X(a): 1\r\n\r\n",
		"null in a header":             get + host + "X-A: a\x00b\r\n\r\n",
		"bell in a header":             get + host + "X-A: a\ab\r\n\r\n",
		"tab in a header":              get + host + "X-A:\ta\tb\t\r\n\r\n",
		"letters of others in one":     get + host + "X-A: ł\r\n\r\n",
		"folded header":                get + host + "X-A: 1\r\n 2\r\n\r\n",
		"folded before any":            get + " folded\r\n" + host + "\r\n",
		"very many headers":            get + host + strings.Repeat("X-A: a\r\n", 600) + "\r\n" + tiny,
		"a large header":               get + host + "Cookie: " + strings.Repeat("a", 30<<10) + "\r\n\r\n" + tiny,
		"a large target":               "GET /c/aurora/" + strings.Repeat("a", 30<<10) + " HTTP/1.1\r\n" + host + "\r\n",
		"cut short":                    "GET /c/aurora/ HT",
		"cut in a header":              get + "Host: ",
		"nothing":                      "",
		"one letter":                   "G",
		"TLS where none is spoken":     "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
	} {
		want, got := conversation(t, ordinary, raw), conversation(t, quick, raw)
		if strings.Join(got, "\n---\n") != strings.Join(want, "\n---\n") {
			t.Errorf("%s: %d answers\n%.700s\nwant %d\n%.700s", name, len(got), strings.Join(got, "\n---\n"), len(want), strings.Join(want, "\n---\n"))
		}
	}
}

// What the quick way takes for a plain request is one, and its answer is the ordinary one.
func FuzzTheQuickWay(f *testing.F) {
	for _, seed := range []string{"", "Accept-Encoding: gzip\r\n", "If-None-Match: W/\"x\"\r\n", "X-A:\t\x01\r\n", "Accept-Encoding: br\r\naccept-encoding: gzip\r\n", "Connection: keep-alive\r\n", "Host: help.example.org:80\r\n"} {
		f.Add([]byte("GET /c/aurora/ HTTP/1.1\r\nHost: x\r\n" + seed + "\r\n"))
	}
	f.Add([]byte("GET / HTTP/1.1\r\nHost: help.example.org\r\n\r\n"))
	s := aSite()
	f.Fuzz(func(t *testing.T, raw []byte) {
		end := bytes.Index(raw, []byte("\r\n\r\n"))
		if end < 0 {
			return
		}
		raw = raw[:end+4]
		plain, ok := parse(raw[:end+2])
		if !ok {
			return
		}
		req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			t.Fatalf("%q is no request: %v", raw, err)
		}
		if req.ContentLength != 0 || req.Close || len(req.TransferEncoding) > 0 || !httpguts.ValidHostHeader(req.Host) {
			t.Fatalf("%q is not plain", raw)
		}
		for name, values := range req.Header {
			for _, v := range values {
				if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(v) {
					t.Fatalf("%q: the server refuses %q: %q", raw, name, v)
				}
			}
		}
		sent := s.quick(plain)
		if sent == nil {
			return
		}
		got, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(sent)), req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(got.Body)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, req)
		got.Header.Del("Date")
		if w.Code != got.StatusCode || !bytes.Equal(w.Body.Bytes(), body) || fmt.Sprint(w.Header()) != fmt.Sprint(got.Header) {
			t.Fatalf("%q: %d %v, want %d %v", raw, got.StatusCode, got.Header, w.Code, w.Header())
		}
	})
}
