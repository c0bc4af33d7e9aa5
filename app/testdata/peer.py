"""Python's face_recognition as a process that is asked for one photo at a time; make accuracy and make
bench-collect compare Gabarit to it. It runs in one of the environments that .ci/peers makes.

It does what its users do: load_image_file, face_locations with its defaults (HOG, one upsampling), face_encodings
with its defaults (five landmarks, one crop). One thing is added: photos are turned upright by their EXIF orientation, as the boxes
they are compared to are those of the upright picture. A photo without an orientation is loaded exactly as load_image_file does.

Standard input: a JSON document a line, {"path": "...", "templates": true}. Without templates they are made
(and paid for) all the same, only not told.
Standard output, a JSON document a line: first {"python", "dlib", "avx", "blas"}; then one per photo,

    {"width", "height", "faces": [{"box": [x, y, w, h], "template": [128 numbers]}], "seconds": {"load", "detect", "templates"}}

or {"error": "..."} if the photo can't be read. Boxes are pixels of the upright picture; seconds are those of the processor
(time.process_time). It ends with the end of its input.
"""

import json
import os
import sys
import time
import warnings

# dlib's matrix library must not start threads of its own: the comparison is by processor time, one thread against one.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[name] = "1"
warnings.simplefilter("ignore")

import dlib
import face_recognition
import numpy
from PIL import Image, ImageOps

ORIENTATION = 0x0112  # EXIF tag


def load(path):
    """The upright picture as an array of height x width x 3 bytes, RGB."""
    with Image.open(path) as picture:
        turned = picture.getexif().get(ORIENTATION, 1) not in (0, 1)
    if not turned:
        return face_recognition.load_image_file(path)
    with Image.open(path) as picture:
        return numpy.array(ImageOps.exif_transpose(picture).convert("RGB"))


def look(path, templates):
    """What the answer to one photo says."""
    start = time.process_time()
    pixels = load(path)
    loaded = time.process_time()
    places = face_recognition.face_locations(pixels, number_of_times_to_upsample=1, model="hog")
    detected = time.process_time()
    encodings = face_recognition.face_encodings(pixels, known_face_locations=places)
    encoded = time.process_time()
    faces = []
    for (top, right, bottom, left), encoding in zip(places, encodings):
        face = {"box": [left, top, right - left, bottom - top]}
        if templates:
            face["template"] = encoding.tolist()
        faces.append(face)
    return {
        "width": pixels.shape[1],
        "height": pixels.shape[0],
        "faces": faces,
        "seconds": {"load": loaded - start, "detect": detected - loaded, "templates": encoded - detected},
    }


def main():
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a library prints must not get between the answers

    def answer(document):
        answers.write(json.dumps(document) + "\n")

    answer({
        "python": sys.version.split()[0],
        "dlib": dlib.__version__,
        "avx": bool(dlib.USE_AVX_INSTRUCTIONS),
        "blas": bool(dlib.DLIB_USE_BLAS),
    })
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer(look(question["path"], question.get("templates", False)))
        except Exception as error:  # one bad photo must not end the process
            answer({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
