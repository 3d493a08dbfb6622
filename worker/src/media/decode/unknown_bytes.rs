//! What is said about bytes of no known format.

/// The detail of such a file's failure: what it begins with.
pub(super) fn describe(bytes: &[u8]) -> String {
    let head = bytes.get(..512).unwrap_or(bytes);
    if head.iter().all(|byte| *byte == 0) {
        return "not an image: the file begins with nothing but zeros".to_owned();
    }
    let first: Vec<String> = head
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02X}"))
        .collect();
    format!(
        "not an image: no known format begins with the bytes {}",
        first.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_are_shown_unless_all_are_zeros() {
        assert!(describe(&[0; 64]).contains("zeros"));
        assert!(describe(b"site").contains("73 69 74 65"));
    }
}
