// Package kit holds what the screens share: the one way to start background work, the one place where
// errors become sentences, the image loader, and the widgets that more than one screen shows.
//
// It is the only package of the window that starts goroutines or calls fyne.Do. It knows nothing of
// screens, of the application or of storage: screens hand it functions, or an Eraser to the one dialog in which
// anything is erased. Everything in it but the work
// functions handed to Run and Images runs on the window's thread.
package kit
