//! The words of tus 1.0.0 that both sides use: header names and the keys of `Upload-Metadata`.

/// The only version there is.
pub const VERSION: &str = "1.0.0";
/// The extensions that the server speaks.
pub const EXTENSIONS: &str =
    "creation,creation-with-upload,creation-defer-length,checksum,termination,expiration";
/// How `Upload-Checksum` may be made, the best first.
pub const CHECKSUM_ALGORITHMS: &str = "sha256,sha1";
/// The type of a body that carries bytes of an upload.
pub const OFFSET_OCTET_STREAM: &str = "application/offset+octet-stream";

/// The version a message is written in.
pub const TUS_RESUMABLE: &str = "tus-resumable";
/// The versions a server knows.
pub const TUS_VERSION: &str = "tus-version";
/// The extensions a server knows.
pub const TUS_EXTENSION: &str = "tus-extension";
/// Bytes that an upload may have.
pub const TUS_MAX_SIZE: &str = "tus-max-size";
/// The checksums a server knows.
pub const TUS_CHECKSUM_ALGORITHM: &str = "tus-checksum-algorithm";
/// Bytes that are safe already, or where a body's bytes belong.
pub const UPLOAD_OFFSET: &str = "upload-offset";
/// Bytes of the whole.
pub const UPLOAD_LENGTH: &str = "upload-length";
/// `1` where the whole is not known yet.
pub const UPLOAD_DEFER_LENGTH: &str = "upload-defer-length";
/// What the sender says of the upload.
pub const UPLOAD_METADATA: &str = "upload-metadata";
/// The checksum of a body.
pub const UPLOAD_CHECKSUM: &str = "upload-checksum";
/// When an upload is given up if nothing comes.
pub const UPLOAD_EXPIRES: &str = "upload-expires";
/// Only for making an upload where the server asks for it: a token that the host signed.
pub const UPLOAD_TOKEN: &str = "upload-token";

/// Keys of `Upload-Metadata`: what the sender calls it, so that asking twice makes one recording.
pub const TAKE: &str = "take";
/// The title.
pub const TITLE: &str = "title";
/// The type, such as `video/webm;codecs=vp9,opus`.
pub const MIME_TYPE: &str = "mime_type";
/// The length so far in ms, for formats that don't tell.
pub const DURATION_MS: &str = "duration_ms";
/// The room that the recording is made in.
pub const ROOM: &str = "room";
/// Whom it shows.
pub const PARTICIPANT: &str = "participant";
