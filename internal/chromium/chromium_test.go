package chromium_test

import (
	"bytes"
	"image/png"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"breakwater/internal/chromium"
	"breakwater/internal/needs"
)

// A page is printed and photographed; what it asks for from the network it does not get.
func TestPrintsAndReachesNothing(t *testing.T) {
	t.Parallel()
	b := chromium.New(needs.Program(t, "Chromium", chromium.Names...))
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(s.Close)
	page := []byte(`<!doctype html><meta charset="utf-8"><title>x</title><img src="` + s.URL + `/pixel"><script src="` + s.URL + `/x.js"></script><h1>שלום 你好</h1>`)
	pdf, err := b.PDF(t.Context(), page)
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Fatalf("printed %.20q, %v", pdf, err)
	}
	shot, err := b.Picture(t.Context(), page, 400, 300)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil || img.Bounds().Dx() != 400 {
		t.Errorf("photographed %v, %v", img.Bounds(), err)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the page fetched %d things from the network", n)
	}
}
