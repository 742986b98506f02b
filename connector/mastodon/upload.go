package mastodon

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/publish"
)

// processed is how often a server is asked whether a picture is ready; films take it some seconds.
const processed = 500 * time.Millisecond

// upload brings the media of a letter to the server, in order, and gives their ids. What is uploaded and never used in a status
// the server throws away by itself.
func (m *mouth) upload(ctx context.Context, l publish.Letter) ([]string, error) {
	var ids []string
	for _, one := range l.Media {
		body, err := l.Body(ctx, one)
		if err != nil {
			return nil, fmt.Errorf("read media %s: %w", one.Hash, err)
		}
		id, err := m.uploadOne(ctx, one, body)
		if err != nil {
			return nil, connector.Failure(err)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func (m *mouth) uploadOne(ctx context.Context, one desk.Media, body []byte) (string, error) {
	form, kind, err := mediaForm(one, body)
	if err != nil {
		return "", err
	}
	r := fetch.Request{Method: http.MethodPost, URL: m.client.base + "/api/v2/media", Header: m.client.header(), Body: form}
	r.Header.Set("Content-Type", kind)
	var got struct {
		ID  string  `json:"id"`
		URL *string `json:"url"` // null while it is worked on
	}
	a, err := m.client.fetch.JSON(ctx, r, &got)
	if err == nil && got.ID == "" {
		err = &fetch.Garbled{Host: m.client.place.host, Err: errNoID}
	}
	for err == nil && (a.Code == http.StatusAccepted || a.Code == http.StatusPartialContent) {
		select {
		case <-ctx.Done():
			// Nothing was said yet: this is no send of which nobody knows.
			return "", &desk.Retry{Err: fmt.Errorf("%s works on the media for too long", m.client.place.host)}
		case <-time.After(processed):
		}
		a, err = m.call(ctx, http.MethodGet, "/api/v1/media/"+url.PathEscape(got.ID), nil, &got)
	}
	return got.ID, err
}

// mediaForm is the form that media are uploaded with.
func mediaForm(one desk.Media, body []byte) (form []byte, kind string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename="%s"`, fileName(one))}, "Content-Type": {one.Type},
	})
	if err == nil {
		_, err = part.Write(body)
	}
	if err == nil && one.Alt != "" {
		err = w.WriteField("description", one.Alt)
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), w.FormDataContentType(), err
}

// fileName tells nothing of ours: the beginning of the hash, with the ending that servers look for.
func fileName(one desk.Media) string {
	_, sub, _ := strings.Cut(one.Type, "/")
	return one.Hash[:min(len(one.Hash), 12)] + "." + strings.TrimSuffix(sub, "+xml")
}
