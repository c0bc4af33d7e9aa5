// Package ui is Gabarit's window: its frame, navigation, drop target, vault gate, menus, log and settings.
//
// It joins the screens (ui/search, ui/library, ui/cases), which do not know each other, and the application,
// which it knows only as the interface Service. It decides nothing about faces, storage or the law, and never
// touches a file or the network. Everything slow runs through ui/kit; all methods are for the window's thread.
package ui
