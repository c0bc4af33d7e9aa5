// Package ui is Gabarit's window: its frame, navigation, drop target, vault gate, menus, log and settings.
//
// It joins the screens (ui/search, ui/library, ui/cases), which do not know each other, and the application,
// which it knows only as the interface Service. It decides nothing about faces, storage or the law, never
// touches the network, and no file but a checkpoint of the log that is saved. Everything slow runs through ui/kit; all
// methods are for the window's thread.
//
// When the vault is locked, by hand or by itself, the screens are thrown away with all that they show and know, and
// built anew, empty.
package ui
