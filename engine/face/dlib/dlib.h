/* What Go calls. Every function that can fail returns a negative number and sets *err to a text that the caller frees. */
#pragma once
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

enum { gb_landmarks = 5, gb_template = 128 };

typedef struct { double left, top, right, bottom, score; } gb_window;
typedef struct { double landmarks[2 * gb_landmarks]; float template_[gb_template]; } gb_face;

/* gb_open reads the models named; NULL on failure. */
void *gb_open(const char *predictor, const char *templates, const char *faces, char **err);
void gb_close(void *engine);

/* gb_hog and gb_mmod give the number of windows; *out is to be freed. grey is h rows of w bytes, rgb of 3w. Of its pyramid gb_mmod
   looks at no more than the given number of levels. */
int gb_hog(void *engine, const uint8_t *grey, int w, int h, double adjust, gb_window **out, char **err);
int gb_mmod(void *engine, const uint8_t *rgb, int w, int h, int levels, double adjust, gb_window **out, char **err);

/* gb_describe finds the landmarks of n faces and makes their templates as the mean over crops (1 to gb_max_crops) of each. */
int gb_describe(void *engine, const uint8_t *rgb, int w, int h, const gb_window *faces, int n, int crops, gb_face *out, char **err);
int gb_max_crops(void);

/* gb_scale scales linearly, as dlib's pyramids do. gb_rgb turns full-range BT.601 luma and chroma into RGB; a plane of chroma
   is cw x ch and stretched over the picture. */
int gb_scale(const uint8_t *src, int sw, int sh, uint8_t *dst, int w, int h, int channels, char **err);
int gb_rgb(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, int w, int h, int cw, int ch, uint8_t *rgb, char **err);

#ifdef __cplusplus
}
#endif
