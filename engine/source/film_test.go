package source_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
)

// film makes a video of two shots of a second, by ffmpeg.
func film(t *testing.T, name string) []byte {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("skipped: ffmpeg is not installed; .ci/setup test installs it")
	}
	path := filepath.Join(t.TempDir(), name)
	out, err := exec.Command("ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", "smptebars=d=1:s=176x144:r=10[a];mandelbrot=s=176x144:r=10,trim=duration=1[b];[a][b]concat,format=yuv420p",
		"-c:v", "libx264", "-preset", "ultrafast", "-metadata", "title=inside", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// shown gives the frames of an item, each as its key and what is told of it.
func shown(t *testing.T, it engine.Item) (frames []engine.Item) {
	t.Helper()
	if it.Frames == nil || it.Open != nil {
		t.Fatalf("%s is no video", it.Key)
	}
	rest, _, err := it.Frames(t.Context(), func(f engine.Item) bool { frames = append(frames, f); return true })
	if err != nil || rest != "" {
		t.Fatalf("%s: %q, %v", it.Key, rest, err)
	}
	return frames
}

func TestVideosOfAFolder(t *testing.T) {
	data := string(film(t, "a.mp4"))
	dir := tree(t, map[string]string{"a.mp4": data, "a.info.json": ytdlp, "b.MKV": "text", "c.mp4": "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00", "d.jpg": data, "e.mov": ""})
	all := offered(t, dir)
	var got []string
	for _, it := range all {
		got = append(got, fmt.Sprintf("%s %v", strings.TrimPrefix(it.Key, dir+"/"), it.Frames != nil))
	}
	if d := cmp.Diff([]string{"a.mp4 true", "b.MKV true", "c.mp4 false", "d.jpg false", "e.mov true"}, got); d != "" {
		t.Error(d)
	}
	frames := shown(t, all[0])
	if len(frames) != 2 || frames[0].Key != dir+"/a.mp4#0.000s" || frames[1].Key != dir+"/a.mp4#1.000s" || frames[0].Version != all[0].Version {
		t.Fatalf("%+v", frames)
	}
	p := frames[1].Source
	if p.URL != "" || p.PageURL != "https://example.org/watch?v=x" || p.PageTitle != "The fair, filmed" || p.Author != "Ann" || p.ImageTitle != "inside" || p.File != dir+"/a.mp4" || p.FrameMS != 1000 {
		t.Errorf("%+v", p)
	}
	for _, i := range []int{1, 4} {
		if _, _, err := all[i].Frames(t.Context(), func(engine.Item) bool { return true }); engine.CodeOf(err) != engine.CodeUnsupported {
			t.Errorf("%s: %v", all[i].Key, err)
		}
	}
}

func TestAVideoThatIsNamed(t *testing.T) {
	dir := tree(t, map[string]string{"film.dat": string(film(t, "a.mkv"))})
	all := offered(t, filepath.Join(dir, "film.dat"))
	if len(all) != 1 || len(shown(t, all[0])) != 2 {
		t.Errorf("%+v", all)
	}
}

// answered is a record of an answer with headers of its own.
func answered(address, kind, headers string, body []byte) string {
	block := "HTTP/1.1 " + headers + "\r\nContent-Type: " + kind + "\r\n\r\n" + string(body)
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:%s>\r\nWARC-Target-URI: %s\r\nWARC-Date: 2024-05-31T12:00:00Z\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", address, address, len(block), block)
}

func TestVideosInsideOfArchives(t *testing.T) {
	data := film(t, "a.mp4")
	page := "<title>The fair</title><video src=/a.mp4></video><img src=/p.png>"
	whole := fmt.Sprintf("206 Partial Content\r\nContent-Range: bytes 0-%d/%d", len(data)-1, len(data))
	records := []string{
		answered("https://example.org/", "text/html", "200 OK", []byte(page)),
		answered("https://example.org/a.mp4", "video/mp4", "200 OK", data),
		answered("https://example.org/range.mp4", "video/mp4", whole, data),
		answered("https://example.org/part.mp4", "video/mp4", "206 Partial Content\r\nContent-Range: bytes 0-99/1000", data[:100]),
		answered("https://example.org/p.png", "image/png", "200 OK", []byte("x")),
	}
	for name, pack := range map[string]func(string) []byte{
		"plain.warc":   func(r string) []byte { return []byte(r) },
		"gzip.warc.gz": func(r string) []byte { return packed(t, r) },
	} {
		t.Run(name, func(t *testing.T) {
			var archive bytes.Buffer
			for _, r := range records {
				archive.Write(pack(r))
			}
			dir := tree(t, map[string]string{name: archive.String()})
			all := offered(t, filepath.Join(dir, name))
			if len(all) != 4 {
				t.Fatalf("%d items: %+v", len(all), all)
			}
			for _, it := range all[:2] {
				frames := shown(t, it)
				if len(frames) != 2 {
					t.Fatalf("%s: %d frames", it.Key, len(frames))
				}
				p := frames[1].Source
				if p.File != filepath.Join(dir, name) || p.URL != it.Source.URL || p.FrameMS != 1000 || p.ArchivedAt.IsZero() || !strings.HasSuffix(p.Part, " 0:01.000") || frames[1].Key != it.Key+"#1.000s" {
					t.Errorf("%+v", p)
				}
			}
			if p := all[0].Source; p.PageURL != "https://example.org/" || p.PageTitle != "The fair" {
				t.Errorf("the page that shows it: %+v", p)
			}
			if engine.MessageOf(all[2].Err) != "the archive holds only a part of the video" || all[3].Frames != nil || all[3].Open == nil {
				t.Errorf("%+v, %+v", all[2], all[3])
			}
		})
	}
}

func packed(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(s))
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestVideosThatWereSavedWithAPage(t *testing.T) {
	data := film(t, "a.mp4")
	page := `<title>The fair</title><video src="fair_files/a.mp4" title="At the gate"></video>`
	mhtml := "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Location: https://example.org/\r\n\r\n<title>The fair</title><video title='At the gate' src=a.mp4>\r\n" +
		"--b\r\nContent-Type: video/mp4\r\nContent-Transfer-Encoding: base64\r\nContent-Location: https://example.org/a.mp4\r\n\r\n" + base64.StdEncoding.EncodeToString(data) + "\r\n--b--\r\n"
	dir := tree(t, map[string]string{"fair.html": page, "fair_files/a.mp4": string(data), "fair_files/b.bin": string(data), "fair_files/style.css": "p{}", "saved.mhtml": mhtml})
	var got []string
	for _, it := range offered(t, dir) {
		frames := shown(t, it)
		if len(frames) != 2 {
			t.Fatalf("%s: %d frames", it.Key, len(frames))
		}
		p := frames[0].Source
		got = append(got, strings.ReplaceAll(strings.Join([]string{it.Key, p.PageTitle, p.ImageTitle}, " | "), dir+"/", ""))
	}
	want := []string{"fair_files/a.mp4 on fair.html | The fair | At the gate", "fair_files/b.bin on fair.html | The fair | inside", "saved.mhtml#part2 https://example.org/a.mp4 | The fair | At the gate"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
