// Package video gives the frames of a video as items: ffprobe says what it is, ffmpeg decodes it. Both are programs of the system, run as processes of their own;
// nothing of a video is decoded in this program but the frames that they give.
//
// # Which frames
//
// A video is decoded once, from its start to its end. Looked at are the first frame of each shot (the scene score of ffmpeg's select filter over
// cutScore) and then one every interval. Those in which nothing has moved since the last one
// (ffmpeg's mpdecimate filter: no block of 8 x 8 pixels differs much, few differ at all) are not offered again; Frame.UntilMS tells how long the picture stayed. Frames are
// upright, with square pixels, in sRGB as far as ffmpeg converts it (HDR is not mapped), and come as JPEGs of high quality. The same file and the
// same ffmpeg give the same frames.
//
// The key of a frame is that of the video with "#12.480s" behind it; its version is the video's.
//
// # What a video tells of itself
//
// Title, author, date and place, where the file names them (tags title, artist, creation_time or com.apple.quicktime.creationdate, location in ISO 6709).
// What a file beside the video or a page says is believed first. Every frame has the SHA-256 of the video.
//
// # Safety
//
// A video is hostile. What container it is, is decided here by its first bytes, and ffmpeg gets exactly that demuxer (-f, and as the only one of
// -format_whitelist): none of those that read playlists or scripts (HLS, DASH, concat, ASX, SDP, image sequences) can be reached. The only protocol allowed is that of
// local files, and the only file named is the descriptor that was opened here (file:/dev/fd/3): no path is handed over. The processes get no
// environment, the root as working folder, and cannot write a file of any size, dump core or use more memory and processor time than allowed. They are killed
// with their group when ctx ends, and with this program.
//
// A video inside an archive is copied into memory (memfd_create), never into a file: private material must not lie on a disk in plain. That works on Linux only.
//
// # Limits
//
// A video of a file is read whatever its size, one inside an archive up to maxHeld. 16,384 pixels a side and maxPixels in all; frames are
// reduced to maxSide. The first maxTime of it, and maxFrames; what lies behind is said to be not looked at. A process may use maxMemory, allocate maxAlloc at once,
// use maxCPU of processor time in one thread, and be silent for maxSilence. 16 KiB of what it says about errors are kept, 1 MiB of what ffprobe
// tells, 32 MiB a frame.
package video
