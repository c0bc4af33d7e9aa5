package enginetest

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gabarit/engine"
)

// LFW reads every step-th template of the shared calibration set, and whose it is. It is called from the folder of a package
// of engine, and skips the test where the set is absent.
func LFW(t testing.TB, step int) (templates []engine.Template, people []string) {
	t.Helper()
	return LFWIn(t, filepath.Join("..", "..", "..", "shared", "testdata", "templates"), step)
}

// LFWIn does what LFW does, for the set in a folder.
func LFWIn(t testing.TB, dir string, step int) (templates []engine.Template, people []string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "lfw.npy"))
	if err != nil {
		t.Skip("no ../shared/testdata/templates beside the project: the calibration is not measured again")
	}
	list, err := os.ReadFile(filepath.Join(dir, "lfw.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(list)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	data = data[10+int(binary.LittleEndian.Uint16(data[8:])):] // the header of a .npy file, format 1.0
	for i := 0; i < len(rows)-1; i += step {
		var tmpl engine.Template
		for d := range tmpl {
			tmpl[d] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*(i*len(tmpl)+d):]))
		}
		templates = append(templates, tmpl)
		people = append(people, rows[i+1][1])
	}
	return templates, people
}
