//! Text in lines that fit a terminal of 80 columns.

/// Columns of the narrowest terminal that people use.
const COLUMNS: usize = 80;

/// Breaks a text at blanks, so that it fits beside `indent` blanks. A longer word, such as an
/// address, stays whole.
pub(super) fn lines(text: &str, indent: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if indent + line.chars().count() + 1 + word.chars().count() <= COLUMNS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The same as one text, its further lines indented.
pub(super) fn hanging(text: &str, indent: usize) -> String {
    lines(text, indent).join(&format!("\n{:indent$}", ""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn further_lines_hang_below_the_first() {
        let text = hanging(&"word ".repeat(20), 10);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "word ".repeat(14).trim_end(),
                &format!("{:10}{}", "", "word ".repeat(6).trim_end()),
            ]
        );
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_line_of_several_words_too_long(text in "[a-zé ]{0,300}", indent in 0usize..40) {
            let lines = lines(&text, indent);
            for line in &lines {
                prop_assert!(indent + line.chars().count() <= COLUMNS || !line.contains(' '));
            }
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(lines.join(" "), words);
        }
    }
}
