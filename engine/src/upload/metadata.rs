//! `Upload-Metadata` (tus 1.0.0, Creation).

/// The header's value: each key with its value in Base64 (RFC 4648, section 4), commas between.
/// Pairs with an empty value are left out.
#[must_use]
pub fn metadata(pairs: &[(&str, &str)]) -> String {
    let mut header = String::new();
    for (key, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        if !header.is_empty() {
            header.push(',');
        }
        header.push_str(key);
        header.push(' ');
        push_base64(&mut header, value.as_bytes());
    }
    header
}

fn push_base64(text: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for group in bytes.chunks(3) {
        let mut bits = 0_u32;
        for at in 0..3 {
            bits = bits << 8 | u32::from(group.get(at).copied().unwrap_or(0));
        }
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at)) as usize & 63];
            text.push(if at <= group.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
}
