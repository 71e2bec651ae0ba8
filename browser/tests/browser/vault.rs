//! The vault in a real browser: what it acknowledged is there, for one page at a time.

use callreel_browser::{
    page,
    take_file::{self, TakeFile},
    vault::{Record, Vault},
};
use wasm_bindgen_test::wasm_bindgen_test;

async fn raw_take(vault: &Vault, chunks: &[&[u8]]) -> String {
    let id = page::random_id().unwrap();
    let mut file = TakeFile::create(vault, &id, false).await.unwrap();
    for chunk in chunks {
        assert_eq!(file.push(chunk.to_vec()).await.unwrap(), chunk.len() as u64);
    }
    file.finish().await.unwrap();
    id
}

async fn content(vault: &Vault, id: &str) -> Vec<u8> {
    let file = take_file::assemble(vault, id, None, &[], "video/mp4")
        .await
        .unwrap();
    assert_eq!(file.type_(), "video/mp4");
    callreel_browser::blob::bytes(&file).await.unwrap()
}

#[wasm_bindgen_test]
async fn chunks_are_kept_in_order() {
    let vault = Vault::start().unwrap();
    assert!(vault.is_durable().await);
    let id = raw_take(&vault, &[b"one ", b"two ", b"three"]).await;
    assert_eq!(content(&vault, &id).await, b"one two three");
    vault.remove(&id).await.unwrap();
}

#[wasm_bindgen_test]
async fn another_page_finds_what_one_wrote() {
    let writer = Vault::start().unwrap();
    let id = raw_take(&writer, &[b"kept"]).await;
    drop(writer);
    let reader = Vault::start().unwrap();
    assert!(reader.list().await.unwrap().contains(&(id.clone(), 4)));
    assert_eq!(content(&reader, &id).await, b"kept");
    reader.remove(&id).await.unwrap();
    assert!(
        !reader
            .list()
            .await
            .unwrap()
            .iter()
            .any(|(known, _)| *known == id)
    );
}

#[wasm_bindgen_test]
async fn head_and_media_make_one_file() {
    let vault = Vault::start().unwrap();
    let id = raw_take(&vault, &[b"old-head MEDIA tail"]).await;
    let head: &[u8] = b"new-head ";
    let file = take_file::assemble(&vault, &id, Some(head), &[(9, 14)], "video/webm").await;
    let bytes = callreel_browser::blob::bytes(&file.unwrap()).await.unwrap();
    assert_eq!(bytes, b"new-head MEDIA");
    vault.remove(&id).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_take_is_claimed_once() {
    let (one, other) = (Vault::start().unwrap(), Vault::start().unwrap());
    assert!(one.claim("claimed").await.unwrap());
    assert!(
        !one.claim("claimed").await.unwrap(),
        "nor by the same page again"
    );
    assert!(!other.claim("claimed").await.unwrap());
    one.release("claimed").await.unwrap();
    assert!(other.claim("claimed").await.unwrap());
}

#[wasm_bindgen_test]
async fn a_page_that_is_gone_claims_nothing() {
    let one = Vault::start().unwrap();
    assert!(one.claim("left").await.unwrap());
    drop(one);
    let other = Vault::start().unwrap();
    // The browser lets the lock go when it has taken the worker down, a moment later.
    for _ in 0..100 {
        if other.claim("left").await.unwrap() {
            return;
        }
        gloo::timers::future::TimeoutFuture::new(20).await;
    }
    panic!("the claim outlived its page");
}

#[wasm_bindgen_test]
async fn a_file_is_written_by_one_page_at_a_time() {
    let (one, other) = (Vault::start().unwrap(), Vault::start().unwrap());
    let id = page::random_id().unwrap();
    let file = TakeFile::create(&one, &id, false).await.unwrap();
    let refused = TakeFile::create(&other, &id, false).await.err().unwrap();
    assert_eq!(refused.name, "NoModificationAllowedError");
    assert_eq!(file.finish().await.unwrap(), None, "nothing was written");
    one.remove(&id).await.unwrap();
}

#[wasm_bindgen_test]
async fn records_come_back_as_they_were() {
    let vault = Vault::start().unwrap();
    let record = Record {
        id: page::random_id().unwrap(),
        json: r#"{"title":"讲座 <b>"}"#.to_owned(),
        picture: None,
        head: Some(vec![1, 2, 3]),
        name: None,
    };
    vault.put(&record).await.unwrap();
    let found = vault.records().await.unwrap();
    assert!(found.contains(&record));
    vault.remove(&record.id).await.unwrap();
    assert!(!vault.records().await.unwrap().contains(&record));
}

#[wasm_bindgen_test]
async fn a_name_stays_whoever_writes_the_rest() {
    let (maker, other) = (Vault::start().unwrap(), Vault::start().unwrap());
    let mut record = Record {
        id: page::random_id().unwrap(),
        json: "begun".to_owned(),
        picture: None,
        head: None,
        name: None,
    };
    let missing = other.rename(&record.id, "nothing").await.unwrap_err();
    assert_eq!(missing.name, "NotFoundError");
    maker.put(&record).await.unwrap();
    other.rename(&record.id, "讲座 <b>").await.unwrap();
    record.json = "finished".to_owned();
    record.head = Some(vec![1, 2, 3]);
    maker.keep(&record).await.unwrap();
    record.name = Some("讲座 <b>".to_owned());
    assert!(other.records().await.unwrap().contains(&record));
    other.rename(&record.id, "").await.unwrap();
    record.name = Some(String::new());
    assert!(maker.records().await.unwrap().contains(&record));
    maker.remove(&record.id).await.unwrap();
}

#[wasm_bindgen_test]
async fn an_unknown_take_is_an_error_not_a_panic() {
    let vault = Vault::start().unwrap();
    let missing = take_file::assemble(&vault, "nothing", None, &[], "video/webm").await;
    assert_eq!(missing.unwrap_err().name, "NotFoundError");
    vault.remove("nothing").await.unwrap();
}

#[wasm_bindgen_test]
async fn an_empty_webm_take_comes_to_nothing() {
    let vault = Vault::start().unwrap();
    let id = page::random_id().unwrap();
    let file = TakeFile::create(&vault, &id, true).await.unwrap();
    assert_eq!(file.finish().await.unwrap(), None);
    vault.remove(&id).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_file_is_read_while_it_grows() {
    let vault = Vault::start().unwrap();
    let id = page::random_id().unwrap();
    let mut file = TakeFile::create(&vault, &id, false).await.unwrap();
    let read = async |from, to| {
        let piece = vault.piece(&id, from, to).await.unwrap();
        callreel_browser::blob::bytes(&piece).await.unwrap()
    };
    file.push(b"one two ".to_vec()).await.unwrap();
    let early = vault.piece(&id, 4, 7).await.unwrap();
    assert_eq!(file.closed(), 8);
    file.push(b"three".to_vec()).await.unwrap();
    assert_eq!(file.closed(), 13);
    // What was read before the file grew can still be used.
    assert_eq!(callreel_browser::blob::bytes(&early).await.unwrap(), b"two");
    assert_eq!(read(8, 13).await, b"three");
    assert_eq!(read(13, 13).await, b"");
    let beyond = vault.piece(&id, 10, 20).await.unwrap_err();
    assert_eq!(beyond.name, "NotReadableError");
    file.finish().await.unwrap();
    assert_eq!(read(4, 13).await, b"two three");
    assert_eq!(vault.size(&id).await.unwrap(), 13);
    vault.remove(&id).await.unwrap();
}

#[wasm_bindgen_test]
async fn what_is_known_of_an_upload_goes_with_the_take() {
    let vault = Vault::start().unwrap();
    let id = raw_take(&vault, &[b"kept"]).await;
    let known = async || vault.uploads().await.unwrap();
    vault.put_upload(&id, "{}").await.unwrap();
    vault.put_upload(&id, r#"{"paused":true}"#).await.unwrap();
    let own = (id.clone(), r#"{"paused":true}"#.to_owned());
    assert!(known().await.contains(&own));
    vault.remove(&id).await.unwrap();
    assert!(!known().await.contains(&own));
}

#[wasm_bindgen_test]
async fn a_take_is_uploaded_by_one_page_and_made_by_another() {
    let (one, other) = (Vault::start().unwrap(), Vault::start().unwrap());
    assert!(one.claim("both").await.unwrap());
    assert!(other.claim_upload("both").await.unwrap());
    assert!(!one.claim_upload("both").await.unwrap());
    other.release_upload("both").await.unwrap();
    assert!(one.claim_upload("both").await.unwrap());
}
