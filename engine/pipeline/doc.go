// Package pipeline moves photos from sources into a collection: it lists items, reads and decodes them,
// has faces found, and commits the results to the store and the index. It decides nothing about formats, faces or
// storage; these are ports of the engine that the caller hands in. It must not be called for the same
// collection twice at the same time: both calls could store the same bytes as two photos.
//
// # Stages
//
//	list    1 goroutine    walks the sources, leaves out what is known and unchanged
//	read    workers + 1    reads, hashes, decodes, finds faces, makes crops; one more than the detector
//	                       works on, so that it never waits for a decoder
//	commit  the caller's   takes results in the order of the sources, in batches, one transaction each
//	count   1 goroutine    walks the sources a second time only to know how many items there are; it costs one
//	                       look at each file's entry, opens nothing, and ends when the list is complete; sources that are
//	                       walked once (engine.WalkedOnce) are left out
//
// Every queue is bounded: at most workers + 1 photos are open and decoded at once, and at most window results
// wait for an earlier photo. Results are committed in source order whatever the timing, so which of two
// equal files is the photo and which the duplicate never depends on chance, and what is
// stored after an interruption is always the beginning of what an undisturbed run stores.
//
// # What is read
//
// The store's record of an item decides. Recorded by this run (continued after an interruption): counted
// already, left alone, failures too, unless its version has changed. Recorded by an earlier
// run: left alone and counted as unchanged if its version is the same and it had not failed; else read
// again. An item offered twice in one pass (overlapping sources) counts once. Bytes that the collection
// holds already, or that came earlier in the run, are a duplicate: only the find is added, or, if it is known, given the titles and author that are told now. An item whose version only its source can
// tell (Item.Since) is asked for with the version recorded, unless that record is of a failure; if it is the same it counts as unchanged too.
//
// Items that failed and that a folder, archive or manifest named by a complete run does not offer any more leave the list of failures, and their names with it.
//
// # What is refused
//
// What was erased under an entry of the suppression list is not collected again. The store is asked three times, each before
// the next dearer step: with the image's address before the item is opened (also before an error of its source is
// recorded, which would keep its path), with the hash of its bytes before they are decoded, unless the collection
// holds the photo, and with its looks before faces are searched. A refused item becomes a record without its path, is counted, and
// is asked about again by every later run: entries end. What this run refused is left alone when it is continued, whatever
// has changed since: the store keeps no version of it.
//
// # What is found anew
//
// A run with Retemplate reads unchanged items too, if the photo they are was not found by the run's look and with the
// detector's model. So do items whose bytes turn out to be those of such a photo. Its faces are then found anew and replaced
// (engine.Store.Retemplate), once for all items that are the photo. Whether a photo is done is told by the photo itself, so that a run can be
// interrupted at any moment and the next goes on. A photo of which a face was erased is not searched, which would bring
// the face back: its other faces are described where they are. The suppression list is not asked, as nothing new is
// collected. What keeps templates of another model (its source is gone, or could not be read) is listed in the report.
//
// # Videos
//
// A video is an item that offers others, its frames (engine.Item.Frames); they go through the same stages. Behind them the video itself is
// recorded, so that one whose record is there and of the same version is not opened again. One that is damaged and gave frames is recorded as read in part; any other
// error makes it a failed item, which is tried again. The counting pass counts it once.
//
// The frames of one shot are held back until its end, those that are no longer needed without their pictures. Then it is decided: of each person the face
// of the best quality is kept, with the time from which to which they were seen. A frame is a photo with the faces that are kept of it; without one it is left out,
// recorded and counted. Two faces are one person by their distance, and by their place from one frame to the next; two faces of one frame never are. All of a shot is
// in one batch, so that an interrupted run decides nothing anew about a part of it. At most 256 frames and 3 MiB of pictures are held back; a longer shot is taken for
// several.
//
// If anything of a shot was erased before (a frame is refused, or a photo that stays had a face erased), no other frame of it that shows a face is
// collected: it may show the same person. Faces of frames are found anew where they are, so that what was left out does not come back.
//
// # What goes wrong
//
// An item that can't be read becomes a record with code, reason and cause, and the run goes on; so does
// a panic while working on it, as CodeInternal. The run itself ends early when ctx ends, when the
// store or the index refuses to work, when a face model is missing, or when the detector was closed. What was
// committed stays, and calling Collect again for the same sources continues. After ctx has
// ended nothing more is written, but a batch being written is completed. Cancelling takes as long
// as the photo being looked at.
//
// # Limits
//
// A batch is written at 16 items, at 8 MiB of pictures, and at least every 500 ms; one of photos found anew at 32, at 8 MiB and
// every 5 s. Progress is told at most ten
// times a second. Files larger than Photographer.MaxBytes are not read.
package pipeline
