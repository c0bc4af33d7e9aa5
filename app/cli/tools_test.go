package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"gabarit/app"
	"gabarit/engine"
)

// What scripts use beside the programs: a keyring in a folder, photos of two people, damaged logs.

// kept is the program gabarit-kept: gabarit-cli with a keyring that keeps its secrets as files in the folder KEYRING.
func kept() {
	if code, ok := app.RunWorker(os.Args); ok {
		os.Exit(code)
	}
	os.Exit(start(folderKeyring(os.Getenv("KEYRING"))))
}

type folderKeyring string

func (k folderKeyring) file(account string) string { return filepath.Join(string(k), account) }

func (k folderKeyring) Get(account string) (string, error) {
	secret, err := os.ReadFile(k.file(account))
	return string(secret), keyringError(err)
}

func (k folderKeyring) Set(account, secret string) error {
	return keyringError(os.WriteFile(k.file(account), []byte(secret), 0o600))
}

func (k folderKeyring) Delete(account string) error { return keyringError(os.Remove(k.file(account))) }

func keyringError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrNotExist):
		return engine.E(engine.CodeNotFound, "test.keyring", "the system's keyring holds no key for this vault", err)
	default:
		return engine.E(engine.CodeUnavailable, "test.keyring", "the system's keyring can't be used", err)
	}
}

// besideCmd is "beside TARGET LEFT RIGHT": one photo of what two show, side by side.
func besideCmd(ts *testscript.TestScript, _ bool, args []string) {
	var parts []image.Image
	width, height := 0, 0
	for _, name := range args[1:] {
		f, err := os.Open(ts.MkAbs(name))
		ts.Check(err)
		img, err := jpeg.Decode(f)
		ts.Check(err)
		ts.Check(f.Close())
		parts = append(parts, img)
		width, height = width+img.Bounds().Dx(), max(height, img.Bounds().Dy())
	}
	both := image.NewRGBA(image.Rect(0, 0, width, height))
	x := 0
	for _, img := range parts {
		draw.Draw(both, img.Bounds().Add(image.Pt(x, 0)), img, img.Bounds().Min, draw.Src)
		x += img.Bounds().Dx()
	}
	var out bytes.Buffer
	ts.Check(jpeg.Encode(&out, both, &jpeg.Options{Quality: 90}))
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o755))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out.Bytes(), 0o600))
}

// damageCmd is "damage HOW EXPORT TARGET": writes an exported audit log anew with one thing wrong, at entry 3 or, for cutoff,
// without the last two entries.
func damageCmd(ts *testscript.TestScript, _ bool, args []string) {
	lines := bytes.Split(bytes.TrimSuffix([]byte(ts.ReadFile(args[1])), []byte("\n")), []byte("\n"))
	if len(lines) < 7 {
		ts.Fatalf("%s has only %d lines", args[1], len(lines))
	}
	switch args[0] { // lines[0] is the header, lines[3] entry 3
	case "altered":
		lines[3] = bytes.Replace(lines[3], []byte(`"action":"`), []byte(`"action":"un`), 1)
	case "dropped":
		lines = slices.Delete(lines, 3, 4)
	case "reordered":
		lines[3], lines[4] = lines[4], lines[3]
	case "cutoff":
		lines = lines[:len(lines)-2]
	case "rewritten":
		lines[3] = bytes.Replace(lines[3], []byte(`"action":"`), []byte(`"action":"un`), 1)
		for i := 4; i < len(lines); i++ { // whoever alters an entry may as well mend all that follow
			prev := sha256.Sum256(append([]byte{0}, lines[i-1]...))
			lines[i] = regexp.MustCompile(`"prev":"[0-9a-f]*"`).ReplaceAll(lines[i], []byte(`"prev":"`+hex.EncodeToString(prev[:])+`"`))
		}
	default:
		ts.Fatalf("no such damage: %s", args[0])
	}
	out := append(bytes.Join(lines, []byte("\n")), '\n')
	if bytes.Equal(out, []byte(ts.ReadFile(args[1]))) {
		ts.Fatalf("nothing is damaged")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), out, 0o600))
}

// nextCmd is "next NAME N": sets an environment variable to N+1.
func nextCmd(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Setenv(args[0], strconv.Itoa(n+1))
}

// spoilCmd is "spoil PATTERN OFFSET": changes one bit of the largest file that matches.
func spoilCmd(ts *testscript.TestScript, _ bool, args []string) {
	files, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	offset, err := strconv.Atoi(args[1])
	ts.Check(err)
	var largest string
	var data []byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		ts.Check(err)
		if len(b) > len(data) {
			largest, data = f, b
		}
	}
	if offset >= len(data) {
		ts.Fatalf("%s has no file of more than %d bytes", args[0], offset)
	}
	data[offset] ^= 0x40
	ts.Check(os.WriteFile(largest, data, 0o600))
}
