// Package faces is what the screens share about the faces of a photo: the photo with a numbered box on each, the list that tells how
// good each one is, drawing one by hand, and the choice between the detectors.
//
// It knows neither the application nor a screen: what is chosen, drawn or removed is told to functions that the screen hands in. Draft
// holds what is being drawn, without a widget.
package faces
