// Package archive gives the images of web archives as a stream of items: WARC files of version 1.0 and 1.1 (ISO 28500), plain or compressed by gzip,
// record by record or as a whole, WACZ files (https://specs.webrecorder.net/wacz/1.1.1/), and MAFF files, whose pages package page reads.
// It opens no connection, writes nothing, and never looks inside an image but for its first bytes, where a record does not tell a type.
//
// # What is an item
//
// Every answer of status 200 (and record without HTTP: resource, conversion) whose type is image/*, also the drawings and icons that engine/photo
// refuses; where the type tells nothing (none, octet-stream, text/plain), every one that begins like a picture. Videos (video/*) are items
// too, marked as such (Item.Film); one of status 206 if the piece is all of it. Other records are left out
// without mention. Items stand in the order of the records, one for each record: of several pages that show it, an image gets the
// first.
//
//   - A revisit is an item with its own address and date and the bytes of the record it refers to, by digest or address, if that stands in
//     the archive before it; else it is a failed item.
//   - Failed items are also: images in several segments, of status 206 or marked as truncated; records that are damaged, or cut by the end of
//     the file. Behind a damaged record reading goes on with the next that can be found.
//   - Images inside of pages (data: addresses) are items of their own, see package page.
//   - What was redirected is found on the page that shows the address where it began.
//   - A picture that a crawler made of a page (urn:thumbnail:https://...) belongs to that page and has no address.
//
// The page of an image is the first in the archive that refers to it; else the one for which the crawler says it loaded it (WARC-Page-ID with the list
// of pages of a WACZ file); else the one from which it was asked for (Referer of the request record), if the archive holds that.
//
// Bodies are given with their chunks joined and their content coding (gzip, deflate, br, zstd) undone; headers of codings that the archive's writer had undone
// are ignored. WARC-Payload-Digest (sha1, sha256, sha512, md5) is checked at the end of an image, in any of the three forms that writers make it of; an
// image that does not match fails.
//
// # WACZ
//
// Files are used only if they have the SHA-256 that datapackage.json lists for them, and it is said which have not. Records are found by the
// index (CDXJ, also compressed), without reading through the WARC files; a file of which it names nothing
// is read through. Other records that the index does not name are not seen. Titles are those of pages.jsonl, which are what people saw, else those of the pages.
//
// # How it is read
//
// An index is built when items are first asked for: one reading of the file, and of each page in it. It is shared by all sequences of the source
// and keeps 32 bytes of an image, its places by digest and address while it is built, and of pages addresses and titles; images that pages show
// are kept as hashes of their addresses with their titles. Each item is then read where it stands, so that opening one, or going on after an interruption, costs no search.
// In a file that is compressed as a whole nothing can be found by its place: readers that stand a little before are kept (four, each with an
// open file, until the source is dropped), so that reading in order costs about one unpacking for each that reads.
//
// # Keys and versions
//
// The key of an image is "crawl.warc.gz#byte4711 ADDRESS", where its record begins; "+n" behind that counts the bytes inside of a gzip member of several records; in a
// WACZ file the WARC file's name and a colon stand before it. The version is the record's name and digest, else size and time of the file, with a hash of what is known of the
// image: archives may grow without their images being read again.
//
// # Limits
//
// They stand in limits.go, each with its default, and none can be set from outside: a header of 64 KiB, 2,000,000 images, 200 times the bytes read, a zstd window of 64 MiB, and
// so on. What was unpacked is counted over all files and pages of an archive together. No name of an archive becomes a path on disk, links inside of it are not followed, and an archive inside of an archive is
// not opened. Images are bounded by who opens them (engine/photo). What a limit cut off is a failed item that says so, and the run goes on with what is behind it.
package archive
