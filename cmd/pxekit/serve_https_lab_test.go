//go:build linux

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// certificate writes cert.pem and key.pem, made for pxekit's address, into dir.
func certificate(t *testing.T, dir, name string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.ParseIP(pxeHost)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &private.PublicKey, private)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		require.NoError(t, os.WriteFile(file+".new", pem.EncodeToMemory(block), 0o600))
		require.NoError(t, os.Rename(file+".new", file))
	}
	return cert, key
}

// HTTPS boot from end to end: the URL that is offered, what curl gets by it, and
// a renewed certificate.
func TestServeHTTPS(t *testing.T) {
	t.Parallel()
	certs := t.TempDir()
	cert, key := certificate(t, certs, "first")
	s := serving(t, "--http-port 8443 --tls-cert "+cert+" --tls-key "+key+" --root "+bootFolder(t), "answering on s0")
	s.said("HTTPS shows the certificate of CN=first, valid until ")
	s.said("HTTPS on 8443")
	web, _ := s.one(mac(dhcpopts.Firmware(dhcpopts.HTTPX64), 3), nobody, all)
	url := string(web.FileName())
	require.Equal(t, "https://10.77.0.2:8443/Boot/bootx64.efi", url)

	body, err := s.fetch(url, "--cacert", cert)
	require.NoError(t, err, s.pxekit.Log())
	require.Len(t, body, 300_000)
	part, err := s.fetch(url, "--cacert", cert, "-r", "0-1")
	require.NoError(t, err)
	require.Equal(t, "MZ", part)
	head, err := s.fetch(url, "--cacert", cert, "-I")
	require.NoError(t, err)
	require.Contains(t, strings.ToLower(head), "content-length: 300000\r\n")
	require.Contains(t, strings.ToLower(head), "content-type: application/efi\r\n")
	health, err := s.fetch("https://10.77.0.2:8443/healthz", "--cacert", cert)
	require.NoError(t, err)
	require.Equal(t, "ok\n", health)
	metrics, err := s.fetch("https://10.77.0.2:8443/metrics", "--cacert", cert)
	require.NoError(t, err)
	require.Contains(t, metrics, "\npxekit_http_bytes_total 300002\n")

	_, err = s.fetch(url)
	require.Error(t, err, "nobody has signed it")
	s.said("10.77.0.50: no HTTPS connection, as when the client does not trust the certificate: ")

	certificate(t, certs, "second")
	s.said("HTTPS shows the certificate of CN=second, ")
	body, err = s.fetch(url, "--cacert", cert)
	require.NoError(t, err, s.pxekit.Log())
	require.Len(t, body, 300_000)
	require.NoError(t, os.WriteFile(key, []byte("broken"), 0o600))
	s.said("the new certificate is refused, the old one stays: ")
	_, err = s.fetch(url, "--cacert", cert)
	require.NoError(t, err, s.pxekit.Log())
}

// Files that HTTPS cannot use are told before anything is opened, with the
// command that mends it.
func TestServeBadCertificates(t *testing.T) {
	t.Parallel()
	cert, key := certificate(t, t.TempDir(), "one")
	_, other := certificate(t, t.TempDir(), "two")
	for name, x := range map[string]struct{ cert, key, says, hint string }{
		"of two pairs": {cert, other, "tls: private key does not match public key", "openssl x509 -in " + cert + " -noout -pubkey and "},
		"swapped":      {key, cert, "PEM inputs may have been switched", "--tls-cert " + cert + " --tls-key " + key},
		"no key":       {cert, "none", "no such file", "makes a pair"},
	} {
		code, stdout, stderr := drive("", "serve", "-i", loopback(t), "--root", bootFolder(t), "--tls-cert", x.cert, "--tls-key", x.key)
		require.Equal(t, exitUsage, code, name)
		require.Empty(t, stdout, name)
		require.Contains(t, stderr, "pxekit: error: cannot use the certificate ", name)
		require.Contains(t, stderr, x.says, name)
		require.Contains(t, stderr, "pxekit: hint: ", name)
		require.Contains(t, stderr, x.hint, name)
	}
}

// loopback is the name of this system's loopback interface.
func loopback(t *testing.T) string {
	t.Helper()
	all, err := net.Interfaces()
	require.NoError(t, err)
	for _, i := range all {
		if i.Flags&net.FlagLoopback != 0 {
			return i.Name
		}
	}
	t.Skip("no loopback interface")
	return ""
}
