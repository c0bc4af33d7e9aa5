package video

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"gabarit/engine"
)

// input gives the options that bind a program to one container and one file, see the package comment.
func input(kind string, f *os.File) []string {
	return []string{"-max_alloc", strconv.Itoa(maxAlloc), "-protocol_whitelist", "file", "-format_whitelist", kind, "-f", kind, "-i", videoName(f)}
}

// probe asks ffprobe what a video is. Errors: those of ParseInfo and process.end, CodeUnavailable.
func probe(ctx context.Context, kind string, f *os.File) (Info, error) {
	const op = "video.Probe"
	out, in, err := os.Pipe()
	if err != nil {
		return Info{}, engine.E(engine.CodeUnavailable, op, "ffmpeg does not start", err)
	}
	defer out.Close()
	args := append([]string{"-hide_banner", "-v", "error", "-print_format", "json", "-show_format", "-show_streams"}, input(kind, f)...)
	p, err := start(ctx, "ffprobe", args, f, in)
	_ = in.Close() // the process has it
	if err != nil {
		return Info{}, err
	}
	answer, err := io.ReadAll(io.LimitReader(out, maxProbe+1))
	if err == nil && len(answer) > maxProbe {
		err = errors.New("too much text")
	}
	if err != nil {
		p.stop()
		return Info{}, engine.E(engine.CodeLimit, op, "the video tells more of itself than the limit", fmt.Errorf("%w: limit %d bytes", err, maxProbe))
	}
	if err := p.end(); err != nil {
		return Info{}, err
	}
	return ParseInfo(answer)
}
