package serve

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// serveFolder lists a folder as a page with links, and reports whether it could.
// The links are absolute: the page needs no redirect to a name that ends in "/".
func (s *Server) serveFolder(w http.ResponseWriter, name string) bool {
	dir, entries, err := s.Root.Folder(name)
	if err != nil {
		return false
	}
	var b strings.Builder
	title := html.EscapeString(safe(path.Join("/", dir)))
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<title>%s</title>\n<h1>%s</h1>\n<ul>\n", title, title)
	if dir != "." {
		fmt.Fprintf(&b, "<li>%s\n", link(path.Dir(dir), "..", true))
	}
	for _, e := range entries {
		fmt.Fprintf(&b, "<li>%s", link(path.Join(dir, e.Name), e.Name, e.Folder))
		if !e.Folder {
			fmt.Fprintf(&b, " %s, %s", size(e.Size), e.Changed.UTC().Format("2006-01-02 15:04:05"))
		}
		b.WriteString("\n")
	}
	b.WriteString("</ul>\n")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	w.Header().Set("Content-Length", fmt.Sprint(b.Len()))
	_, _ = w.Write([]byte(b.String())) // net/http keeps it from a HEAD
	return true
}

// link is an entry of the page. A name may hold any octet but "/" and NUL.
func link(name, text string, folder bool) string {
	to := url.URL{Path: path.Join("/", name)}
	if folder && to.Path != "/" {
		to.Path, text = to.Path+"/", text+"/"
	}
	return fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(to.EscapedPath()), html.EscapeString(safe(text)))
}
