package app

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"breakwater/api"
	"breakwater/desk"
)

// secretOf is a secret as a field takes it, that nothing else looks like.
func secretOf(spec desk.Spec, f desk.Field) string {
	mark := fmt.Sprintf("Xyzzy%sPlugh%s", strings.ReplaceAll(spec.Kind, "-", ""), f.Name)
	long := (mark + strings.Repeat("q7", 40))[:64]
	switch {
	case f.Name == "url" || f.Name == "endpoint":
		return "https://hooks.example.org/" + long
	case strings.Contains(f.Help, "whsec_"):
		return "whsec_" + base64.StdEncoding.EncodeToString([]byte(long)[:32])
	case spec.Kind == "telegram":
		return "4711000815:" + long[:35]
	case spec.Kind == "pagerduty":
		return long[:32]
	}
	return long
}

// The secrets of a desk are shown nowhere: on no page, in no answer, in no log, no export, no metric; and who has the database has
// none of them. Every secret field of every connector is filled, and everything is asked that can be.
func TestAttackSecretsLeak(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := newFort(t, Config{Data: dir})
	ctx := t.Context()
	brand, err := f.db.ChangeBrand(ctx, 0, desk.ActOf(ctx, "brand.save", ""), func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Kavelund", "UTC", desk.Say("x")
		return nil
	})
	f.must(err)
	var secrets []string
	fill := func(spec desk.Spec) desk.Settings {
		set := desk.Settings{"p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM", "to": "ana@example.org", "from": "desk@example.org", "list": "ana@example.org", "room": "!r:example.org",
			"identifier": "b.bsky.social", "account": "AC" + strings.Repeat("0", 32), "query": "harbour", "topic": "t", "chat": "1", "host": "mail.example.org", "zone": "UTC", "where": "There."}
		if spec.Kind == "sms" || spec.Kind == "voice" {
			set["from"], set["to"] = "+48123456789", "+48123456789"
		}
		own := make(desk.Settings)
		for _, field := range spec.Fields {
			switch {
			case field.Kind == "secret" && field.Name != "p256dh":
				own[field.Name] = secretOf(spec, field)
				secrets = append(secrets, own[field.Name])
			case set[field.Name] != "" && field.Kind != "bool":
				own[field.Name] = set[field.Name]
			case field.Default != "":
				own[field.Name] = field.Default
			case field.Kind == "url":
				own[field.Name] = "http://127.0.0.1:1"
			case field.Required:
				own[field.Name] = "x"
			}
		}
		return own
	}
	saved := 0
	keep := func(what string, err error) {
		if err != nil {
			t.Errorf("%s is not saved: %v", what, err)
		}
		saved++
	}
	for _, k := range f.kinds {
		if k.Source != nil || k.Spec.Push {
			_, err := f.sources.Save(ctx, desk.Source{Kind: k.Spec.Kind, Name: k.Spec.Kind, Settings: fill(k.Spec)})
			keep("the source "+k.Spec.Kind, err)
		}
		if k.Sender != nil {
			_, err := f.book.Save(ctx, desk.Way{Kind: k.Spec.Kind, Name: k.Spec.Kind, Settings: fill(k.Spec)})
			keep("the way "+k.Spec.Kind, err)
		}
		if k.Channel != nil {
			spec := k.Spec
			if k.ChannelSpec.Kind != "" {
				spec = k.ChannelSpec
			}
			_, err := f.channels.Save(ctx, desk.Channel{BrandID: brand.ID, Kind: spec.Kind, Name: spec.Kind, Settings: fill(spec)})
			keep("the channel "+spec.Kind, err)
		}
	}
	secrets = append(secrets, fortPassword, f.token)
	if len(secrets) < 25 {
		t.Fatalf("only %d secrets", len(secrets))
	}
	said := f.askEverything(saved)
	said["the log"] = f.log.String()
	for _, name := range []string{"breakwater.db", "breakwater.db-wal", "search.db", "search.db-wal"} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			said["the file "+name] = string(b)
		}
	}
	for where, text := range said {
		for _, secret := range secrets {
			forms := []string{secret, strings.TrimPrefix(secret, "https://hooks.example.org/"), base64.StdEncoding.EncodeToString([]byte(secret)), strings.TrimPrefix(secret, "whsec_")}
			if raw, err := base64.StdEncoding.DecodeString(forms[3]); err == nil && strings.HasPrefix(secret, "whsec_") {
				forms = append(forms, string(raw))
			}
			if slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(text, form) }) {
				t.Errorf("%s shows the secret %.40s…", where, secret)
			}
		}
	}
	if len(said) < 200 {
		t.Errorf("only %d answers were looked at", len(said))
	}
}

// askEverything gives all answers of the desk to an admin, with the number of each of as many sources, ways and channels.
func (f *fort) askEverything(things int) map[string]string {
	said := make(map[string]string)
	c := f.signIn()
	keep := func(what string, res *http.Response) {
		b, err := io.ReadAll(io.LimitReader(res.Body, 32<<20))
		f.must(err)
		res.Body.Close()
		said[what] = fmt.Sprint(res.Header) + opened(b)
	}
	ask := func(method, path, kind, body string) {
		req, err := http.NewRequestWithContext(f.t.Context(), method, f.url+path, strings.NewReader(body))
		f.must(err)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		if body != "" {
			req.Header.Set("Content-Type", kind)
		}
		res, err := c.Do(req)
		f.must(err)
		keep(method+" "+path, res)
	}
	id := regexp.MustCompile(`\{[^}]*\}`)
	for _, path := range shown(nil) {
		ask(http.MethodGet, id.ReplaceAllString(path, "1"), "", "")
	}
	for _, address := range api.Addresses() {
		method, path, _ := strings.Cut(address, " ")
		if path == "/api/v1/events" || method == http.MethodDelete {
			continue
		}
		most := 1
		for _, word := range []string{"/sources/{", "/ways/{", "/channels/{"} {
			if strings.Contains(path, word) && method == http.MethodGet {
				most = things
			}
		}
		for n := range most {
			body := ""
			if method != http.MethodGet {
				body = "{}"
			}
			ask(method, id.ReplaceAllString(path, fmt.Sprint(n+1)), "application/json", body)
		}
	}
	for n := range things {
		for _, path := range []string{"/sources/", "/ways/", "/channels/"} {
			at := path + fmt.Sprint(n+1)
			ask(http.MethodGet, at, "", "")
			ask(http.MethodPost, at, "application/x-www-form-urlencoded", "name=&kind=") // a form that is wrong is shown again
		}
		ask(http.MethodPost, fmt.Sprintf("/ways/%d/test", n+1), "application/x-www-form-urlencoded", "x=")
		ask(http.MethodPost, fmt.Sprintf("/channels/%d/check", n+1), "application/x-www-form-urlencoded", "x=")
	}
	ask(http.MethodPost, "/journal/export", "application/x-www-form-urlencoded", "x=")
	ask(http.MethodGet, "/metrics", "", "")
	return said
}

// opened is an answer with the files of an archive laid open.
func opened(b []byte) string {
	if z, err := gzip.NewReader(bytes.NewReader(b)); err == nil {
		if plain, err := io.ReadAll(z); err == nil {
			b = plain
		}
	}
	all := string(b)
	if z, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err == nil {
		for _, file := range z.File {
			if r, err := file.Open(); err == nil {
				one, _ := io.ReadAll(r)
				all += "\n" + file.Name + "\n" + string(one)
				r.Close()
			}
		}
	}
	return all
}
