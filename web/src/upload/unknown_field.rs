//! Fields that a form does not have. What is misspelt would count for nothing, and nobody would
//! hear of it.

/// What browsers may send along by themselves (HTML Living Standard 4.10.22.4).
const OF_BROWSERS: [&str; 2] = ["", "_charset_"];
/// Longest name that is repeated, characters.
const NAME_CHARS: usize = 60;

/// A field that a form does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownField {
    /// Its name.
    pub(crate) name: String,
    known: Vec<&'static str>,
}

impl UnknownField {
    /// Refuses a name that is none of those that a form has.
    pub(crate) fn check(name: &str, known: &[&'static str]) -> Result<(), Self> {
        if known.contains(&name) || OF_BROWSERS.contains(&name) {
            return Ok(());
        }
        Err(Self {
            name: name.chars().take(NAME_CHARS).collect(),
            known: known.to_vec(),
        })
    }

    /// What to write instead.
    pub(crate) fn detail(&self) -> String {
        let known = self.known.join(", ");
        format!(
            "There is no field '{}'. The fields are: {known}.",
            self.name
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upload::Fields;

    #[test]
    fn the_upload_page_has_no_field_that_is_refused() {
        let page = include_str!("../../../templates/index.html");
        let names = page.split(" name=\"").skip(1);
        let names: Vec<&str> = names.filter_map(|rest| rest.split('"').next()).collect();
        assert!(names.contains(&"email") && names.contains(&"names"));
        for name in names.into_iter().filter(|name| *name != "files") {
            assert_eq!(UnknownField::check(name, &Fields::NAMES), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_misspelt_field_is_named_and_so_are_those_that_there_are() {
        let known = ["email", "threshold"];
        for name in ["email", "threshold", "_charset_", ""] {
            assert_eq!(UnknownField::check(name, &known), Ok(()), "{name}");
        }
        let unknown = UnknownField::check("treshold", &known).unwrap_err();
        assert_eq!(
            unknown.detail(),
            "There is no field 'treshold'. The fields are: email, threshold."
        );
        let long = UnknownField::check(&"x".repeat(5000), &known).unwrap_err();
        assert!(long.detail().len() < 200);
    }
}
