//! A full disk: 507, what was acknowledged stays, and it goes on once there is room.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{
    Server, callreel,
    folder::Folder,
    owner::BYTES,
    samples::{assert_decodes, noise, recorded},
};

/// A small disk of its own for one server, in a mount namespace that nobody else sees, so that an
/// ordinary account suffices where the system lets it have one.
struct SmallDisk {
    server: Server,
    /// The disk, as it is reached from here.
    root: PathBuf,
    _folder: Folder,
}

impl SmallDisk {
    fn new(megabytes: usize) -> Self {
        let folder = Folder::new("disk");
        let disk = folder.path().to_string_lossy().into_owned();
        let binary = callreel().get_program().to_string_lossy().into_owned();
        let script = format!(
            "mount -t tmpfs -o size={megabytes}m none '{disk}' && exec '{binary}' --listen 127.0.0.1:0 --data-dir '{disk}/data'"
        );
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
        let server = Server::start_command(command);
        let root = PathBuf::from(format!("/proc/{}/root{disk}", server.id()));
        assert!(root.is_dir(), "{} is not there", root.display());
        Self {
            server,
            root,
            _folder: folder,
        }
    }

    /// Fills the disk but for so many bytes.
    fn fill(&self, free: u64) -> Ballast {
        let path = self.root.join("ballast");
        let disk = rustix::fs::statvfs(&self.root).expect("it is a disk");
        let available = disk.f_bavail * disk.f_frsize;
        let bytes = usize::try_from(available.saturating_sub(free)).expect("it is small");
        fs::write(&path, vec![0; bytes]).expect("there is room");
        Ballast(path)
    }
}

struct Ballast(PathBuf);

impl Ballast {
    fn remove(self) {
        fs::remove_file(self.0).expect("it is there");
    }
}

fn len(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |it| it.len())
}

#[test]
fn a_full_disk_is_said_and_survived() {
    let disk = SmallDisk::new(48);
    let ann = disk.server.owner("ann");
    let take = recorded(10);
    let large = noise(20 << 20, 1);
    let id = ann.begin(Some(large.len()), &[]);
    let half = take.len() / 2;
    let live = ann.begin(None, &[]);
    ann.append(&live, 0, &take[..half]);

    let ballast = disk.fill(8 << 20);
    let answer = ann.patch(&id, 0, &[], &large);
    assert_eq!((answer.status, answer.code().as_str()), (507, "disk_full"));
    let kept = ann.offset(&id);
    assert!(
        kept < large.len() && kept as u64 == len(&disk.root.join(format!("data/spool/{id}.media")))
    );
    // Nothing is left for anybody, and everybody hears why.
    let answer = ann.patch(&live, half, &[], &take[half..]);
    let at = ann.offset(&live);
    assert!(
        answer.status == 507 || at == take.len(),
        "{}",
        answer.text()
    );
    assert!(at >= half, "what was acknowledged is there");
    // Watching and listing go on.
    assert_eq!(ann.list("")["total"], 2);
    assert_eq!(disk.server.get("/healthz").status, 200);

    ballast.remove();
    ann.append(&id, kept, &large[kept..]);
    assert_eq!(ann.recording(&id)["state"], "complete");
    assert!(ann.original(&id) == large);
    ann.append(&live, at, &take[at..]);
    ann.patch(
        &live,
        take.len(),
        &[&format!("Upload-Length: {}", take.len())],
        b"",
    );
    assert!(ann.original(&live) == take);
    assert_decodes(&ann.media(&live, "").body);
}

#[test]
fn a_body_with_a_checksum_that_does_not_fit_leaves_nothing() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest as _, Sha256};
    let disk = SmallDisk::new(32);
    let ann = disk.server.owner("ann");
    let large = noise(10 << 20, 2);
    let sum = format!(
        "Upload-Checksum: sha256 {}",
        STANDARD.encode(Sha256::digest(&large))
    );
    let id = ann.begin(Some(large.len()), &[]);
    let ballast = disk.fill(4 << 20);
    assert_eq!(ann.patch(&id, 0, &[&sum], &large).status, 507);
    assert_eq!(ann.offset(&id), 0);
    ballast.remove();
    assert_eq!(ann.patch(&id, 0, &[&sum], &large).status, 204);
    assert!(ann.original(&id) == large);
}

#[test]
fn deleting_makes_room_on_a_full_disk() {
    let disk = SmallDisk::new(32);
    let ann = disk.server.owner("ann");
    let old = ann.upload(&noise(10 << 20, 3), &[]);
    let _ballast = disk.fill(600 << 10);
    let new = noise(8 << 20, 4);
    let refused = ann.send("POST", "/uploads", &["Upload-Length: 8388608", BYTES], &new);
    // The address is told, so that the client can go on later.
    assert_eq!(refused.status, 201, "{}", refused.text());
    let id = crate::support::owner::id_of(&refused);
    let offset = ann.offset(&id);
    assert!(offset < new.len());
    assert_eq!(ann.patch(&id, offset, &[], &new[offset..]).status, 507);
    assert_eq!(ann.ask("DELETE", &format!("/uploads/{old}")).status, 204);
    let offset = ann.offset(&id);
    ann.append(&id, offset, &new[offset..]);
    assert!(ann.original(&id) == new);
}
