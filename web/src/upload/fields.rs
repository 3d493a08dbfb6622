//! The fields of the form, as they were typed and as they are meant.

use common::{
    Category, EmailAddress, ModelId, Threshold,
    archive::{NameEncoding, UnknownNameEncoding},
    job::{AnnotateChoice, JobOptions},
};

/// The fields as they were typed, to be shown again when something is wrong with one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    pub(crate) email: String,
    pub(crate) model: String,
    pub(crate) threshold: String,
    pub(crate) annotate: String,
    /// `None` when the field did not come at all. The form always sends one, if only `none`.
    pub(crate) blur: Option<Vec<String>>,
    pub(crate) originals: bool,
    pub(crate) strip_gps: bool,
    pub(crate) round_positions: bool,
    pub(crate) csv_plain: bool,
    pub(crate) names: String,
}

/// What the fields mean.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choices {
    pub(crate) email: EmailAddress,
    pub(crate) options: JobOptions,
}

/// A field that is not filled in as it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}")]
pub(crate) struct FieldFault {
    /// Its name in the form.
    pub(crate) field: &'static str,
    /// What it is, in a few words.
    pub(crate) title: &'static str,
    /// What to write instead.
    pub(crate) detail: String,
}

impl Fields {
    /// The names of the fields in the form.
    pub(crate) const NAMES: [&str; 10] = [
        "email",
        "model",
        "threshold",
        "annotate",
        "blur",
        "originals",
        "strip_gps",
        "round_positions",
        "csv_plain",
        "names",
    ];

    /// Takes a field. `false` when the form has none of this name.
    pub(crate) fn set(&mut self, name: &str, value: String) -> bool {
        match name {
            "email" => self.email = value,
            "model" => self.model = value,
            "threshold" => self.threshold = value,
            "annotate" => self.annotate = value,
            "blur" => self.blur.get_or_insert_default().push(value),
            "originals" => self.originals = is_yes(&value),
            "strip_gps" => self.strip_gps = is_yes(&value),
            "names" => self.names = value,
            "round_positions" => self.round_positions = is_yes(&value),
            "csv_plain" => self.csv_plain = is_yes(&value),
            _ => return false,
        }
        true
    }

    /// The address alone.
    pub(crate) fn email(&self) -> Result<EmailAddress, FieldFault> {
        self.email.parse().map_err(|_| FieldFault {
            field: "email",
            title: "The e-mail address is missing or incomplete",
            detail: "Write the address that the link to the result is sent to, like \
                     name@example.org."
                .to_owned(),
        })
    }

    /// What all fields mean.
    pub(crate) fn choices(&self) -> Result<Choices, FieldFault> {
        let default = JobOptions::default();
        let options = JobOptions {
            model: self.model()?,
            threshold: self.threshold()?,
            annotate: match self.annotate.trim() {
                "" => default.annotate,
                "all" => AnnotateChoice::All,
                "detections" => AnnotateChoice::Detections,
                "none" => AnnotateChoice::None,
                _ => {
                    return Err(FieldFault {
                        field: "annotate",
                        title: "The choice of copies is not known",
                        detail: "Write all, detections or none.".to_owned(),
                    });
                }
            },
            blur: match &self.blur {
                None => default.blur,
                Some(chosen) => categories(chosen)?,
            },
            originals: self.originals,
            strip_gps: self.strip_gps,
            round_positions: self.round_positions,
            csv_plain: self.csv_plain,
            names: self.names()?,
        };
        Ok(Choices {
            email: self.email()?,
            options,
        })
    }

    fn model(&self) -> Result<Option<ModelId>, FieldFault> {
        let text = self.model.trim();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| FieldFault::model())
    }

    fn names(&self) -> Result<Option<NameEncoding>, FieldFault> {
        let text = self.names.trim();
        if matches!(text, "" | "auto") {
            return Ok(None);
        }
        text.parse()
            .map(Some)
            .map_err(|unknown: UnknownNameEncoding| FieldFault {
                field: "names",
                title: "The character set of the names is not known",
                detail: format!("Write auto, or one that is known: {unknown}."),
            })
    }

    fn threshold(&self) -> Result<Option<Threshold>, FieldFault> {
        // Browsers of some countries send a comma.
        let text = self.threshold.trim().replace(',', ".");
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| FieldFault {
            field: "threshold",
            title: "The threshold is not a number from 0 to 1",
            detail: "Write a number such as 0.2, or leave it blank for what the model's makers \
                     advise."
                .to_owned(),
        })
    }
}

impl FieldFault {
    /// The model is not one that can be chosen.
    pub(crate) fn model() -> Self {
        Self {
            field: "model",
            title: "The model is not offered here",
            detail: "Choose one from the list on the upload page, or none for the service's own \
                     choice."
                .to_owned(),
        }
    }
}

fn is_yes(value: &str) -> bool {
    matches!(value.trim(), "1" | "on" | "true" | "yes")
}

/// The chosen categories in the order that results list them in.
fn categories(chosen: &[String]) -> Result<Vec<Category>, FieldFault> {
    let is = |category: Category, text: &str| text == category.name() || text == category.plural();
    let words: Vec<&str> = chosen
        .iter()
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .collect();
    let is_known = |word: &&str| {
        matches!(*word, "" | "none") || Category::ALL.iter().any(|category| is(*category, word))
    };
    if !words.iter().all(is_known) {
        return Err(FieldFault {
            field: "blur",
            title: "The choice of what is blurred is not known",
            detail: "Write person, vehicle, animal or none.".to_owned(),
        });
    }
    let mut chosen = Category::ALL.to_vec();
    chosen.retain(|category| words.iter().any(|word| is(*category, word)));
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filled_in(fields: &[(&str, &str)]) -> Fields {
        let mut filled = Fields::default();
        for (name, value) in fields {
            assert!(filled.set(name, (*value).to_owned()), "{name}");
        }
        filled
    }

    #[test]
    fn an_address_is_enough_and_the_rest_has_defaults() {
        let choices = filled_in(&[("email", " a@b.org ")]).choices().unwrap();
        assert_eq!(choices.email.as_str(), "a@b.org");
        assert_eq!(choices.options, JobOptions::default());
    }

    #[test]
    fn every_choice_is_understood() {
        let fields = filled_in(&[
            ("email", "a@b.org"),
            ("model", "yolox-nano"),
            ("threshold", "0,35"),
            ("annotate", "all"),
            ("blur", "none"),
            ("blur", "vehicle"),
            ("blur", "people"),
            ("originals", "on"),
            ("strip_gps", "1"),
            ("round_positions", "yes"),
            ("csv_plain", "yes"),
            ("names", "IBM852"),
        ]);
        let options = fields.choices().unwrap().options;
        assert_eq!(options.model.unwrap().as_str(), "yolox-nano");
        assert_eq!(options.threshold.unwrap().value(), 0.35);
        assert_eq!(options.annotate, AnnotateChoice::All);
        assert_eq!(options.blur, [Category::Person, Category::Vehicle]);
        assert!(options.originals && options.strip_gps && options.round_positions);
        assert!(options.csv_plain);
        assert_eq!(options.names.unwrap().id(), "cp852");
    }

    #[test]
    fn nothing_is_blurred_when_the_form_says_none() {
        let fields = filled_in(&[("email", "a@b.org"), ("blur", "none")]);
        assert_eq!(fields.choices().unwrap().options.blur, []);
    }

    #[test]
    fn the_field_at_fault_is_named() {
        for (name, value) in [
            ("email", "nobody"),
            ("model", "../x"),
            ("threshold", "1.5"),
            ("threshold", "a lot"),
            ("annotate", "some"),
            ("blur", "faces"),
        ] {
            let mut fields = filled_in(&[("email", "a@b.org")]);
            fields.set(name, value.to_owned());
            assert_eq!(fields.choices().unwrap_err().field, name);
        }
        assert!(!Fields::default().set("other", String::new()));
        let named = Fields::NAMES.iter();
        assert!(
            named
                .into_iter()
                .all(|name| Fields::default().set(name, String::new()))
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_the_form_panic(texts in prop::collection::vec(any::<String>(), 5)) {
            let mut fields = Fields::default();
            for (name, text) in ["email", "model", "threshold", "annotate", "blur"].iter().zip(texts) {
                fields.set(name, text);
            }
            let _ = fields.choices();
        }
    }
}
