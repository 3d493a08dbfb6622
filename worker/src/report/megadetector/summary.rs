//! The summary that Timelapse shows when it imports the file: a short HTML page.

use std::fmt::{self, Write};

use common::Category;

use crate::run_facts::RunFacts;

/// The summary of a run. All text from outside is escaped.
pub(super) fn html(facts: &RunFacts) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write_page(&mut page, facts);
    page
}

fn write_page(page: &mut String, facts: &RunFacts) -> fmt::Result {
    let (counts, model) = (&facts.counts, &facts.model);
    write!(
        page,
        "<h1>Trapline {}</h1>",
        Escaped(&facts.trapline_version)
    )?;
    write!(
        page,
        "<p>Model: {} ({}), licence {}.</p>",
        Escaped(&model.display_name),
        Escaped(&model.id),
        Escaped(&model.licence)
    )?;
    if let Some(notice) = &model.notice {
        write!(page, "<p><b>{}</b></p>", Escaped(notice))?;
    }
    write!(
        page,
        "<p>{} files = {} images processed + {} images failed + {} files skipped.</p>",
        counts.files, counts.processed, counts.failed, counts.skipped
    )?;
    write!(
        page,
        "<p>At the threshold of {}:</p><ul><li>{} images are blank</li>",
        facts.options.threshold.value(),
        counts.blank
    )?;
    for category in Category::ALL {
        let images = counts.images_with.get(&category).copied().unwrap_or(0);
        let detections = counts.detections.get(&category).copied().unwrap_or(0);
        write!(
            page,
            "<li>{images} images with {}, {detections} detections</li>",
            category.plural()
        )?;
    }
    write!(
        page,
        "</ul><p>{} exact duplicates, {} truncated files.</p>",
        counts.duplicates, counts.truncated
    )?;
    write_reasons(
        page,
        "Failed",
        counts
            .failures
            .iter()
            .map(|(code, count)| (code.code(), *count)),
    )?;
    write_reasons(
        page,
        "Skipped",
        counts
            .skips
            .iter()
            .map(|(reason, count)| (reason.code(), *count)),
    )
}

fn write_reasons(
    page: &mut String,
    title: &str,
    reasons: impl Iterator<Item = (&'static str, u64)>,
) -> fmt::Result {
    let mut reasons = reasons.filter(|(_, count)| *count > 0).peekable();
    if reasons.peek().is_none() {
        return Ok(());
    }
    write!(page, "<p>{title}:</p><ul>")?;
    for (code, count) in reasons {
        write!(page, "<li>{code}: {count}</li>")?;
    }
    page.write_str("</ul>")
}

/// Text as HTML.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_names_is_shown_not_run() {
        let text = Escaped("<script>'a' & \"b\"</script>").to_string();
        assert_eq!(
            text,
            "&lt;script&gt;&#39;a&#39; &amp; &quot;b&quot;&lt;/script&gt;"
        );
    }
}
