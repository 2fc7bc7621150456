package serve

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"time"
)

// LoadCertificate reads the certificate and key of HTTPS.
func LoadCertificate(certFile, keyFile string) (*tls.Certificate, error) {
	c, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("cannot use the certificate %q with the key %q: %w", certFile, keyFile, err)
	}
	return &c, nil
}

// tlsConfig takes the certificate for each connection anew: it may have been
// renewed. It is nil without HTTPS.
func (s *Server) tlsConfig() *tls.Config {
	if !s.tls() {
		return nil
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS12, // what current edk2 and iPXE speak
		CipherSuites: cipherSuites(),
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return s.certificate.Load(), nil
		},
	}
}

// cipherSuites has, beside those that Go thinks sound, the ones of boot firmware
// without elliptic curves: iPXE up to 1.21, and edk2 built on OpenSSL's no-ec.
// Go orders the list itself: where both sides have better ones those are taken.
func cipherSuites() []uint16 {
	suites := []uint16{
		tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_RSA_WITH_AES_128_CBC_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_AES_256_CBC_SHA,
	}
	for _, s := range tls.CipherSuites() {
		suites = append(suites, s.ID)
	}
	return suites
}

// loadCertificate reads the certificate, and tells of one that is new and what
// firmware will not like about it.
func (s *Server) loadCertificate() error {
	if !s.tls() {
		return nil
	}
	c, err := LoadCertificate(s.TLSCert, s.TLSKey)
	if err != nil {
		return err
	}
	old := s.certificate.Swap(c)
	if old != nil && old.Leaf.Equal(c.Leaf) {
		return nil
	}
	s.Log.Info(fmt.Sprintf("HTTPS shows the certificate of %s, valid until %s", safe(c.Leaf.Subject.String()), c.Leaf.NotAfter.Format(time.DateOnly)), "event", evStart)
	for _, line := range s.certificateDoubts(c.Leaf) {
		s.Log.Warn(line, "event", evStart)
	}
	return nil
}

// certificateDoubts finds why firmware, whose URL has an address of ours, may
// refuse a certificate.
func (s *Server) certificateDoubts(leaf *x509.Certificate) (lines []string) {
	if now := s.now(); now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
		lines = append(lines, fmt.Sprintf("the certificate is valid from %s to %s only", leaf.NotBefore.Format(time.DateOnly), leaf.NotAfter.Format(time.DateOnly)))
	}
	for _, i := range s.ifaces {
		if leaf.VerifyHostname(i.Addr().String()) != nil {
			lines = append(lines, fmt.Sprintf("the certificate is not for %s: firmware that looks refuses https://%s/", i.Addr(), i.Addr()))
		}
	}
	return lines
}
