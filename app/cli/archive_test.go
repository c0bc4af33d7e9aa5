package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// warcCmd is "warc FILE PAGE ADDRESS=PHOTO...": writes a web archive, record by record in gzip if FILE ends in .gz, that holds the page (an HTML file with
// its address in a first line "ADDRESS\n") and photos at their addresses.
func warcCmd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: warc FILE PAGE ADDRESS=PHOTO...")
	}
	var out bytes.Buffer
	gz := strings.HasSuffix(args[0], ".gz")
	address, html, _ := strings.Cut(ts.ReadFile(args[1]), "\n")
	writeRecord(&out, gz, address, "text/html", html)
	for _, arg := range args[2:] {
		address, photo, _ := strings.Cut(arg, "=")
		writeRecord(&out, gz, address, "image/jpeg", ts.ReadFile(photo))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out.Bytes(), 0o600))
}

// writeRecord writes one answer into a web archive.
func writeRecord(out *bytes.Buffer, gz bool, address, mime, body string) {
	block := "HTTP/1.1 200 OK\r\nContent-Type: " + mime + "\r\n\r\n" + body
	record := fmt.Sprintf("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: %s\r\nWARC-Date: 2024-05-31T14:05:00Z\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", address, len(block), block)
	if !gz {
		out.WriteString(record)
		return
	}
	z := gzip.NewWriter(out)
	_, _ = z.Write([]byte(record))
	_ = z.Close()
}

// mhtmlCmd is "mhtml FILE ADDRESS PHOTO": writes a saved page that shows a photo.
func mhtmlCmd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: mhtml FILE ADDRESS PHOTO")
	}
	photo := base64.StdEncoding.EncodeToString([]byte(ts.ReadFile(args[2])))
	text := fmt.Sprintf("MIME-Version: 1.0\r\nSnapshot-Content-Location: %[1]s\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=b\r\n\r\n"+
		"--b\r\nContent-Type: text/html\r\nContent-Location: %[1]s\r\n\r\n<title>Kept</title><img src=photo.jpg alt=\"A face\">\r\n"+
		"--b\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\nContent-Location: %[1]sphoto.jpg\r\n\r\n%[2]s\r\n--b--\r\n", args[1], photo)
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o755))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}
