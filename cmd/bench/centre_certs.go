package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// benchHost is the name that the certificate of the bench is for.
const benchHost = "help.aurora.example"

// certify writes a certificate that both servers use into a folder, and gives the config of those who trust it.
func certify(dir string) (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	crt := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{benchHost}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, crt, crt, key.Public(), key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	roots.AppendCertsFromPEM(public)
	if err := os.WriteFile(filepath.Join(dir, benchHost+".crt"), public, 0o600); err != nil {
		return nil, err
	}
	err = os.WriteFile(filepath.Join(dir, benchHost+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600)
	return &tls.Config{RootCAs: roots, ServerName: benchHost, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS13}, err
}
