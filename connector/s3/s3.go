// Package s3 keeps a copy of the public pages in a bucket of storage that speaks S3's protocol.
package s3

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/mirror"
)

// Kind is a copy in a bucket.
var Kind = connector.Kind{Place: newBucket, Spec: desk.Spec{
	Kind:  "s3",
	Title: "Bucket (S3 or compatible)",
	Help:  "Storage that speaks S3's protocol and serves a bucket as a website: AWS, Cloudflare R2, MinIO, Ceph and others.",
	Fields: []desk.Field{
		{Name: "endpoint", Label: "Endpoint", Kind: "url", Required: true, Help: "Such as https://s3.eu-central-1.amazonaws.com."},
		{Name: "region", Label: "Region", Default: "us-east-1"},
		{Name: "bucket", Label: "Bucket", Required: true},
		{Name: "prefix", Label: "Folder in the bucket", Help: "Empty: its top."},
		{Name: "access_key", Label: "Access key", Required: true},
		{Name: "secret_key", Label: "Secret key", Kind: "secret", Required: true},
		{Name: "address", Label: "The bucket stands in the", Kind: "choice", Choices: []string{"path", "host name"}, Default: "path", Help: "Of an object's address. Nearly all storage takes the path."},
		{Name: "readable", Label: "Make each file readable for everybody", Kind: "bool", Help: "For buckets that have no policy of their own."},
	},
}}

// bucket is where a copy lies.
type bucket struct {
	set  desk.Settings
	env  connector.Env
	base *url.URL // of objects, with a slash at its end
	sign *v4.Signer
}

func newBucket(set desk.Settings, env connector.Env) (mirror.Place, error) {
	base, err := url.Parse(strings.TrimSuffix(set["endpoint"], "/") + "/")
	if err != nil || base.RawQuery != "" || base.Fragment != "" {
		return nil, desk.Wrong("endpoint", "Enter a whole address, like https://example.org/feed.")
	}
	name := set["bucket"]
	if name == "" || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "" {
		return nil, desk.Wrong("bucket", "Enter the name of a bucket alone.")
	}
	if set["address"] == "host name" {
		base.Host = name + "." + base.Host
	} else {
		base = base.JoinPath(name + "/")
	}
	for _, part := range strings.Split(set["prefix"], "/") {
		if part == "." || part == ".." {
			return nil, desk.Wrong("prefix", "Enter a folder, like help/kettle.")
		}
		if part != "" {
			base = base.JoinPath(part + "/")
		}
	}
	return &bucket{set, env, base, v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })}, nil
}

// call does one thing with an object.
func (b *bucket) call(ctx context.Context, method, name string, f mirror.File) error {
	at := b.base.JoinPath(name)
	req, err := http.NewRequestWithContext(ctx, method, at.String(), nil)
	if err != nil {
		return err
	}
	if method == http.MethodPut {
		req.Header.Set("Content-Type", f.Type)
		req.Header.Set("Cache-Control", f.Cache)
		req.ContentLength = int64(len(f.Body))
		if b.set["readable"] == "true" {
			req.Header.Set("X-Amz-Acl", "public-read")
		}
	}
	sum := sha256.Sum256(f.Body)
	payload := hex.EncodeToString(sum[:])
	req.Header.Set("X-Amz-Content-Sha256", payload)
	who := aws.Credentials{AccessKeyID: b.set["access_key"], SecretAccessKey: b.set["secret_key"]}
	if err := b.sign.SignHTTP(ctx, who, req, payload, "s3", b.set["region"], time.Now()); err != nil {
		return err
	}
	_, err = b.env.Fetch.Do(ctx, fetch.Request{Method: method, URL: at.String(), Header: req.Header, Body: f.Body})
	return b.failure(ctx, method, err)
}

// failure says what an error means.
func (b *bucket) failure(ctx context.Context, method string, err error) error {
	var status *fetch.Status
	switch {
	case err == nil, ctx.Err() != nil:
		return err
	case errors.As(err, &status) && status.Code == http.StatusNotFound && method == http.MethodDelete:
		return nil
	case errors.As(err, &status) && status.Code == http.StatusNotFound:
		return &desk.Problem{Say: desk.Say("There is no bucket {bucket} at {host}, or the access key is unknown there.", "bucket", b.set["bucket"], "host", status.Host), Err: fmt.Errorf("%w: %w", desk.ErrBroken, err)}
	case errors.As(err, &status) && status.Code/100 == 3:
		return &desk.Problem{Say: desk.Say("{host} says that the bucket {bucket} lies elsewhere. Check the endpoint and the region.", "bucket", b.set["bucket"], "host", status.Host), Err: fmt.Errorf("%w: %w", desk.ErrBroken, err)}
	case errors.As(err, &status) && status.Code == http.StatusForbidden:
		return &desk.Problem{Say: desk.Say("{host} refuses. Check the keys, that they may write in the bucket {bucket}, and this machine's clock.", "bucket", b.set["bucket"], "host", status.Host), Err: fmt.Errorf("%w: %w", desk.ErrDenied, err)}
	}
	return connector.Failure(err)
}

// Push implements mirror.Place: an object is replaced at once.
func (b *bucket) Push(ctx context.Context, change mirror.Change, may func() error) (done int, err error) {
	for _, s := range change.Steps {
		if err := may(); err != nil {
			return done, err
		}
		method := http.MethodPut
		if s.Gone {
			method = http.MethodDelete
		}
		if err := b.call(ctx, method, path.Clean(s.Name), s.File); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// Test implements mirror.Place.
func (b *bucket) Test(ctx context.Context) error {
	const probe = ".breakwater-test"
	f := mirror.File{Type: "text/plain; charset=utf-8", Cache: "no-store", Body: []byte("Breakwater may write here.\n")}
	if err := b.call(ctx, http.MethodPut, probe, f); err != nil {
		return err
	}
	return b.call(ctx, http.MethodDelete, probe, mirror.File{})
}
