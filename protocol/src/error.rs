use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The body of every answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorAnswer {
    /// What went wrong.
    pub error: ErrorBody,
}

/// What went wrong, twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What programs look at.
    pub code: ErrorCode,
    /// What people read.
    pub message: String,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:literal, $text:literal;)*) => {
        /// Every error code, with its status and its text, in one place.
        ///
        /// Programs rely on the code, people read the text; the text may change, the code may not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
        }

        impl ErrorCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            const fn row(self) -> (&'static str, u16, &'static str) {
                match self {
                    $(Self::$variant => ($name, $status, $text),)*
                }
            }
        }
    };
}

codes! {
    /// There is nothing under this path, or nothing of the asker's.
    NotFound = "not_found", 404, "There is nothing here, or it is not yours.";
    /// The path exists, but not with this method.
    MethodNotAllowed = "method_not_allowed", 405, "This address does not take that method.";
    /// The request can't be understood.
    Malformed = "malformed", 400, "The request can't be understood.";
    /// Plain HTTP where the server speaks HTTPS.
    TlsNeeded = "tls_needed", 400, "This server speaks HTTPS; use https:// instead of http://.";
    /// A request without a key for something that needs one.
    KeyNeeded = "key_needed", 401, "This needs the owner's key, sent as Authorization: Bearer.";
    /// A page of another site tried to change something.
    OriginNotAllowed = "origin_not_allowed", 403, "Pages of this origin may not do that; the host can allow it with --allow-origin.";
    /// This server takes no uploads.
    UploadsOff = "uploads_off", 403, "This server takes no recordings.";
    /// Uploads need a token that the host signed, and it is missing, forged or too old.
    UploadTokenNeeded = "upload_token_needed", 403, "To record here, a valid token of the host is needed.";
    /// More requests in a second than are allowed.
    TooManyRequests = "too_many_requests", 429, "These are too many requests; wait a moment.";
    /// More uploads at the same time than are allowed.
    TooManyUploads = "too_many_uploads", 429, "Too many recordings are being uploaded; wait until one is done.";
    /// An upload in a version of tus that the server does not speak.
    TusVersion = "tus_version", 412, "This server speaks tus 1.0.0 only.";
    /// A body of another type than `application/offset+octet-stream`.
    ContentType = "content_type", 415, "The bytes of an upload come as application/offset+octet-stream.";
    /// The bytes belong somewhere else than where the upload stands.
    OffsetMismatch = "offset_mismatch", 409, "The upload stands at another offset.";
    /// Somebody else went on with this upload.
    Superseded = "superseded", 409, "A newer request goes on with this upload.";
    /// The upload is whole and takes no more bytes.
    UploadComplete = "upload_complete", 409, "This recording is complete.";
    /// The upload was given up because nothing came for too long.
    UploadExpired = "upload_expired", 410, "This upload was left alone for too long, and was finished as it was.";
    /// The recording was deleted.
    Deleted = "deleted", 410, "This recording was deleted.";
    /// The checksum does not fit the bytes, which are dropped.
    ChecksumMismatch = "checksum_mismatch", 460, "The bytes changed on the way; send them again.";
    /// A checksum in a form the server does not know.
    ChecksumAlgorithm = "checksum_algorithm", 400, "This server knows sha1 and sha256 as checksums.";
    /// A length that contradicts what is known of the upload.
    BadLength = "bad_length", 400, "The upload's length is missing, malformed, or another than before.";
    /// More bytes than a recording may have.
    RecordingTooLarge = "recording_too_large", 413, "A recording may not become this large here.";
    /// More bytes than the upload was said to have.
    BeyondLength = "beyond_length", 413, "These are more bytes than the upload was to have.";
    /// More bytes than one owner may have here.
    OwnerFull = "owner_full", 413, "Your recordings take all the room that you may use here; delete some.";
    /// More bytes than all may have here.
    ServerFull = "server_full", 507, "The recordings take all the room there is on this server.";
    /// The disk is full.
    DiskFull = "disk_full", 507, "The server's disk is full; it goes on once there is room.";
    /// A body that is too large for what it is.
    BodyTooLarge = "body_too_large", 413, "The body is too large.";
    /// A picture of a type that is not taken.
    PictureType = "picture_type", 415, "A picture is a JPEG, a PNG or a WebP.";
    /// A range outside of the file.
    Range = "range", 416, "The file has no such range of bytes.";
    /// A message out of order on a socket.
    OutOfOrder = "out_of_order", 409, "This message does not belong here.";
    /// Joining needs a token that the host signed for this room, and it is missing, forged or too
    /// old.
    JoinTokenNeeded = "join_token_needed", 403, "To join this room, a valid invitation of the host is needed.";
    /// What can't be a room's name.
    RoomName = "room_name", 400, "A room's name has 1 to 100 characters, all of them visible.";
    /// A person's name that is too long.
    PersonName = "person_name", 400, "A name has at most 100 characters.";
    /// A message for somebody who is not in the room.
    NoSuchPeer = "no_such_peer", 404, "Nobody of that id is in the room.";
    /// Another socket came with the same session.
    TakenOver = "taken_over", 409, "This place in the room was taken over by a newer connection.";
    /// A client that takes what is sent to it, or sends what it has to, too slowly.
    TooSlow = "too_slow", 408, "Messages were taken too slowly.";
    /// More rooms than there may be.
    TooManyRooms = "too_many_rooms", 503, "There are too many rooms on this server; try again later.";
    /// More sockets than there may be, of all or from one address.
    TooManySockets = "too_many_sockets", 503, "There are too many connections to this server; try again later.";
    /// The server is stopping.
    ShuttingDown = "shutting_down", 503, "The server is stopping; come back in a moment.";
    /// The server's own fault.
    Internal = "internal", 500, "Something went wrong in the server; its log says what.";
}

impl ErrorCode {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    pub const fn status(self) -> u16 {
        self.row().1
    }

    /// The text where there is no better one.
    pub const fn message(self) -> &'static str {
        self.row().2
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for ErrorCode {}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let known = Self::ALL.iter().find(|code| code.as_str() == text);
        known
            .copied()
            .ok_or_else(|| de::Error::custom(format_args!("unknown error code {text:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_name_of_its_own() {
        for (at, code) in ErrorCode::ALL.iter().enumerate() {
            let others = &ErrorCode::ALL[at + 1..];
            assert!(
                others.iter().all(|other| other.as_str() != code.as_str()),
                "{code}"
            );
            assert!((400..600).contains(&code.status()), "{code}");
        }
    }
}
