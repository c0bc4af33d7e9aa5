package main_test

import (
	"bytes"
	"image"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/disintegration/imaging"
)

// upsideDown is a photo in which the fast detector finds no face, and the thorough one does: a real photo, turned. It gives its place,
// its size and where its face is.
func (d *desk) upsideDown(photo string) (path string, size image.Point, face image.Rectangle) {
	d.t.Helper()
	img, err := imaging.Open(photo)
	if err != nil {
		d.t.Fatal(err)
	}
	var found struct {
		Photos []struct{ Faces []struct{ Box [4]int } }
	}
	d.json(&found, "faces", photo, "--json")
	if len(found.Photos) != 1 || len(found.Photos[0].Faces) != 1 {
		d.t.Fatalf("the photo to turn is to have one face: %+v", found)
	}
	b, size := found.Photos[0].Faces[0].Box, img.Bounds().Size()
	var buf bytes.Buffer
	if err := imaging.Encode(&buf, imaging.Rotate180(img), imaging.JPEG, imaging.JPEGQuality(92)); err != nil {
		d.t.Fatal(err)
	}
	d.write("upside-down.jpg", buf.Bytes(), 0o600)
	return filepath.Join(d.dir, "upside-down.jpg"), size, image.Rect(size.X-b[0]-b[2], size.Y-b[1]-b[3], size.X-b[0], size.Y-b[1])
}

// faces searches with a face drawn by hand where none was found, then lets the thorough detector find it.
func (w *window) faces(photo string) {
	w.t.Helper()
	group, err := filepath.Glob(filepath.Join(w.folder, "Ultra_11.jpg"))
	if err != nil || len(group) != 1 {
		w.t.Fatalf("the photo of a group is not there: %v, %v", group, err)
	}
	w.drop(group[0])
	w.wait("search.faces", "faces found. 0 chosen.")
	w.waitCrop()
	w.screen("group")
	path, size, face := w.upsideDown(photo)
	w.drop(path)
	w.wait("search.message", "No face was found in the photo.")
	w.waitCrop()
	w.screen("no-face")
	w.click("search.message.draw", .5)
	w.wait("draw.say", "Draw a box")
	w.drag("search.large", size, face)
	w.waitCrop()
	w.screen("draw")
	w.key("Return")
	w.wait("search.faces", "No face found. 1 drawn by hand. 1 chosen.")
	w.waitCrop()
	w.screen("drawn")
	w.click("search.start", .5)
	w.wait("search.index", "Searched ")
	w.until("matches, or their offer", func() bool {
		return w.box("search.card.0").W > 0 || strings.Contains(w.box("search.message").Text, "No reliable match")
	})
	w.waitCrop() // the button has found its place
	if w.box("search.card.0").W == 0 {
		w.click("search.message.action", .5)
	}
	w.wait("search.card.0", "")
	w.key("ctrl+f", "Home")
	w.wait("evidence.quality", "Your face was drawn by hand")
	w.waitCrop()
	w.screen("drawn-results")
	w.key("Return")
	w.wait("compare.quality", "drawn by hand")
	w.waitCrop()
	w.screen("drawn-compare")
	w.key("Escape")

	w.click("search.detector", .5)
	w.key("Down", "Down", "Return")
	w.wait("search.detector", "Thorough")
	w.wait("search.faces", "1 face found. 1 drawn by hand. 0 chosen.")
	w.waitCrop()
	w.screen("thorough")
	w.click("search.list.1", .3) // the boxes lie over each other
	w.wait("search.faces", "1 chosen.")
	w.click("search.start", .5)
	w.wait("search.card.0", "")
	w.key("ctrl+f", "Home")
	w.wait("evidence.quality", "yours good")
	w.waitCrop()
	w.screen("thorough-results")
	w.key("F1")
	w.waitCrop()
	w.screen("keys")
	w.key("Escape")
}

// drawing takes pictures of a photo without a face, and of drawing one with the keys.
func (w *window) drawing(path, name, drawn string) {
	w.t.Helper()
	w.drop(path)
	w.wait("search.message", "")
	w.wait("search.message.draw", "")
	w.waitCrop()
	w.screen(name + "-no-face")
	w.key("ctrl+d", "Right", "Up", "plus")
	w.wait("draw.say", "")
	w.waitCrop()
	w.screen(name + "-draw")
	w.key("Return")
	w.wait("search.faces", drawn)
	w.waitCrop()
	w.screen(name + "-drawn")
}

// drag draws a box given in pixels of a photo that fills a widget.
func (w *window) drag(name string, photo image.Point, box image.Rectangle) {
	w.t.Helper()
	b := w.wait(name, "")
	scale := min(float64(b.W)/float64(photo.X), float64(b.H)/float64(photo.Y))
	left, top := float64(b.X)+(float64(b.W)-float64(photo.X)*scale)/2, float64(b.Y)+(float64(b.H)-float64(photo.Y)*scale)/2
	move := func(p image.Point, more ...string) {
		x, y := strconv.Itoa(int(left+float64(p.X)*scale)), strconv.Itoa(int(top+float64(p.Y)*scale))
		w.run("xdotool", append([]string{"mousemove", "--window", w.id, x, y}, more...)...)
		time.Sleep(100 * time.Millisecond)
	}
	move(box.Min, "mousedown", "1")
	for i := 1; i <= 4; i++ {
		move(box.Min.Add(box.Size().Mul(i).Div(4)))
	}
	move(box.Max, "mouseup", "1")
}
