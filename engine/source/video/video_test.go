package video_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/source/video"
)

// film makes a video with ffmpeg and gives its path.
func film(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed: .ci/setup test installs it")
	}
	path := filepath.Join(t.TempDir(), name)
	args = append(append([]string{"-hide_banner", "-v", "error", "-nostdin"}, args...), "-y", path)
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %v: %v\n%s", args, err, out)
	}
	return path
}

// source is a generator of ffmpeg.
func source(spec string) []string { return []string{"-f", "lavfi", "-i", spec} }

// x264 makes videos the way cameras and sites do.
func x264(spec string, more ...string) []string {
	return append(append(source(spec), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"), more...)
}

// item is the item of a file.
func item(path string) engine.Item {
	return video.Item(engine.Item{Key: path, Version: "1", Source: engine.Provenance{File: path},
		Open: func(context.Context) (io.ReadCloser, error) { return os.Open(path) }})
}

// streamed is the item of a video that comes as a stream, as from an archive.
func streamed(path string) engine.Item {
	return video.Item(engine.Item{Key: path, Version: "1", Source: engine.Provenance{File: "/a.warc", Part: "byte7", PageURL: "https://example.org/p"},
		Open: func(context.Context) (io.ReadCloser, error) {
			data, err := os.ReadFile(path)
			return io.NopCloser(bytes.NewReader(data)), err
		}})
}

// told is what a video gave.
type told struct {
	items        []engine.Item
	rest, detail string
	err          error
}

// short tells each frame as "#0.000s shot 1 until 2000".
func (r told) short() (out []string) {
	for _, it := range r.items {
		_, at, _ := strings.Cut(it.Key, "#")
		out = append(out, fmt.Sprintf("%s shot %d until %d", at, it.Frame.Shot, it.Frame.UntilMS))
	}
	return out
}

func frames(ctx context.Context, it engine.Item) (r told) {
	r.rest, r.detail, r.err = it.Frames(ctx, func(f engine.Item) bool { r.items = append(r.items, f); return true })
	return r
}

func decoded(t *testing.T, it engine.Item) image.Image {
	t.Helper()
	in, err := it.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	img, err := jpeg.Decode(in)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// three shots: bars that stand still, a moving fractal, a colour that stands still.
const threeShots = "smptebars=d=3:s=320x240:r=25[a];mandelbrot=s=320x240:r=25,trim=duration=2.5,setpts=PTS-STARTPTS[b];color=c=0x2040a0:d=2:s=320x240:r=25[c];[a][b][c]concat=n=3,format=yuv420p"

func TestFramesOfAVideo(t *testing.T) {
	path := film(t, "a.mp4", x264(threeShots, "-metadata", "title=  The fair,\nfilmed ", "-metadata", "artist=Ann", "-metadata", "creation_time=2024-05-31T12:05:00Z",
		"-metadata", "location=+48.8566+002.3522+035.000/", "-movflags", "+use_metadata_tags")...)
	r := frames(t.Context(), item(path))
	if r.err != nil || r.rest != "" {
		t.Fatalf("%q %q %v", r.rest, r.detail, r.err)
	}
	want := []string{"0.000s shot 1 until 2000", "3.000s shot 2 until 3000", "4.000s shot 2 until 4000", "5.000s shot 2 until 5000", "5.520s shot 3 until 6520"}
	if d := cmp.Diff(want, r.short()); d != "" {
		t.Error(d)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	about := engine.Provenance{File: path, Part: "0:05.000", ImageTitle: "The fair, filmed", Author: "Ann", CapturedAt: time.Date(2024, 5, 31, 12, 5, 0, 0, time.UTC),
		Place: &engine.Place{Lat: 48.8566, Lon: 2.3522}, Video: hex.EncodeToString(sum[:]), FrameMS: 5000}
	if d := cmp.Diff(about, r.items[3].Source); d != "" {
		t.Error(d)
	}
	for _, it := range r.items {
		if it.Version != "1" || it.Frame.Video != path || it.Size <= 0 || it.Err != nil {
			t.Errorf("%+v", it)
		}
		if b := decoded(t, it).Bounds(); b != image.Rect(0, 0, 320, 240) {
			t.Errorf("%s: %v", it.Key, b)
		}
	}
	if r, g, b, _ := decoded(t, r.items[4]).At(100, 100).RGBA(); near(r>>8, 0x20) && near(g>>8, 0x40) && near(b>>8, 0xa0) {
		t.Log("colours are kept")
	} else {
		t.Errorf("colour %x %x %x, want 20 40 a0", r>>8, g>>8, b>>8)
	}
	t.Run("again: the same bytes", func(t *testing.T) {
		again := frames(t.Context(), item(path))
		for i, it := range again.items {
			if !bytes.Equal(content(t, it), content(t, r.items[i])) {
				t.Errorf("frame %d differs", i)
			}
		}
		if len(again.items) != len(r.items) {
			t.Errorf("%d frames, then %d", len(r.items), len(again.items))
		}
	})
	t.Run("as a stream: the same frames, found in the archive", func(t *testing.T) {
		again := frames(t.Context(), streamed(path))
		if again.err != nil || !slices.Equal(again.short(), r.short()) {
			t.Fatalf("%q %v", again.short(), again.err)
		}
		p := again.items[0].Source
		if p.File != "/a.warc" || p.Part != "byte7 0:00.000" || p.PageURL != "https://example.org/p" || p.Video != about.Video {
			t.Errorf("%+v", p)
		}
	})
	t.Run("until nobody wants more", func(t *testing.T) {
		n := 0
		_, _, err := item(path).Frames(t.Context(), func(engine.Item) bool { n++; return n < 2 })
		if n != 2 || err != nil {
			t.Errorf("%d frames, %v", n, err)
		}
	})
	t.Run("until the context ends", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		_, _, err := item(path).Frames(ctx, func(engine.Item) bool { n++; cancel(); return true })
		if n < 1 || n > 2 || engine.CodeOf(err) != engine.CodeCanceled {
			t.Errorf("%d frames, %v", n, err)
		}
	})
}

func near(a, b uint32) bool { return max(a, b)-min(a, b) <= 6 }

func content(t *testing.T, it engine.Item) []byte {
	t.Helper()
	in, err := it.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	data, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestContainersAreRead(t *testing.T) {
	cases := []struct {
		name, kind string
		args       []string
	}{
		{"a.mp4", "mov", nil}, {"a.mov", "mov", nil}, {"a.3gp", "mov", nil}, {"fragments.mp4", "mov", []string{"-movflags", "+frag_keyframe+empty_moov"}},
		{"a.mkv", "matroska", nil}, {"a.webm", "matroska", []string{"-c:v", "libvpx", "-deadline", "realtime"}}, {"a.avi", "avi", []string{"-c:v", "mpeg4"}},
		{"a.ts", "mpegts", nil}, {"a.m2ts", "mpegts", nil}, {"a.mpg", "mpeg", []string{"-c:v", "mpeg2video"}}, {"a.flv", "flv", []string{"-c:v", "flv"}},
		{"a.wmv", "asf", []string{"-c:v", "wmv2"}}, {"a.ogv", "ogg", []string{"-c:v", "libtheora"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := film(t, c.name, x264("testsrc=d=2.2:s=176x144:r=25", c.args...)...)
			head, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := video.Kind(head[:min(len(head), video.HeadSize)]); got != c.kind {
				t.Errorf("told as %q, want %q", got, c.kind)
			}
			for how, it := range map[string]engine.Item{"file": item(path), "stream": streamed(path)} {
				if r := frames(t.Context(), it); r.err != nil || len(r.items) != 3 {
					t.Errorf("%s: %d frames, %v", how, len(r.items), r.err)
				}
			}
		})
	}
}

func TestFramesAreUprightAndSquare(t *testing.T) {
	cases := map[string]struct {
		path string
		want image.Point
	}{
		"turned by a quarter": {turned(t), image.Pt(120, 160)},
		"wide pixels":         {film(t, "w.mp4", x264("testsrc=d=1:s=180x144:r=10,setsar=16/11")...), image.Pt(260, 144)},
		"pixels of nonsense":  {film(t, "n.mp4", x264("testsrc=d=1:s=180x144:r=10,setsar=2000/1")...), image.Pt(180, 144)},
		"larger than 4K":      {film(t, "l.mp4", x264("color=d=0.2:s=7680x480:r=5")...), image.Pt(3840, 240)},
		"odd":                 {film(t, "o.avi", append(source("testsrc=d=1:s=161x121:r=10"), "-c:v", "ffv1", "-pix_fmt", "yuv444p")...), image.Pt(160, 120)},
		"interlaced":          {film(t, "i.mpg", append(source("testsrc=d=1:s=176x144:r=50,interlace"), "-c:v", "mpeg2video", "-flags", "+ildct+ilme")...), image.Pt(176, 144)},
		"10 bits":             {film(t, "t.mkv", append(source("testsrc=d=1:s=176x144:r=10"), "-c:v", "ffv1", "-pix_fmt", "yuv420p10le")...), image.Pt(176, 144)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := frames(t.Context(), item(c.path))
			if r.err != nil || len(r.items) == 0 {
				t.Fatalf("%d frames, %v", len(r.items), r.err)
			}
			if got := decoded(t, r.items[0]).Bounds().Size(); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// turned is a video of 160 x 120 that a display matrix turns.
func turned(t *testing.T) string {
	flat := film(t, "flat.mp4", x264("testsrc=d=1:s=160x120:r=10")...)
	return film(t, "turned.mp4", "-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90")
}

func TestVideosThatFail(t *testing.T) {
	whole := film(t, "whole.mp4", x264("testsrc=d=6:s=320x240:r=25")...)
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	cases := map[string]struct {
		path string
		code engine.Code
		msg  string
	}{
		"no byte":               {write("a.mp4", nil), engine.CodeUnsupported, "the file is named like a video, but is none of the kinds that are read"},
		"text":                  {write("a.mp4", []byte("#EXTM3U\n")), engine.CodeUnsupported, "the file is named like a video, but is none of the kinds that are read"},
		"cut before its index":  {write("a.mp4", data[:len(data)*2/3]), engine.CodeCorrupt, "the video is cut off or damaged"},
		"a box and nothing":     {write("a.mp4", data[:40]), engine.CodeCorrupt, "the video is cut off or damaged"},
		"noise behind the mark": {write("a.mkv", append([]byte("\x1a\x45\xdf\xa3"), bytes.Repeat([]byte{0x5a, 0xa5, 1, 0xff}, 5000)...)), engine.CodeCorrupt, "the video is cut off or damaged"},
		"sound alone":           {film(t, "s.mp4", append(source("sine=d=1"), "-c:a", "aac")...), engine.CodeUnsupported, "the file has no moving picture"},
		"sound with a cover":    {cover(t), engine.CodeUnsupported, "the file has no moving picture"},
		"huge pictures":         {film(t, "h.mkv", append(source("color=d=0.1:s=16380x4000:r=10"), "-c:v", "ffv1")...), engine.CodeLimit, "the pictures of the video are larger than the limit"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := frames(t.Context(), item(c.path))
			if engine.CodeOf(r.err) != c.code || engine.MessageOf(r.err) != c.msg || len(r.items) != 0 {
				t.Errorf("%d frames, %v", len(r.items), r.err)
			}
		})
	}
}

// cover is a sound with a picture attached.
func cover(t *testing.T) string {
	picture := film(t, "c.png", append(source("testsrc=s=100x100"), "-frames:v", "1")...)
	return film(t, "c.m4a", append(source("sine=d=1"), "-i", picture, "-map", "0", "-map", "1", "-c:a", "aac", "-c:v", "png", "-disposition:v", "attached_pic")...)
}

func TestWhatIsLeftOfADamagedVideoIsRead(t *testing.T) {
	whole := film(t, "whole.mkv", x264("testsrc=d=8:s=320x240:r=25", "-g", "25")...)
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func([]byte) []byte{
		"cut":    func(d []byte) []byte { return d[:len(d)/2] },
		"a hole": func(d []byte) []byte { clear(d[len(d)/2 : len(d)/2+len(d)/8]); return d },
		"noise in places": func(d []byte) []byte {
			for i := len(d) / 3; i < len(d); i += 997 {
				d[i] ^= 0x55
			}
			return d
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "d.mkv")
			if err := os.WriteFile(path, change(bytes.Clone(data)), 0o600); err != nil {
				t.Fatal(err)
			}
			r := frames(t.Context(), item(path))
			if len(r.items) < 3 {
				t.Errorf("%d frames", len(r.items))
			}
			if name != "cut" && engine.MessageOf(r.err) != "parts of the video are damaged, and were not looked at" {
				t.Errorf("err = %v", r.err)
			}
			if name == "cut" && r.err != nil && engine.CodeOf(r.err) != engine.CodeCorrupt {
				t.Errorf("err = %v", r.err)
			}
		})
	}
}

// A file that claims a thousand hours and holds a second is read for what it holds.
func TestAClaimedLengthIsNotBelieved(t *testing.T) {
	path := film(t, "a.mkv", x264("testsrc=d=2:s=176x144:r=25")...)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(data, []byte{0x44, 0x89, 0x88}) // Duration, a float of 8 bytes, in ms
	if i < 0 {
		t.Fatal("the file tells no duration")
	}
	copy(data[i+3:], []byte{0x41, 0xea, 0xd2, 0x74, 0x80, 0, 0, 0}) // 3.6e9
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path).Output(); err != nil || !strings.HasPrefix(string(out), "3600000") {
		t.Fatalf("the claim is %q, %v", out, err)
	}
	if r := frames(t.Context(), item(path)); r.err != nil || r.rest != "" || len(r.items) != 2 {
		t.Errorf("%d frames, %q, %v", len(r.items), r.rest, r.err)
	}
}

// Files that make players open other files, under names of videos. The victim is a proper video, so that frames would come if it were opened.
func TestNoVideoMakesFFmpegReadAnotherFile(t *testing.T) {
	victim := film(t, "victim.mp4", x264("testsrc=d=2:s=176x144:r=25")...)
	dir := filepath.Dir(victim)
	var asked []string
	texts := map[string]string{
		"HLS":          "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2.0,\nfile://" + victim + "\n#EXT-X-ENDLIST\n",
		"HLS, network": "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2.0,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n",
		"concat":       "ffconcat version 1.0\nfile '" + victim + "'\n",
		"DASH":         `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>file://` + victim + `</BaseURL></Representation></AdaptationSet></Period></MPD>`,
		"SVG":          `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="file://` + victim + `"/></svg>`,
		"SDP":          "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
		"ASX":          `<asx version="3.0"><entry><ref href="file://` + victim + `"/></entry></asx>`,
		"RealText":     "rtsp://127.0.0.1:9/x",
	}
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for k := range texts {
			if !yield(k) {
				return
			}
		}
	}) {
		for _, mark := range []string{"", "\x1a\x45\xdf\xa3", "\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom", "FLV\x01", "OggS\x00", "\x00\x00\x01\xba"} { // behind the mark of every container that text can follow
			path := filepath.Join(dir, fmt.Sprintf("%s-%x.mp4", strings.NewReplacer(",", "", " ", "").Replace(name), mark))
			if err := os.WriteFile(path, []byte(mark+texts[name]+strings.Repeat("\n", 2000)), 0o600); err != nil {
				t.Fatal(err)
			}
			asked = append(asked, path)
			if r := frames(t.Context(), item(path)); r.err == nil || len(r.items) != 0 {
				t.Errorf("%s behind %q: %d frames, %v", name, mark, len(r.items), r.err)
			}
		}
	}
	t.Run("an ffmpeg that may do all follows such files", func(t *testing.T) {
		for name, input := range map[string][]string{"concat": {"-f", "concat", "-safe", "0"}, "HLS": {"-f", "hls", "-allowed_extensions", "ALL"}} {
			path := filepath.Join(dir, name+"-.mp4")
			if counted(t, append(input, "-i", path)...) == 0 {
				t.Errorf("%s is no playlist, and shows nothing", path)
			}
		}
	})
	t.Run("a movie whose track lies in another file", func(t *testing.T) {
		path := withReference(t, victim)
		r := frames(t.Context(), item(path))
		if r.err == nil || len(r.items) != 0 {
			t.Errorf("%d frames, %v", len(r.items), r.err)
		}
	})
	if len(asked) < 40 {
		t.Errorf("only %d files were tried", len(asked))
	}
}

// withReference makes a QuickTime movie of the index of another one: its data reference (an alias of Macintosh, "alis") names that file.
func withReference(t *testing.T, victim string) string {
	t.Helper()
	data, err := os.ReadFile(victim)
	if err != nil {
		t.Fatal(err)
	}
	own := []byte("\x00\x00\x00\x0curl \x00\x00\x00\x01") // the pictures are in this file
	i := bytes.Index(data, own)
	if i < 0 {
		t.Fatal("no data reference")
	}
	name := []byte(victim)
	if len(name)%2 == 1 {
		name = append(name, 0)
	}
	alias := append([]byte("alis\x00\x00\x00\x00"), make([]byte, 10+28+12+64+16)...)
	alias = append(alias, "\xff\xff\xff\xff"...) // no path from here to there
	alias = append(alias, make([]byte, 16)...)
	alias = append(alias, 0, 2, byte(len(name)>>8), byte(len(name))) // an absolute path
	alias = append(append(alias, name...), "\xff\xff\x00\x00"...)
	entry := append([]byte{0, 0, byte((len(alias) + 4) >> 8), byte(len(alias) + 4)}, alias...)
	out := append(append(bytes.Clone(data[:i]), entry...), data[i+len(own):]...)
	for _, box := range []string{"dref", "dinf", "minf", "mdia", "trak", "moov"} {
		at := bytes.Index(out, []byte(box)) - 4
		if at < 0 {
			t.Fatal("no box " + box)
		}
		binary.BigEndian.PutUint32(out[at:], binary.BigEndian.Uint32(out[at:])+uint32(len(entry)-len(own)))
	}
	mdat := bytes.Index(out, []byte("mdat"))
	clear(out[mdat+4 : bytes.Index(out, []byte("moov"))-4]) // its own pictures are gone
	path := filepath.Join(filepath.Dir(victim), "reference.mov")
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
	if n := counted(t, "-f", "mov", "-enable_drefs", "1", "-use_absolute_path", "1", "-i", path); n == 0 {
		t.Fatal("the reference is none: ffmpeg does not follow it even if told so")
	}
	return path
}

// counted gives the number of frames that ffmpeg decodes when nothing is forbidden.
func counted(t *testing.T, input ...string) int {
	t.Helper()
	args := append(append([]string{"-v", "error", "-nostdin"}, input...), "-map", "0:v", "-f", "framecrc", "-")
	out, err := exec.Command("ffmpeg", args...).Output()
	if err != nil {
		return 0
	}
	n := 0
	for l := range strings.Lines(string(out)) {
		if !strings.HasPrefix(l, "#") {
			n++
		}
	}
	return n
}

func TestWithoutFFmpeg(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.mp4")
	if err := os.WriteFile(path, []byte("\x00\x00\x00\x14ftypisom"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir())
	r := frames(t.Context(), item(path))
	if engine.CodeOf(r.err) != engine.CodeUnavailable || !strings.Contains(engine.MessageOf(r.err), "install the package ffmpeg") {
		t.Errorf("%v", r.err)
	}
}

func TestTheContentsOfAnItemThatCantBeOpened(t *testing.T) {
	film(t, "a.mp4", x264("testsrc=d=0.2:s=64x64:r=5")...) // skips without ffmpeg
	broken := errors.New("gone")
	it := video.Item(engine.Item{Key: "k", Open: func(context.Context) (io.ReadCloser, error) { return nil, broken }})
	if r := frames(t.Context(), it); !errors.Is(r.err, broken) {
		t.Errorf("%v", r.err)
	}
	large := video.Item(engine.Item{Key: "k", Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(zeros{}, 257<<20)), nil
	}})
	if r := frames(t.Context(), large); engine.CodeOf(r.err) != engine.CodeLimit {
		t.Errorf("%v", r.err)
	}
}

// zeros is endless.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
