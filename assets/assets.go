// Package assets holds what the program ships beside its code: letter templates, texts of papers, translations, icons
// and the list of model files it accepts. It imports nothing of the project.
package assets

import (
	"embed"
	"io/fs"
)

//go:embed letters papers translations icons authorities
var files embed.FS

// FS gives the embedded folders letters, papers, translations, icons and authorities.
func FS() fs.FS { return files }

// Model is one file that the face engine loads, accepted only with this content.
type Model struct {
	Name   string
	SHA256 string // hex
	Size   int64  // bytes
}

// ModelPackage names the Python package (and its version) that carries the model files.
const ModelPackage = "face-recognition-models==0.3.0"

// Models lists the model files: dlib's published networks, dedicated to the public domain (CC0) by
// their author Davis King.
func Models() []Model {
	return []Model{
		{"shape_predictor_5_face_landmarks.dat", "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888", 9_150_489},
		{"dlib_face_recognition_resnet_model_v1.dat", "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30", 22_466_066},
		{"mmod_human_face_detector.dat", "4cb19393e2fbaf2b1609a9319ad5386618c886a6234ec1b971f3e87c85d87fe6", 729_940},
	}
}
