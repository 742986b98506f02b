package bundle

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"
)

// An archive is accepted by the key that signed it, and by no other.
func TestUnseal(t *testing.T) {
	t.Parallel()
	pair := func() (ed25519.PrivateKey, []byte) {
		public, key, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			t.Fatal(err)
		}
		return key, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	}
	key, public := pair()
	_, other := pair()
	var b bytes.Buffer
	if _, err := WriteEvidence(&b, time.Now(), []File{{Manifest, []byte("{}")}}, public, func(sums []byte) []byte { return ed25519.Sign(key, sums) }); err != nil {
		t.Fatal(err)
	}
	r, err := Verify(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(r.Problems) > 0 {
		t.Fatalf("%v, %v", r.Problems, err)
	}
	if print, err := r.Unseal(public); err != nil || len(print) != 64 {
		t.Errorf("its own key: %q, %v", print, err)
	}
	for name, text := range map[string][]byte{"another key": other, "no key": nil, "words": []byte("x")} {
		if _, err := r.Unseal(text); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	r.Sums = append([]byte("0"), r.Sums...)
	if _, err := r.Unseal(public); err == nil {
		t.Error("other sums are accepted")
	}
}
