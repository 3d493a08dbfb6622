//! How cells look.

use common::Category;
use rust_xlsxwriter::{Format, FormatAlign};

use crate::report::columns::{Label, Style};

/// The formats of the workbook.
pub(super) struct Formats {
    /// The first row of a table.
    pub(super) header: Format,
    /// The title of a sheet of notes.
    pub(super) title: Format,
    /// The title of a block of notes.
    pub(super) heading: Format,
    /// A sentence that must be read.
    pub(super) notice: Format,
    /// A number or text that is read, not compared with the ones above and below it.
    pub(super) value: Format,
    /// A sentence in as many lines as it needs.
    pub(super) sentence: Format,
    /// A path that opens a file.
    pub(super) link: Format,
    /// Date and time.
    pub(super) moment: Format,
    labels: [Format; Label::ALL.len()],
}

impl Formats {
    /// All formats.
    pub(super) fn new() -> Self {
        let bold = Format::new().set_bold();
        Self {
            header: bold
                .clone()
                .set_background_color(0x00D9_E2EC)
                .set_align(FormatAlign::Top),
            title: bold.clone().set_font_size(16),
            heading: bold.clone().set_font_size(12),
            notice: bold
                .set_background_color(0x00FF_F2CC)
                .set_text_wrap()
                .set_align(FormatAlign::Top),
            value: Format::new()
                .set_text_wrap()
                .set_align(FormatAlign::Left)
                .set_align(FormatAlign::Top),
            sentence: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            link: Format::new().set_hyperlink(),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            labels: Label::ALL.map(|label| Format::new().set_background_color(fill(label))),
        }
    }

    /// The colour of a label.
    pub(super) fn label(&self, label: Label) -> &Format {
        let position = Label::ALL.iter().position(|known| *known == label);
        position
            .and_then(|position| self.labels.get(position))
            .unwrap_or(&self.header)
    }

    /// The format of a column; `None` for the default one.
    pub(super) fn column(&self, style: Style) -> Option<Format> {
        match style {
            Style::Plain => None,
            Style::Moment => Some(self.moment.clone()),
            Style::Decimals(decimals) => {
                Some(Format::new().set_num_format(format!("0.{}", "0".repeat(decimals.into()))))
            }
        }
    }
}

/// Light tints of the colours of Okabe and Ito, which people with any kind of colour vision can
/// tell apart; black text reads well on each, and the word stands in the cell too.
fn fill(label: Label) -> u32 {
    match label {
        Label::Category(Category::Animal) => 0x00FC_E3A8,
        Label::Category(Category::Person) => 0x00C3_E4F7,
        Label::Category(Category::Vehicle) => 0x00E8_C9DA,
        Label::Blank => 0x00EE_EEEE,
        Label::Failed => 0x00F2_B79A,
    }
}
