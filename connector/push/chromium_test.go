package push_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/connector/push"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/needs"
)

// A message that goes out by Web Push is shown by the desk's own service worker in a real Chromium, with its button and where it
// leads. Chromium's push service is out of reach of a test: a strict one takes the encrypted message, opens it with the device's key,
// and hands what was inside to the browser.
func TestShownByChromium(t *testing.T) {
	t.Parallel()
	tab := needs.Chromium(t)
	site := desksPage(t)
	d := newDevice(t)
	opened := make(chan []byte, 1)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			_, err = d.take(r, body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		plain, _ := d.open(body)
		opened <- plain
		w.WriteHeader(http.StatusCreated)
	}))
	t.Cleanup(service.Close)
	send, err := push.Kind.Sender(d.settings(service.URL), connector.Env{Fetch: fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()}),
		Vapid: push.Private([]byte(strings.Repeat("k", 32))), Owner: "https://desk.example"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = send.Send(t.Context(), alert.Message{Key: "letter:7", To: desk.Way{Lang: "he"}, Subject: "משבר: 40 אזכורים שליליים", Link: site + "/alerts/7",
		Alert: desk.Alert{Level: desk.Crisis}, Actions: []alert.Action{{Text: "לטיפולי", URL: site + "/call/token"}}})
	if err != nil {
		t.Fatal(err)
	}

	registration := worker(t, tab, site)
	message := string(<-opened)
	deliver := func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: site, RegistrationID: registration, Data: message})
		return chromedp.Void{}, err
	}
	const shown = `(async () => { const all = await (await navigator.serviceWorker.ready).getNotifications();
		return all.map((n) => [n.title, n.tag, n.lang, n.actions.map((a) => a.title).join(), n.data.url, n.data.act].join(" | ")).join("\n"); })()`
	want := "משבר: 40 אזכורים שליליים | letter:7 | he | לטיפולי | " + site + "/alerts/7 | " + site + "/call/token"
	got := ""
	for deadline := time.Now().Add(time.Minute); got != want && time.Now().Before(deadline); {
		if err := chromedp.Do(tab, deliver); err != nil { // what comes twice is shown once: it has the same tag
			t.Fatal(err)
		}
		if got, err = chromedp.Run(tab, chromedp.Evaluate[string](shown, chromedp.EvalAwaitPromise)); err != nil {
			t.Fatal(err)
		}
	}
	if got != want {
		t.Errorf("shown:\n%s\nwant:\n%s", got, want)
	}
}

// desksPage serves the service worker as the console does.
func desksPage(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /worker.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		http.ServeFile(w, r, "../../web/static/worker.js")
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!doctype html><title>desk</title>")
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)
}

// worker installs the service worker of a site, with leave to show messages, and gives the browser's name of it.
func worker(t *testing.T, tab context.Context, site string) serviceworker.RegistrationID {
	t.Helper()
	found := make(chan serviceworker.RegistrationID, 1)
	go func() {
		for e, err := range chromedp.Events(tab, serviceworker.WorkerRegistrationUpdated) {
			if err != nil {
				return
			}
			for _, r := range e.Registrations {
				if !r.IsDeleted && strings.HasPrefix(r.ScopeURL, site) {
					select {
					case found <- r.RegistrationID:
					default:
					}
				}
			}
		}
	}()
	allow := func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, target, serviceworker.Enable, cdp.Empty{}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := cdp.Call(ctx, target, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: "notifications"}, Setting: browser.PermissionSettingGranted, Origin: site})
		return chromedp.Void{}, err
	}
	ready := chromedp.Evaluate[string](`(async () => { await navigator.serviceWorker.register("/worker.js", { scope: "/" });
		await navigator.serviceWorker.ready; return Notification.permission; })()`, chromedp.EvalAwaitPromise)
	if err := chromedp.Do(tab, chromedp.Navigate(site+"/"), allow); err != nil {
		t.Fatal(err)
	}
	if may, err := chromedp.Run(tab, ready); err != nil || may != "granted" {
		t.Fatalf("the worker was not installed: messages are %q, %v", may, err)
	}
	select {
	case id := <-found:
		return id
	case <-time.After(30 * time.Second):
		t.Fatal("the browser tells of no service worker")
		return ""
	}
}
