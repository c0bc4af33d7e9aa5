// Package page reads what pages of the web say of the images they show, and gives the images of pages that somebody saved as a stream
// of items: an HTML file with its files, an MHTML file, a page inside of a MAFF file. It opens no connection, runs no script, and never looks
// inside an image but for its first bytes. Package archive uses it for the pages of web archives.
//
// # What is taken from a page
//
// Title, author and date of publication: from title, meta tags (HTML, Open Graph, Dublin Core) and linked data (JSON-LD of schema.org), in this
// order. Its address: where it was fetched from, if that is known; else the note of whoever saved it ("saved from url", SingleFile);
// else the canonical address that it claims.
//
// Of each image the address and one title: alt, else the title attribute, else the figure's caption. References are taken from img
// (src, srcset, and the attributes that scripts for late loading use: data-src, data-srcset, data-original, data-lazy and their like), the
// sources of a picture, input, video posters, image inside drawings, style attributes, links to a file with the name of a picture, link
// (image_src, preload), Open Graph and linked data; also inside noscript. All sizes of a picture share a title. base counts; a meta
// refresh does not. Of style sheets only the images are taken that stand in those of the page itself (data: addresses, where SingleFile puts what a page shows more
// than once). A page inside an attribute (srcdoc of a frame) is read with the page around it.
//
// Images inside the page itself (data: addresses) are offered from 1,024 bytes on: smaller ones are dots and blurred previews.
//
// # Saved pages
//
// Items are the files below the page's folder that it refers to, in its order, then the pictures and videos in the folders named like the page
// ("page_files", "page.files", "page_fichiers", "page-Dateien" ...) that no tag refers to. Videos are marked as such (Item.Film). Other files there, scripts and style sheets, are left out without mention; so are references to the web.
// The src of an img that is not there, or leads outside of the folder (".." or a symbolic link), is a failed item. A page of which nothing was
// saved is one failed item. The original address of an image is not known, as browsers write their own into the page.
//
// An MHTML file (RFC 2557) gives its parts of a type image/* or video/*, and those of no telling type that begin like one, with the page or frame that shows them, found by Content-Location or
// Content-ID. Its parts are found by their boundary in one reading; what is kept of a part is its place, so that an item is opened without a
// search. Parts inside of parts are refused, the last part of a file that ends too early is a failed item.
//
// # Keys and versions
//
// The key of an image file is its path with " on " and the page's, of a part "page.mhtml#part3 ADDRESS", of an image inside a page "page.html#image4"
// (the number of the reference). The version is size and time of the file, or a hash of the image inside a page, with a hash of what is known
// of the image.
//
// # Limits
//
// They stand in limits.go, each with its default, and none can be set from outside: 32 MiB of a page, 20,000 references, 20,000 parts and 64 frames of an MHTML file, 100,000 files
// beside a page. A page that is longer is said to be: what stands behind the limit was not looked at. Memory depends on these limits, not on the size or nesting of the page: tags are read as a
// stream, and no tree is built. The XML of a page or drawing is not expanded: no entity but those of HTML is known.
package page
