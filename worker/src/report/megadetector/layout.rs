//! The reference program's JSON layout (Python's `json.dump(…, indent=1)`): every element on a
//! line of its own, one space for each depth, everything but printable ASCII escaped.

use std::io::{self, Write};

use serde_json::ser::Formatter;

/// A formatter for a value that stands at some depth of a larger document.
pub(super) struct Layout {
    depth: usize,
    has_value: bool,
}

impl Layout {
    /// For a value whose own line is indented by `depth` spaces.
    pub(super) fn at(depth: usize) -> Self {
        Self {
            depth,
            has_value: false,
        }
    }

    fn open(&mut self) {
        self.depth += 1;
        self.has_value = false;
    }

    fn close<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        if self.has_value {
            self.break_line(out)
        } else {
            Ok(())
        }
    }

    fn next<W: Write + ?Sized>(&self, out: &mut W, is_first: bool) -> io::Result<()> {
        if !is_first {
            out.write_all(b",")?;
        }
        self.break_line(out)
    }

    fn break_line<W: Write + ?Sized>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| out.write_all(b" "))
    }
}

impl Formatter for Layout {
    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.open();
        out.write_all(b"[")
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out)?;
        out.write_all(b"]")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, _out: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.open();
        out.write_all(b"{")
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out)?;
        out.write_all(b"}")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, _out: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let is_plain = |c: char| matches!(c, ' '..='~');
        let mut rest = fragment;
        while let Some(start) = rest.find(|c| !is_plain(c)) {
            let (plain, tail) = rest.split_at(start);
            let length = tail.find(is_plain).unwrap_or(tail.len());
            let (special, after) = tail.split_at(length);
            out.write_all(plain.as_bytes())?;
            special
                .encode_utf16()
                .try_for_each(|unit| write!(out, "\\u{unit:04x}"))?;
            rest = after;
        }
        out.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize as _;
    use serde_json::{Serializer, json};

    use super::*;

    fn laid_out(depth: usize, value: &serde_json::Value) -> String {
        let mut out = Vec::new();
        value
            .serialize(&mut Serializer::with_formatter(&mut out, Layout::at(depth)))
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_layout_is_that_of_python() {
        let value = json!({"a": [0.5, 1], "b": [], "c": {}, "d": {"e": null}});
        let expected = "{\n \"a\": [\n  0.5,\n  1\n ],\n \"b\": [],\n \"c\": {},\n \"d\": {\n  \"e\": null\n }\n}";
        assert_eq!(laid_out(0, &value), expected);
        assert_eq!(laid_out(2, &json!([1])), "[\n   1\n  ]");
    }

    #[test]
    fn everything_but_ascii_is_escaped_in_utf16() {
        assert_eq!(
            laid_out(0, &json!("a é 🦌\u{7f}\n\"z")),
            r#""a \u00e9 \ud83e\udd8c\u007f\n\"z""#
        );
    }
}
