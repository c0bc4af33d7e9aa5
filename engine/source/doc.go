// Package source turns what a person names at collect time into a stream of candidate photos: a
// folder, a manifest, a web archive (package archive), a saved page (package page), a video (package video), or one photo file. It is the first step of the flow (source -> photo -> face ->
// index). It opens files but never looks inside a photo: whether something is a picture is decided by
// engine/photo, from its content. It never writes, never follows a link out of what was named, and
// never drops anything without saying so: what can't be offered is an item with an error.
//
// # Folders
//
// A folder is read with everything below it, in lexical order of the names, one directory at a time; saved pages come before what else is
// in their directory, so that photos get their words. They may refer to everything below the folder that was named.
//
//   - Every regular file is an item, whatever its name. Files that are no pictures end in the list of failures.
//   - Videos give their frames. What is named like one and is neither a video nor a picture is a failed item.
//   - Files that describe a photo beside them are read with it, see below. Archives and saved pages give the images they hold; the folder of a saved
//     page's files ("page_files" beside "page.html") is read with the page.
//   - Left out without mention: names that start with a dot, Thumbs.db and desktop.ini. These are
//     the bookkeeping of desktops and cameras. A hidden folder that is named itself is read.
//   - Symbolic links are not followed: each is one failed item. So are devices, pipes and sockets, which are
//     never opened, and folders that can't be read; the walk goes on behind them.
//   - A folder that holds .nomedia or .noimage asks to be left alone by programs like this one (the
//     convention of Android and Nextcloud). It is one failed item, and nothing below it is read, even
//     if it was named itself: deleting that file is the way to change the answer.
//
// # Files beside a photo
//
// A photo a.jpg in a folder is described by a.jpg.xmp or a.xmp (XMP: title, description, creator, source, date, place), and by a.jpg.json, a.json, a.info.json or
// a.jpg.supplemental-metadata.json as gallery-dl, yt-dlp and Google Takeout write them (addresses, title, text, author, dates, place). XMP is
// believed first. Such a file is no item; if it is damaged or of no program that is known it is a failed item, and the photo is read without
// it. An XMP file knows no entities of its own. A photo that is named by itself is read without
// what stands beside it.
//
// # Manifests
//
// A manifest lists photos with what is known of them: a CSV file (comma, semicolon or tab, as
// spreadsheets write it) whose first line names the columns, or a file with one JSON object on each line
// (JSON lines) that uses the same names.
//
//	file         the photo: a path from the manifest's folder, or an absolute path; required
//	url          address of the image, http or https
//	page_url     address of the page that showed it, http or https
//	page_title   title of that page
//	image_title  title, caption or alternative text of the image
//	captured_at  when it was taken: 2024-05-31, 2024-05-31 14:05:00 (UTC) or 2024-05-31T14:05:00+02:00
//	lat, lon     where it was taken, decimal degrees (WGS 84); both or none
//
// For example:
//
//	file,url,page_url,page_title,image_title,captured_at,lat,lon
//	img/0001.jpg,https://example.org/img/0001.jpg,https://example.org/fair,"Summer fair, 2024",At the gate,2024-05-31,48.8566,2.3522
//	scans/0002.png,,,,,,,
//
//	{"file":"img/0001.jpg","url":"https://example.org/img/0001.jpg","page_title":"Summer fair, 2024","lat":48.8566,"lon":2.3522}
//
// Other columns are ignored; their order is free; empty cells are unknown; a line sep=; before the names and a byte order
// mark are accepted; rows without any content are passed over. A relative path must stay inside the
// manifest's folder, also through symbolic links (which must be relative): whoever wrote the manifest
// must not choose files elsewhere on this machine. An absolute path is taken as it is written. A row
// that is wrong is one failed item named "manifest#row12"; the first line is row 1, and a line break inside
// quotes does not count. A column named twice, or no column "file", refuses the whole manifest.
//
// UTF-8 only; a row has 1 MiB and 100 line breaks, a manifest 1,000,000 rows. All limits stand in limits.go, each with its default.
//
// # Keys and versions
//
// The key of an item is its absolute path; a manifest's row adds its addresses ("photo.jpg from URL on
// PAGE"), so that rows may be inserted or sorted without anything being read again. Rows that agree in
// all three are items of their own: the second has " #2" at its end. The version is size and time of
// change, and for a row a hash of its other cells: an edited title makes the photo be read again, be
// found as held already, and its find get the new words (a new date or place is not taken over). Bytes of a path that are not UTF-8 are written \xE9 in
// keys and provenance; the file itself is opened by its true name.
package source
