//! The shapes of a drawing.

/// Width of every drawing in its own units, which are pixels on a desktop.
pub(super) const WIDTH: f64 = 680.0;

/// Shapes on a sheet; the origin is the top left corner.
#[derive(Clone, Debug, Default)]
pub(super) struct Drawing {
    pub(super) height: f64,
    pub(super) shapes: Vec<Shape>,
    pub(super) legend: Vec<Key>,
}

/// An entry of the legend.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) class: &'static str,
    pub(super) text: &'static str,
    pub(super) x: f64,
}

/// One shape. Its class says how it looks.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Bar {
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        class: String,
        /// What it says when pointed at.
        title: String,
    },
    Dot {
        x: f64,
        y: f64,
        radius: f64,
        class: &'static str,
        title: String,
    },
    Line {
        from: (f64, f64),
        to: (f64, f64),
        class: &'static str,
    },
    Text {
        x: f64,
        y: f64,
        anchor: Anchor,
        class: &'static str,
        text: String,
    },
}

/// Which end of a text stands at its point.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

impl Drawing {
    pub(super) fn of_height(height: f64) -> Self {
        Self {
            height,
            ..Self::default()
        }
    }

    /// Adds a bar, unless it has no size.
    pub(super) fn bar(
        &mut self,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        class: impl Into<String>,
        title: String,
    ) {
        if width > 0.0 && height > 0.0 {
            self.shapes.push(Shape::Bar {
                x,
                y,
                width,
                height,
                class: class.into(),
                title,
            });
        }
    }

    pub(super) fn dot(
        &mut self,
        (x, y): (f64, f64),
        radius: f64,
        class: &'static str,
        title: String,
    ) {
        self.shapes.push(Shape::Dot {
            x,
            y,
            radius,
            class,
            title,
        });
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &'static str) {
        self.shapes.push(Shape::Line { from, to, class });
    }

    pub(super) fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, text: impl Into<String>) {
        self.text_as((x, y), anchor, "label", text);
    }

    pub(super) fn text_as(
        &mut self,
        (x, y): (f64, f64),
        anchor: Anchor,
        class: &'static str,
        text: impl Into<String>,
    ) {
        let text = text.into();
        self.shapes.push(Shape::Text {
            x,
            y,
            anchor,
            class,
            text,
        });
    }

    /// Puts the legend at the top, from the left.
    pub(super) fn legend(&mut self, keys: &[(&'static str, &'static str)]) {
        let mut x = 0.0;
        for &(class, text) in keys {
            self.legend.push(Key { class, text, x });
            #[expect(clippy::cast_precision_loss, reason = "a few letters")]
            let letters = text.len() as f64;
            x += 34.0 + letters * 7.2;
        }
    }
}
