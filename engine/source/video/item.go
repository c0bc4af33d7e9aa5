package video

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"gabarit/engine"
)

// Item makes of an item whose content is a video one that offers its frames.
func Item(it engine.Item) engine.Item {
	v := video{item: it}
	it.Open, it.Frames = nil, v.frames
	return it
}

// video offers the frames of an item.
type video struct{ item engine.Item }

// frames implements engine.Item.Frames.
func (v video) frames(ctx context.Context, offer func(engine.Item) bool) (rest, detail string, err error) {
	for _, name := range [...]string{"ffprobe", "ffmpeg"} { // before gigabytes are read for nothing
		if _, err := program(name); err != nil {
			return "", "", err
		}
	}
	f, err := v.open(ctx)
	if err != nil {
		return "", "", err
	}
	defer f.Close()
	kind, sum, err := read(ctx, f)
	if err != nil {
		return "", "", err
	}
	info, err := probe(ctx, kind, f)
	if err != nil {
		return "", "", err
	}
	return v.play(ctx, kind, f, v.about(info, sum), offer)
}

// open gives the video as a file that can be sought in: itself, or a copy in memory.
func (v video) open(ctx context.Context) (*os.File, error) {
	in, err := v.item.Open(ctx)
	if err != nil {
		return nil, err
	}
	if f, ok := in.(*os.File); ok {
		return f, nil
	}
	defer in.Close()
	return hold(in)
}

// read tells the container and the hash of a video.
func read(ctx context.Context, f *os.File) (kind string, sum engine.SHA256, err error) {
	const op = "video.Read"
	info, err := f.Stat()
	if err != nil {
		return "", sum, engine.E(engine.CodeUnavailable, op, "the file could not be read", err)
	}
	all := io.NewSectionReader(f, 0, info.Size())
	head := make([]byte, HeadSize)
	n, _ := all.ReadAt(head, 0) // an error of reading comes again below
	if kind = Kind(head[:n]); kind == "" {
		return "", sum, engine.E(engine.CodeUnsupported, op, "the file is named like a video, but is none of the kinds that are read", nil)
	}
	h := sha256.New()
	if _, err := io.Copy(h, contextReader{ctx, all}); err != nil {
		if ctx.Err() != nil {
			return "", sum, engine.E(engine.CodeCanceled, op, "", ctx.Err())
		}
		return "", sum, engine.E(engine.CodeUnavailable, op, "the file could not be read", err)
	}
	return kind, engine.SHA256(h.Sum(nil)), nil
}

// contextReader ends a long read when ctx ends.
type contextReader struct {
	ctx context.Context // of one reading
	io.Reader
}

// Read reads unless ctx has ended.
func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// about is what is known of every frame. What the source says is believed before what the file says.
func (v video) about(info Info, sum engine.SHA256) engine.Provenance {
	p := v.item.Source
	p.Video = hex.EncodeToString(sum[:])
	if p.ImageTitle == "" {
		p.ImageTitle = info.Title
	}
	if p.Author == "" {
		p.Author = info.Author
	}
	if p.CapturedAt.IsZero() {
		p.CapturedAt = info.Taken
	}
	if p.Place == nil {
		p.Place = info.Place
	}
	return p
}

func (v video) play(ctx context.Context, kind string, f *os.File, about engine.Provenance, offer func(engine.Item) bool) (rest, detail string, err error) {
	const notAll = "only the beginning of the video was looked at"
	film, err := play(ctx, kind, f)
	if err != nil {
		return "", "", err
	}
	defer film.close()
	n, lastMS := 0, int64(0)
	for ; n < maxFrames; n++ {
		pic, err := film.next()
		if err != nil {
			return "", "", err
		}
		if pic == nil {
			break
		}
		lastMS = pic.untilMS
		if !offer(v.frame(*pic, about)) {
			return "", "", nil
		}
	}
	switch said := film.p.said.first(); {
	case n == 0:
		return "", "", engine.E(engine.CodeCorrupt, "video.Play", msgDamaged, fmt.Errorf("no frame can be decoded: %s", said))
	case n == maxFrames:
		return notAll, fmt.Sprintf("limit %d frames", maxFrames), nil
	case time.Duration(lastMS)*time.Millisecond > maxTime-2*interval*time.Second:
		return notAll, fmt.Sprintf("limit %v", maxTime), nil
	case said != "":
		return "", "", engine.E(engine.CodeCorrupt, "video.Play", "parts of the video are damaged, and were not looked at", fmt.Errorf("%s", said))
	}
	return "", "", nil
}

// frame is the item of one frame.
func (v video) frame(pic picture, about engine.Provenance) engine.Item {
	about.FrameMS = pic.ms
	about.Part = strings.TrimSpace(about.Part + " " + engine.Clock(pic.ms))
	return engine.Item{
		Key:     fmt.Sprintf("%s#%d.%03ds", v.item.Key, pic.ms/1000, pic.ms%1000),
		Version: v.item.Version,
		Source:  about,
		Size:    int64(len(pic.jpeg)),
		Frame:   engine.Frame{Video: v.item.Key, Shot: pic.shot, UntilMS: pic.untilMS},
		Open: func(ctx context.Context) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(pic.jpeg)), ctx.Err()
		},
	}
}
