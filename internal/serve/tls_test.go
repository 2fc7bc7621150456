package serve

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rsaCertificate is one that every firmware can use.
func rsaCertificate(t *testing.T) *tls.Certificate {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &private.PublicKey, private)
	require.NoError(t, err)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}
}

// Firmware without elliptic curves gets a connection, others a better one, and
// nobody HTTP/2.
func TestHTTPSClients(t *testing.T) {
	s, _ := testServer(t, nil)
	s.TLSCert = "cert.pem"
	s.certificate.Store(rsaCertificate(t))
	address := listening(t, s)
	for name, c := range map[string]struct {
		offers []uint16
		most   uint16
		gets   uint16
	}{
		"iPXE 1.21":         {[]uint16{tls.TLS_RSA_WITH_AES_256_CBC_SHA, tls.TLS_RSA_WITH_AES_128_CBC_SHA}, tls.VersionTLS12, tls.TLS_RSA_WITH_AES_128_CBC_SHA},
		"edk2 without EC":   {[]uint16{tls.TLS_RSA_WITH_AES_256_GCM_SHA384}, tls.VersionTLS12, tls.TLS_RSA_WITH_AES_256_GCM_SHA384},
		"both":              {[]uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}, tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
		"curl of the day":   {nil, tls.VersionTLS13, 0},
		"a browser, TLS1.2": {nil, tls.VersionTLS12, 0},
	} {
		conn, err := tls.Dial("tcp4", address, &tls.Config{
			InsecureSkipVerify: true, CipherSuites: c.offers, MaxVersion: c.most, NextProtos: []string{"h2", "http/1.1"},
		})
		require.NoError(t, err, name)
		state := conn.ConnectionState()
		require.NoError(t, conn.Close())
		require.Equal(t, "http/1.1", state.NegotiatedProtocol, name)
		if c.gets != 0 {
			require.Equal(t, tls.CipherSuiteName(c.gets), tls.CipherSuiteName(state.CipherSuite), name)
		}
	}
}
