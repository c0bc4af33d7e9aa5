// The published models, read by dlib and taken apart into plain convolutions.
#pragma once
#include "conv.h"
#include <string>

namespace gabarit {

// Residual is a block of the ResNet: two convolutions of 3x3; its input is added before negative values are cut off.
struct Residual {
	Conv first, second;
	bool down; // halves the picture: the input is averaged over 2x2
};

// TemplateNet is dlib_face_recognition_resnet_model_v1: chips of 150x150 pixels to 128 numbers.
struct TemplateNet {
	Conv stem;
	std::vector<Residual> residuals;
	std::vector<float> full; // [128][256]
	explicit TemplateNet(const std::string &path);
};

// FaceNet is mmod_human_face_detector without its pyramid: pixels to scores of windows.
struct FaceNet {
	std::vector<Conv> convs;
	Dot score;
	int window;                   // side of the square a score stands for, in pixels
	double maxOverlap, maxCover;  // above these two windows are one face
	explicit FaceNet(const std::string &path);
};

// Pixels are given to both networks as (value - mean) / 256.
constexpr float meanRed = 122.782f, meanGreen = 117.001f, meanBlue = 104.298f;

} // namespace gabarit
