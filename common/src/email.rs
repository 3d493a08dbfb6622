//! An e-mail address that a mail can be sent to.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Longest address that can be written into a mail's envelope (RFC 5321 4.5.3.1.3: a path of 256
/// octets, less its angle brackets).
const LONGEST: usize = 254;

/// An address as people write it: a dot-atom (RFC 5322 3.4.1), `@`, and a domain of at least two
/// labels. Quoted local parts and address literals, which RFC 5321 also allows, are refused:
/// nobody has one, and mail programs disagree about them.
///
/// Its `Debug` form does not show it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// A text that is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is not an e-mail address: write it like name@example.org")]
pub struct InvalidEmailAddress;

impl EmailAddress {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address for a page that others may see over a shoulder: `a…@example.org`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or_default();
        let first: String = local.chars().take(1).collect();
        format!("{first}…@{domain}")
    }
}

fn is_dot_atom(text: &str) -> bool {
    let is_atom_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    !text.starts_with('-')
        && text
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(is_atom_char))
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let last_is_name = |text: &str| {
        let last = text.rsplit('.').next().unwrap_or_default();
        last.chars().any(|c| c.is_ascii_alphabetic())
    };
    text.contains('.') && text.split('.').all(is_label) && last_is_name(text)
}

impl FromStr for EmailAddress {
    type Err = InvalidEmailAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmailAddress)?;
        let fits = text.len() <= LONGEST && local.len() <= 64;
        if fits && is_dot_atom(local) && is_domain(domain) {
            Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
        } else {
            Err(InvalidEmailAddress)
        }
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(hidden)")
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidEmailAddress;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_are_taken() {
        for text in [
            "ada@example.org",
            "a.b+cards@field.example.co.uk",
            " o'neil@x-y.de ",
            "a@xn--bcher-kva.example",
        ] {
            assert_eq!(
                text.parse::<EmailAddress>().map(String::from).as_deref(),
                Ok(text.trim())
            );
        }
    }

    #[test]
    fn what_could_reach_somebody_else_is_refused() {
        for text in [
            "",
            "a",
            "a@b",
            "@b.org",
            "a@",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "\"@b.com> c\"@d.com",
            "-oQ/tmp@b.com",
            "a@b.org,c@d.org",
            "a@b.org\r\nBcc: c@d.org",
            "a b@c.org",
            "a..b@c.org",
            "a@b..org",
            "a@-b.org",
            "a@b.org.",
            "ä@b.org",
        ] {
            assert!(text.parse::<EmailAddress>().is_err(), "{text}");
        }
        let long = format!("{}@{}.org", "a".repeat(64), "b.".repeat(95));
        assert!(long.parse::<EmailAddress>().is_err());
    }

    #[test]
    fn a_log_does_not_show_the_address() {
        let address: EmailAddress = "ada@example.org".parse().unwrap();
        assert!(!format!("{address:?}").contains("ada"));
        assert_eq!(address.masked(), "a…@example.org");
    }
}
