//! What must hold of any bytes at all, for the property tests and the fuzzer.

use callreel_webm::{Index, Part, TakeWriter};

use super::{apply, assemble};

/// Indexes whatever it is, and looks at the result as far as there is one.
pub fn survive(bytes: &[u8], chunk: usize) {
    let mut index = Index::new();
    let mut file = bytes.to_vec();
    for (number, chunk_bytes) in bytes.chunks(chunk).enumerate() {
        let Ok(patches) = index.push(chunk_bytes) else {
            break;
        };
        for patch in &patches {
            let end = patch.offset as usize + patch.bytes.len();
            assert!(end <= (number + 1) * chunk, "a patch within what was fed");
        }
        apply(&mut file, &patches);
        assert!(index.closed() <= index.position());
    }
    let Ok(finished) = index.finish() else {
        return;
    };
    apply(&mut file, &finished.patches);
    let mut last = 0;
    for part in &finished.layout.parts {
        if let Part::Original(range) = part {
            assert!(
                last <= range.start && range.start < range.end,
                "parts in order"
            );
            last = range.end;
        }
    }
    assert!(last <= bytes.len() as u64);
    assert!(finished.layout.duration_ms.is_finite() && finished.layout.duration_ms >= 0.0);
    let made = assemble(&file, &finished.layout);
    // What was made can be read again, and nothing in it is lost the second time.
    let mut again = Index::new();
    let mut again_file = made.clone();
    let patches = again.push(&made).expect("our own head");
    apply(&mut again_file, &patches);
    let second = again.finish().expect("our own file");
    assert_eq!(second.report.blocks, finished.report.blocks);
    assert_eq!(second.report.damages, 0);
}

/// Joins whatever they are, in pieces of `chunk` bytes, and looks at what became of them.
pub fn survive_parts(parts: &[&[u8]], at_ms: f64, cut_ms: Option<f64>, chunk: usize) {
    let mut writer = TakeWriter::new();
    let mut file = Vec::new();
    for (turn, part) in parts.iter().enumerate() {
        if turn > 0 {
            let Ok(write) = writer.next_part(at_ms) else {
                break;
            };
            apply(&mut file, &write.patches);
        }
        if let Some(cut_ms) = cut_ms {
            writer.cut(cut_ms);
        }
        for chunk in part.chunks(chunk) {
            let Ok(write) = writer.push(chunk) else {
                break;
            };
            file.extend_from_slice(&write.append);
            apply(&mut file, &write.patches);
        }
    }
    if let Ok(finished) = writer.finish() {
        assert_eq!(writer.index().position(), file.len() as u64);
        apply(&mut file, &finished.patches);
        assemble(&file, &finished.layout);
    }
    survive(&file, chunk);
}
