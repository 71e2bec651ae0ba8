//! tus-js-client from npm, unmodified.

use crate::support::{Server, folder::Folder, node::node, samples::noise};
use serde_json::Value;

const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A server, a file, and a client that uploads it.
struct Uploading {
    folder: Folder,
    server: Server,
    bytes: Vec<u8>,
}

impl Uploading {
    fn new() -> Self {
        let folder = Folder::new("tus-js-client");
        let server = Server::start_in(&folder.file("data"), &[]);
        let bytes = noise(150_000, 11);
        folder.write("file", &bytes);
        Self {
            folder,
            server,
            bytes,
        }
    }

    /// Runs a scenario of `tus/client.mjs`, and gives what it tells.
    #[track_caller]
    fn run(&self, scenario: &str) -> Value {
        let endpoint = format!("http://{}/uploads/", self.server.address);
        let file = self.folder.file("file");
        let folder = self.folder.path().to_string_lossy();
        let arguments = [scenario, &endpoint, KEY, &file.to_string_lossy(), &folder];
        let output = node("client.mjs", &arguments);
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{scenario}: {complaints}");
        serde_json::from_slice(&output.stdout).expect("it prints JSON")
    }

    /// Checks that the upload is complete and every byte of it right.
    #[track_caller]
    fn assert_complete(&self, told: &Value) {
        let owner = self.server.owner(KEY);
        let id = id(told);
        assert_eq!(owner.recording(id)["state"], "complete", "{told}");
        assert!(owner.original(id) == self.bytes, "{told}");
        assert_eq!(owner.list("")["total"], 1, "{told}");
    }
}

fn id(told: &Value) -> &str {
    let url = told["url"].as_str().expect("it has an address");
    url.rsplit('/').next().expect("an address has an end")
}

fn statuses(told: &Value) -> Vec<&str> {
    let all = told["statuses"].as_array().expect("it tells all statuses");
    all.iter()
        .map(|it| it.as_str().expect("it is a text"))
        .collect()
}

#[test]
fn a_file_is_uploaded() {
    for scenario in ["plain", "with_creation"] {
        let uploading = Uploading::new();
        let told = uploading.run(scenario);
        uploading.assert_complete(&told);
        let recording = uploading.server.owner(KEY).recording(id(&told));
        assert_eq!(recording["title"], "by tus-js-client.webm");
        assert_eq!(recording["mime_type"], "video/webm");
    }
}

#[test]
fn a_stream_of_unknown_length_is_uploaded() {
    let uploading = Uploading::new();
    let told = uploading.run("deferred");
    uploading.assert_complete(&told);
    assert!(statuses(&told).len() >= 5, "it came in pieces: {told}");
}

#[test]
fn an_upload_is_paused_and_resumed() {
    let uploading = Uploading::new();
    let told = uploading.run("pause");
    uploading.assert_complete(&told);
    assert_eq!(told["resumed"][0], "HEAD 200", "{told}");
}

#[test]
fn a_new_process_goes_on() {
    let uploading = Uploading::new();
    let begun = uploading.run("begin");
    let told = uploading.run("resume");
    assert_eq!(told["url"], begun["url"]);
    assert_eq!(statuses(&told)[0], "HEAD 200");
    uploading.assert_complete(&told);
}

#[test]
fn a_wrong_offset_is_put_right() {
    let uploading = Uploading::new();
    let told = uploading.run("wrong_offset");
    assert_eq!(statuses(&told)[..3], ["POST 201", "PATCH 409", "HEAD 200"]);
    uploading.assert_complete(&told);
}

#[test]
fn a_wrong_checksum_is_refused_and_a_right_one_taken() {
    let uploading = Uploading::new();
    let told = uploading.run("checksum");
    assert_eq!(told["refused"], 460);
    uploading.assert_complete(&told);
}

#[test]
fn an_upload_is_terminated() {
    let uploading = Uploading::new();
    let told = uploading.run("terminate");
    assert_eq!(statuses(&told).last(), Some(&"DELETE 204"));
    let owner = uploading.server.owner(KEY);
    assert_eq!(owner.head(id(&told)).status, 404);
    assert_eq!(owner.list("")["total"], 0);
}
