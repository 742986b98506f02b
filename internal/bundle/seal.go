package bundle

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
)

// Unseal checks the report's signature with a public key in PEM, and gives the key's SHA-256 in hexadecimal, to compare by telephone.
// A signature by a key that came in the bundle itself shows only that the bundle is of one piece; whose key it is, its desk says
// ("breakwater journal key").
func (r *Report) Unseal(public []byte) (print string, err error) {
	block, _ := pem.Decode(public)
	if block == nil {
		return "", errors.New("its public key is no PEM")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return "", errors.New("its public key cannot be read")
	}
	key, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return "", errors.New("its public key is no Ed25519 key")
	}
	if !ed25519.Verify(key, r.Sums, r.Seal) {
		return "", errors.New("its signature is not by this key")
	}
	sum := sha256.Sum256(block.Bytes)
	return hex.EncodeToString(sum[:]), nil
}
