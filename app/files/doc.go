// Package files deals with the files that people name: photos, searches and logs to be read, letters to be written, the folder of the
// models. What is read is bounded before, what is written takes no existing file's place, and a half-written file never bears
// a whole one's name.
package files
