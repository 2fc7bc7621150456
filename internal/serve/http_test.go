package serve

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pxekit/dhcpopts"
)

// webServer is a server that answers HTTP, and the way to ask it. What is asked
// has been told of in the log when the answer is returned.
func webServer(t *testing.T, s *Server) func(method, target string, header ...string) (*http.Response, string) {
	told := make(chan struct{}, 1)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { told <- struct{}{} }()
		s.serveHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	return func(method, target string, header ...string) (*http.Response, string) {
		t.Helper()
		r, err := http.NewRequest(method, web.URL+target, nil)
		require.NoError(t, err)
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		got, err := http.DefaultTransport.RoundTrip(r) // no redirects
		require.NoError(t, err)
		defer got.Body.Close()
		body, err := io.ReadAll(got.Body)
		require.NoError(t, err)
		<-told
		return got, string(body)
	}
}

func TestHTTPRanges(t *testing.T) {
	s, _ := testServer(t, map[string]string{"a.img": "0123456789", "empty.img": ""})
	do := webServer(t, s)
	for _, c := range []struct {
		ranges string
		status int
		body   string
		where  string
	}{
		{"bytes=0-0", 206, "0", "bytes 0-0/10"},
		{"bytes=4-", 206, "456789", "bytes 4-9/10"},
		{"bytes=-3", 206, "789", "bytes 7-9/10"},
		{"bytes=-30", 206, "0123456789", "bytes 0-9/10"},
		{"bytes=8-99", 206, "89", "bytes 8-9/10"},
		{"bytes=10-", 416, "", "bytes */10"},
		{"bytes=5-4", 416, "", ""},
		{"lines=1-2", 416, "", ""},
	} {
		got, body := do("GET", "/a.img", "Range", c.ranges)
		require.Equal(t, c.status, got.StatusCode, c.ranges)
		require.Equal(t, c.where, got.Header.Get("Content-Range"), c.ranges)
		if c.status == 206 {
			require.Equal(t, c.body, body, c.ranges)
			require.Equal(t, int64(len(c.body)), got.ContentLength, c.ranges)
		}
	}
	head, body := do("HEAD", "/a.img")
	require.Equal(t, int64(10), head.ContentLength)
	require.Equal(t, "bytes", head.Header.Get("Accept-Ranges"))
	require.Empty(t, body)
	head, _ = do("HEAD", "/empty.img")
	require.Equal(t, int64(0), head.ContentLength)
}

// A client that has a file is told so, and one that has half of an older file
// gets the new one whole.
func TestHTTPConditions(t *testing.T) {
	dir, root := folder(t, map[string]string{"a.img": "0123456789"})
	s, out := testServer(t, nil)
	s.Root = root
	s.now = func() time.Time { return time.Now().Add(time.Minute) } // what was written has settled
	do := webServer(t, s)
	first, _ := do("GET", "/a.img")
	tag, date := first.Header.Get("Etag"), first.Header.Get("Last-Modified")
	lines(out)
	for _, condition := range [][2]string{{"If-None-Match", tag}, {"If-Modified-Since", date}} {
		got, body := do("GET", "/a.img", condition[0], condition[1])
		require.Equal(t, 304, got.StatusCode, condition)
		require.Empty(t, body)
		require.Equal(t, "127.0.0.1: /a.img, not changed, ok", lines(out))
	}
	got, body := do("GET", "/a.img", "Range", "bytes=5-", "If-Range", tag)
	require.Equal(t, 206, got.StatusCode)
	require.Equal(t, "56789", body)

	name := filepath.Join(dir, "a.img")
	require.NoError(t, os.WriteFile(name, []byte("ABCDEFGHIJ"), 0o644))
	require.NoError(t, os.Chtimes(name, time.Time{}, time.Unix(1_700_000_000, 0)))
	got, body = do("GET", "/a.img", "Range", "bytes=5-", "If-Range", tag)
	require.Equal(t, 200, got.StatusCode)
	require.Equal(t, "ABCDEFGHIJ", body)

	require.NoError(t, os.WriteFile(name, []byte("abcdefghij"), 0o644))
	info, err := os.Stat(name)
	require.NoError(t, err)
	s.now = info.ModTime
	got, _ = do("GET", "/a.img")
	require.Empty(t, got.Header.Get("Etag"), "it may change within the tick of the file's clock")
	require.Empty(t, got.Header.Get("Last-Modified"))
}

// Every spelling of a name, and nothing said of the server where there is none.
func TestHTTPNames(t *testing.T) {
	files := map[string]string{
		"Boot/x64/wdsnbp.com": "wds", "a b+c%.img": "odd", "what?.cfg": "cfg", "GRUB.EFI": "grub", "install.sh": "sh", "disk.IMG": "img", "dvd.iso": "iso", "k": "k",
	}
	s, _ := testServer(t, files)
	s.TLSKey = "/etc/secret.key"
	do := webServer(t, s)
	const text = "text/plain; charset=utf-8"
	for _, c := range []struct {
		path   string
		status int
		kind   string
	}{
		{`/boot%5cX64%5CWDSNBP.COM`, 200, "application/octet-stream"},
		{"//Boot///x64//wdsnbp.com", 200, "application/octet-stream"},
		{"/Boot/./x64/../x64/wdsnbp.com", 200, "application/octet-stream"},
		{"/%42oot/x64/wdsnbp%2ecom?arch=x64&v=2", 200, "application/octet-stream"},
		{"/k?", 200, "application/octet-stream"},
		{"/k%00", 200, "application/octet-stream"},
		{"/k%0d%0a", 200, "application/octet-stream"},
		{"/a%20b+c%25.img", 200, "application/vnd.efi-img"},
		{"/what%3f.cfg", 200, text},
		{"/grub.efi", 200, "application/efi"},
		{"/install.sh", 200, text},
		{"/disk.img", 200, "application/vnd.efi-img"},
		{"/dvd.iso", 200, "application/vnd.efi-iso"},
		{"/what", 404, text},
		{"/what?.cfg", 404, text},
		{"/k%00.efi", 404, text},
		{"/k/", 200, "application/octet-stream"},
		{"/../k", 403, text},
		{"/..%5c..%5cetc%5cpasswd", 403, text},
		{"/%2e%2e%2f%2e%2e%2fetc/passwd", 403, text},
		{"/" + strings.Repeat("a", 5000), 404, text},
		{"/Boot/", 403, text},
		{"/", 403, text},
	} {
		got, body := do("GET", c.path)
		require.Equal(t, c.status, got.StatusCode, c.path)
		require.Equal(t, c.kind, got.Header.Get("Content-Type"), c.path)
		require.Empty(t, got.Header.Get("Server"), c.path)
		switch c.status {
		case 403:
			require.Equal(t, "Forbidden\n", body, c.path)
		case 404:
			require.Equal(t, "Not Found\n", body, c.path)
		}
	}
}

// Folders are listed only when asked for, and every link leads to its file.
func TestHTTPList(t *testing.T) {
	odd := "a&b <i>\"'% #?.img"
	dir, root := folder(t, map[string]string{"Boot/" + odd: "odd", "Boot/x64/b.efi": "b"})
	s, _ := testServer(t, nil)
	s.Root = root
	require.NoError(t, os.Symlink("/etc", filepath.Join(dir, "Boot", "etc")))
	do := webServer(t, s)
	got, body := do("GET", "/Boot")
	require.Equal(t, 403, got.StatusCode)
	require.Equal(t, "Forbidden\n", body)

	s.HTTPList = true
	links := regexp.MustCompile(`href="([^"]*)"`)
	for path, want := range map[string][]string{
		"/": {"/Boot/"}, "/BOOT": {"/", "/" + "Boot/" + odd, "/Boot/x64/"}, "/Boot/x64/": {"/Boot/", "/Boot/x64/b.efi"},
	} {
		got, body := do("GET", path)
		require.Equal(t, 200, got.StatusCode, path)
		require.Equal(t, "text/html; charset=utf-8", got.Header.Get("Content-Type"))
		require.NotContains(t, body, "<i>")
		var targets []string
		for _, l := range links.FindAllStringSubmatch(body, -1) {
			target := strings.NewReplacer("&amp;", "&", "&#39;", "'", "&#34;", `"`).Replace(l[1])
			name, err := url.PathUnescape(target)
			require.NoError(t, err)
			targets = append(targets, name)
			got, _ := do("GET", target)
			require.Equal(t, 200, got.StatusCode, target)
		}
		require.Equal(t, want, targets, path)
		head, none := do("HEAD", path)
		require.Equal(t, int64(len(body)), head.ContentLength)
		require.Empty(t, none)
	}
	for path, status := range map[string]int{"/Boot/etc": 403, "/Boot/etc/passwd": 403, "/..": 403, "/none/": 404} {
		got, _ := do("GET", path)
		require.Equal(t, status, got.StatusCode, path)
	}
}

// HTTP boot's story: edk2 asks for the size by HEAD and then for the file.
func TestHTTPStory(t *testing.T) {
	s, out := testServer(t, map[string]string{"boot.efi": strings.Repeat("x", 1000)})
	local := netip.MustParseAddr("127.0.0.1")
	do := webServer(t, s)
	begin := func() {
		m := s.book.known(theMAC)
		if m == nil {
			m = &machine{key: string(theMAC), name: theMAC.String()}
		}
		m.who = "UEFI x64 HTTP boot"
		m.begin(s.now(), "offered http://10.0.0.2/boot.efi (rule 1)")
		s.book.remember(m)
		s.book.byIP.put(local, m)
	}
	const story = "52:54:00:12:34:56 UEFI x64 HTTP boot: offered http://10.0.0.2/boot.efi (rule 1) → "
	begin()
	do("HEAD", "/boot.efi")
	require.Empty(t, out.String())
	do("GET", "/boot.efi")
	require.Equal(t, story+"HEAD → GET → 1.0 KB, ok", lines(out))

	begin()
	do("HEAD", "/none.efi")
	require.Equal(t, "warning: "+story+"HEAD → /none.efi: there is no such file", lines(out))

	begin()
	do("HEAD", "/boot.efi")
	later := s.now().Add(storyEnds)
	s.now = func() time.Time { return later }
	s.sweep()
	require.Equal(t, "warning: "+story+"HEAD → asked for the boot file's size and not for the file", lines(out))

	// Parts of a disk image are told once, by the last or by one that fails.
	begin()
	do("GET", "/boot.efi")
	lines(out)
	do("GET", "/boot.efi", "Range", "bytes=0-99")
	require.Empty(t, out.String())
	do("GET", "/boot.efi", "Range", "bytes=900-999")
	require.Equal(t, "52:54:00:12:34:56 UEFI x64 HTTP boot: /boot.efi, 100 bytes, ok", lines(out))

	s.summary()
	require.Equal(t, `stopped: 1 machine booted, 0 did not, 0 DHCP answers, 0 TFTP transfers (0 bytes), 4 HTTP files (2.2 KB), 1 request refused
warning: 52:54:00:12:34:56 UEFI x64 HTTP boot: 4 boots, 2 did not end well`, lines(out))
}

// A machine that asks for a file it cannot have has not booted.
func TestMissedStory(t *testing.T) {
	s, out := testServer(t, nil)
	s.policies = s.resolve(x64Plan("none.efi"))
	hear(s, &sent{}, dhcpopts.Firmware(dhcpopts.EFIX64), 67)
	s.book.byIP.put(theLease, s.book.known(theMAC))
	lines(out)
	_, err := s.Root.Open("none.efi")
	s.missed(theLease, "RRQ", "none.efi", err)
	require.Equal(t, "warning: 52:54:00:12:34:56 UEFI x64: offered none.efi (rule 1) → RRQ → none.efi: there is no such file", lines(out))
	s.summary()
	require.Contains(t, lines(out), "stopped: 0 machines booted, 1 did not, ")
}

// /healthz says what is wrong with what serving stands on, as long as it is.
func TestHealth(t *testing.T) {
	s, _ := testServer(t, nil)
	ask := func() (int, string) {
		w := httptest.NewRecorder()
		s.serveHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
		return w.Code, w.Body.String()
	}
	check := func(code int, text string) {
		gotCode, gotText := ask()
		require.Equal(t, code, gotCode)
		require.Equal(t, text, gotText)
	}
	check(200, "ok\n")
	s.tellGround("lab1", errGone)
	s.tellGround("lab0", errors.New("is down"))
	check(503, "lab0 is down\nlab1 was taken away; start pxekit again once it is back\n")
	s.tellGround("lab0", nil)
	s.tellGround("lab1", nil)
	check(200, "ok\n")
}
