package video

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"

	"gabarit/engine/formats"
)

// HeadSize is how many bytes Kind wants to see.
const HeadSize = 1024

// Kind tells by the first bytes of a file which demuxer of ffmpeg reads it; "" for what is no video that is read. It may be a container without pictures.
func Kind(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x1a\x45\xdf\xa3")):
		return "matroska"
	case bytes.HasPrefix(head, []byte("RIFF")) && len(head) >= 12 && string(head[8:12]) == "AVI ":
		return "avi"
	case bytes.HasPrefix(head, []byte("FLV\x01")):
		return "flv"
	case bytes.HasPrefix(head, []byte("\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c")):
		return "asf"
	case bytes.HasPrefix(head, []byte("OggS\x00")):
		return "ogg"
	case bytes.HasPrefix(head, []byte("\x00\x00\x01\xba")):
		return "mpeg"
	case isTransportStream(head, 188, 0), isTransportStream(head, 192, 4):
		return "mpegts"
	case isMovie(head):
		return "mov"
	}
	return ""
}

// isTransportStream looks for the sync byte of four packets.
func isTransportStream(head []byte, packet, first int) bool {
	for i := range 4 {
		if at := first + i*packet; at >= len(head) || head[at] != 0x47 {
			return false
		}
	}
	return true
}

// isMovie tells files of boxes (ISO 14496-12, QuickTime) from pictures that are made of such boxes too.
func isMovie(head []byte) bool {
	if len(head) < 12 {
		return false
	}
	size, box := binary.BigEndian.Uint32(head), string(head[4:8])
	if size != 1 && size < 8 { // 1: the size stands behind the name
		return false
	}
	switch box {
	case "ftyp":
		return !slices.Contains(strings.Split("heic heix heim heis hevc hevx hevm hevs mif1 mif2 msf1 miaf avif avis avio jp2  jpx  jpm  jxl  crx ", " "), strings.TrimRight(string(head[8:12]), " "))
	case "moov", "mdat", "wide", "free", "skip", "pnot":
		return true
	}
	return false
}

// Named tells by its name a file that should be a video.
func Named(name string) bool {
	return slices.Contains(formats.VideoEndings(), strings.ToLower(filepath.Ext(name)))
}
