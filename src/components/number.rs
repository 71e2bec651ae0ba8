/// A number with at most two decimals. The float formatting of the standard library would be
/// larger in the wasm than all these components.
pub fn number(value: f64) -> String {
    let hundredths = (value.abs() * 100.0).round() as u64;
    let mut text = (hundredths / 100).to_string();
    let rest = (hundredths % 100) as u8;
    if rest > 0 {
        text.push('.');
        text.push(char::from(b'0' + rest / 10));
        if !rest.is_multiple_of(10) {
            text.push(char::from(b'0' + rest % 10));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn at_most_two_decimals_and_no_trailing_zeros() {
        for (value, text) in [
            (0.0, "0"),
            (30.0, "30"),
            (29.97, "29.97"),
            (1.5, "1.5"),
            (1.0 / 3.0, "0.33"),
            (0.05, "0.05"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
