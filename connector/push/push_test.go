package push_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"breakwater/connector/connectortest"
	"breakwater/connector/push"
	"breakwater/desk"
)

// device is a browser that subscribed, with its push service: it takes only what RFC 8030, 8188, 8291 and 8292 allow.
type device struct {
	key  *ecdh.PrivateKey
	auth []byte
}

func newDevice(t *testing.T) *device {
	t.Helper()
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	auth := make([]byte, 16)
	rand.Read(auth)
	return &device{k, auth}
}

var b64 = base64.RawURLEncoding

func (d *device) settings(base string) desk.Settings {
	return desk.Settings{"endpoint": base + "/push/" + connectortest.Secret, "p256dh": b64.EncodeToString(d.key.PublicKey().Bytes()), "auth": b64.EncodeToString(d.auth)}
}

// take checks a request as a push service does, and opens it as the browser does.
func (d *device) take(r *http.Request, body []byte) (string, error) {
	ttl, err := strconv.Atoi(r.Header.Get("TTL"))
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/push/"+connectortest.Secret:
		return "", errors.New("no such subscription")
	case err != nil || ttl < 0:
		return "", errors.New("TTL is required")
	case r.Header.Get("Content-Encoding") != "aes128gcm":
		return "", errors.New("content encoding")
	case len(body) > 4096:
		return "", errors.New("payload too large")
	}
	if err := vapid(r); err != nil {
		return "", fmt.Errorf("vapid: %w", err)
	}
	plain, err := d.open(body)
	if err != nil {
		return "", fmt.Errorf("decrypt: %w", err)
	}
	var n struct {
		Title  string `json:"title"`
		URL    string `json:"url"`
		Tag    string `json:"tag"`
		Lang   string `json:"lang"`
		Button string `json:"button"`
		Act    string `json:"act"`
	}
	if err := connectortest.Exactly(plain, &n); err != nil {
		return "", err
	}
	if n.Title == "" || n.Tag == "" || strings.Contains(string(plain), "People: 9") {
		return "", fmt.Errorf("a note without a title, or with what people wrote: %s", plain)
	}
	return "", nil
}

// vapid checks the signed token (RFC 8292): whose it is, for which service, until when, and by which key.
func vapid(r *http.Request) error {
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), "vapid ")
	if !ok {
		return errors.New("no vapid scheme")
	}
	part := map[string]string{}
	for _, p := range strings.Split(rest, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(p), "=")
		part[k] = v
	}
	point, err := b64.DecodeString(part["k"])
	if err != nil || len(point) != 65 || point[0] != 4 {
		return errors.New("k is no point")
	}
	pieces := strings.Split(part["t"], ".")
	if len(pieces) != 3 {
		return errors.New("t is no token")
	}
	sig, err := b64.DecodeString(pieces[2])
	if err != nil || len(sig) != 64 {
		return errors.New("the signature is not of ES256")
	}
	sum := sha256.Sum256([]byte(pieces[0] + "." + pieces[1]))
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return err
	}
	if !ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		return errors.New("the signature is wrong")
	}
	raw, err := b64.DecodeString(pieces[1])
	if err != nil {
		return err
	}
	var claims struct {
		Aud string `json:"aud"`
		Sub string `json:"sub"`
		Exp int64  `json:"exp"`
	}
	if err := json.Unmarshal(raw, &claims); err != nil {
		return err
	}
	left := time.Until(time.Unix(claims.Exp, 0))
	if claims.Aud != "http://"+r.Host || !strings.HasPrefix(claims.Sub, "https:") && !strings.HasPrefix(claims.Sub, "mailto:") || left < 0 || left > 24*time.Hour {
		return fmt.Errorf("claims %+v", claims)
	}
	return nil
}

// open decrypts one record (RFC 8188) with the keys of RFC 8291, 3.4.
func (d *device) open(body []byte) ([]byte, error) {
	if len(body) < 21+65+17 || body[20] != 65 {
		return nil, errors.New("header")
	}
	salt, size, point, sealed := body[:16], binary.BigEndian.Uint32(body[16:20]), body[21:86], body[86:]
	if int(size) < len(sealed) {
		return nil, errors.New("more than one record")
	}
	theirs, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		return nil, err
	}
	shared, err := d.key.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	info := "WebPush: info\x00" + string(d.key.PublicKey().Bytes()) + string(point)
	ikm, err := hkdf.Key(sha256.New, shared, d.auth, info, 32)
	if err != nil {
		return nil, err
	}
	cek, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(cek)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nonce, sealed, nil)
	if err != nil {
		return nil, err
	}
	plain = bytes.TrimRight(plain, "\x00")
	if n := len(plain); n == 0 || plain[n-1] != 2 {
		return nil, errors.New("the last record does not end in 2")
	}
	return plain[:len(plain)-1], nil
}

func TestPush(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	connectortest.RunSender(t, push.Kind, connectortest.Receiver{Settings: d.settings, Take: d.take, Open: d.open, Status: http.StatusCreated})
}

func TestPublicKey(t *testing.T) {
	t.Parallel()
	k, err := push.PublicKey(push.Private(bytes.Repeat([]byte{7}, 32)))
	raw, berr := b64.DecodeString(k)
	if err != nil || berr != nil || len(raw) != 65 || raw[0] != 4 {
		t.Errorf("public key %q, %v", k, err)
	}
	if _, err := push.PublicKey("short"); err == nil {
		t.Error("a short key has a public one")
	}
}
