// Package sources opens what a collection request names: local material (engine/source) and addresses of sites (engine/source/web). It
// keeps what a walk of a site has seen in the vault's folder, sealed, so that the walk can go on after an interruption, and takes all of that away when something is
// erased: it holds addresses and titles, and can be had again.
package sources
