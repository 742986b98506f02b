package web

import (
	"net/http"
	"strings"

	"breakwater/desk"
)

func (c *Console) pushRoutes() []route {
	return []route{
		{"GET /worker.js", 0, c.workerShow},
		{"POST /me/push", desk.Responder, c.pushAdd},
		{"POST /me/push/{id}/delete", desk.Responder, c.pushDrop},
	}
}

// workerShow sends the service worker. It lies at the top, because a worker has power over what lies beneath it alone.
func (c *Console) workerShow(w http.ResponseWriter, r *http.Request) error {
	a, ok := c.assets["worker.js"]
	if !ok {
		return desk.ErrNotFound
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", a.tag)
	_, err := w.Write(a.plain)
	return err
}

// pushAdd keeps what the browser made when its person switched messages on.
func (c *Console) pushAdd(w http.ResponseWriter, r *http.Request) error {
	set := desk.Settings{"endpoint": r.PostFormValue("endpoint"), "p256dh": r.PostFormValue("p256dh"), "auth": r.PostFormValue("auth")}
	if _, err := c.Book.AddDevice(r.Context(), deviceName(r.UserAgent()), set); err != nil {
		if len(invalids(err)) > 0 {
			err = desk.Wrong("push", "This browser did not give what is needed. Try it again.")
		}
		return c.meAgain(w, r, err)
	}
	return seeOther(w, r, "/me", "saved")
}

// deviceName is what people call a browser.
func deviceName(agent string) string {
	for _, part := range []string{"iPhone", "iPad", "Android", "Macintosh", "Windows", "Linux"} {
		if strings.Contains(agent, part) {
			return part
		}
	}
	return "browser"
}

func (c *Console) pushDrop(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Book.DropDevice(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/me", "deleted")
}
