package video_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/engine/source/video"
)

func TestParsePlace(t *testing.T) {
	for text, want := range map[string]engine.Place{
		"+48.8566+002.3522+035.000/":          {Lat: 48.8566, Lon: 2.3522},
		"+48.8566+002.3522/":                  {Lat: 48.8566, Lon: 2.3522},
		"-33.8688+151.2093":                   {Lat: -33.8688, Lon: 151.2093},
		"+27.5916+086.5640+8850CRSWGS_84/":    {Lat: 27.5916, Lon: 86.564},
		"+4851.396-00221.132/":                {Lat: 48 + 51.396/60, Lon: -(2 + 21.132/60)},
		"+485123.76+0022107.92/":              {Lat: 48 + 51.0/60 + 23.76/3600, Lon: 2 + 21.0/60 + 7.92/3600},
		"+90+000/":                            {Lat: 90},
		"-00.0001-180/":                       {Lat: -.0001, Lon: -180},
		"":                                    {},
		"+00.0000+000.0000/":                  {}, // what programs write that know no place
		"48.8566,2.3522":                      {},
		"+91.0+000.0/":                        {},
		"+48.8566+181.0000/":                  {},
		"+4860+00000/":                        {}, // minutes below 60
		"+48.8566":                            {},
		"+48.8566+002.3522+035.000/ and more": {},
		"+48.8566+002.3522" + strings.Repeat("0", 90): {},
		"+NaN+000.0/": {},
	} {
		got, ok := video.ParsePlace(text)
		if ok != (want != engine.Place{}) || math.Abs(got.Lat-want.Lat) > 1e-9 || math.Abs(got.Lon-want.Lon) > 1e-9 {
			t.Errorf("%q: %v %v, want %v", text, got, ok, want)
		}
	}
}

func TestParseDate(t *testing.T) {
	day := time.Date(2024, 5, 31, 12, 5, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2024-05-31T12:05:00.000000Z": day, "2024-05-31T14:05:00+0200": day, "2024-05-31T14:05:00+02:00": day, "2024-05-31 12:05:00": day, "2024-05-31": day.Truncate(24 * time.Hour),
		"1904-01-01T00:00:00.000000Z": {}, "1970-01-01T00:00:00.000000Z": {}, "9999-01-01T00:00:00Z": {}, "yesterday": {}, "": {},
	} {
		if got, ok := video.ParseDate(text); ok == want.IsZero() || !got.Equal(want) {
			t.Errorf("%q: %v %v, want %v", text, got, ok, want)
		}
	}
}

const answer = `{"streams":[{"codec_type":"audio","codec_name":"aac"},{"codec_type":"video","codec_name":"png","width":9,"height":9,"disposition":{"attached_pic":1}},
{"codec_type":"video","codec_name":"h264","width":1920,"height":1080,"disposition":{"attached_pic":0},"tags":{"creation_time":"2023-01-02T03:04:05.000000Z","title":"the stream"}}],
"format":{"duration":"12.5","tags":{"TITLE":"The\nfair","Artist":"Ann","com.apple.quicktime.creationdate":"2024-05-31T14:05:00+0200","location":"+48.8566+002.3522/"}}}`

func TestParseInfo(t *testing.T) {
	got, err := video.ParseInfo([]byte(answer))
	want := video.Info{Width: 1920, Height: 1080, Length: 12500 * time.Millisecond, Title: "The fair", Author: "Ann", Taken: time.Date(2024, 5, 31, 12, 5, 0, 0, time.UTC), Place: &engine.Place{Lat: 48.8566, Lon: 2.3522}}
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for text, code := range map[string]engine.Code{
		"": engine.CodeCorrupt, "{": engine.CodeCorrupt, "[]": engine.CodeCorrupt, "{}": engine.CodeUnsupported, `{"streams":[{"codec_type":"audio"}]}`: engine.CodeUnsupported,
		`{"streams":[{"codec_type":"video","width":9,"height":9}]}`:                             engine.CodeUnsupported,
		`{"streams":[{"codec_type":"video","codec_name":"h264","width":0,"height":9}]}`:         engine.CodeCorrupt,
		`{"streams":[{"codec_type":"video","codec_name":"h264","width":20000,"height":9}]}`:     engine.CodeLimit,
		`{"streams":[{"codec_type":"video","codec_name":"h264","width":16000,"height":16000}]}`: engine.CodeLimit,
	} {
		if got, err := video.ParseInfo([]byte(text)); engine.CodeOf(err) != code || got != (video.Info{}) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestKindTellsPicturesFromVideos(t *testing.T) {
	box := func(size, name, brand string) []byte { return []byte(size + name + brand + "\x00\x00\x00\x00mif1") }
	for name, head := range map[string][]byte{
		"HEIC": box("\x00\x00\x00\x18", "ftyp", "heic"), "HEIC sequence": box("\x00\x00\x00\x18", "ftyp", "hevc"), "AVIF": box("\x00\x00\x00\x18", "ftyp", "avif"), "HEIF": box("\x00\x00\x00\x18", "ftyp", "mif1"),
		"JPEG 2000": box("\x00\x00\x00\x18", "ftyp", "jp2 "), "camera raw": box("\x00\x00\x00\x18", "ftyp", "crx "), "JPEG": []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01"), "text": []byte("free software is free"),
		"WebP": []byte("RIFF\x00\x00\x00\x00WEBPVP8 "), "sound": []byte("RIFF\x00\x00\x00\x00WAVEfmt "), "nothing": nil, "a small box": box("\x00\x00\x00\x02", "moov", "abcd"),
		"packets too few": []byte("G" + strings.Repeat("x", 187) + "G"),
	} {
		if got := video.Kind(head); got != "" {
			t.Errorf("%s is taken for a video (%s)", name, got)
		}
	}
	if got := video.Kind(box("\x00\x00\x00\x14", "ftyp", "qt  ")); got != "mov" {
		t.Errorf("a movie is taken for %q", got)
	}
	if !video.Named("A.MP4") || !video.Named("/x/a.mkv") || video.Named("a.jpg") || video.Named("mp4") {
		t.Error("names of videos are not told")
	}
}

func FuzzTags(f *testing.F) {
	f.Add([]byte(answer))
	f.Add([]byte(`{"streams":[{"codec_type":"video","codec_name":"h264","width":-1,"height":9223372036854775807}]}`))
	f.Add([]byte("+48.8566+002.3522+035.000/"))
	f.Add([]byte("\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, ok := video.ParsePlace(string(data)); ok != (p != engine.Place{}) || !p.Valid() {
			t.Fatalf("place %v %v", p, ok)
		}
		if at, ok := video.ParseDate(string(data)); ok == at.IsZero() {
			t.Fatalf("date %v %v", at, ok)
		}
		info, err := video.ParseInfo(data)
		if err != nil && info != (video.Info{}) {
			t.Fatal("something was read beside an error")
		}
		if err == nil && (info.Width <= 0 || info.Height <= 0 || info.Length < 0 || strings.ContainsAny(info.Title+info.Author, "\n\r\x00") && !strings.Contains(string(data), `\u0000`)) {
			t.Fatalf("%+v", info)
		}
		if kind := video.Kind(data); kind != "" && len(data) < 4 {
			t.Fatalf("%q is a %s", data, kind)
		}
	})
}
