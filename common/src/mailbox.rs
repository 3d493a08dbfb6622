//! The mailbox that an address leads to.
//!
//! One mailbox has many addresses: mail systems take no account of the case, most deliver
//! `name+anything@` to `name@` (RFC 5233), and some leave out dots. What is limited for each
//! recipient counts by mailbox; mails go to the address as it was written.

use url::Host;

use crate::EmailAddress;

/// Domains of one provider that takes no account of dots, the first of them for all.
const WITHOUT_DOTS: [&str; 2] = ["gmail.com", "googlemail.com"];

/// The mailbox of an address, as far as that can be known from outside.
///
/// Its `Debug` form does not show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Mailbox(String);

impl Mailbox {
    /// The mailbox that an address leads to.
    #[must_use]
    pub fn of(address: &EmailAddress) -> Self {
        let (local, domain) = address.as_str().rsplit_once('@').unwrap_or_default();
        let mut local = local.to_ascii_lowercase();
        // What is behind the sign is the owner's own; before it there must be a name.
        if let Some((name, _)) = local.split_once('+')
            && !name.is_empty()
        {
            local = name.to_owned();
        }
        let domain = same_domain(domain);
        if domain == WITHOUT_DOTS[0] {
            local.retain(|letter| letter != '.');
        }
        Self(format!("{local}@{domain}"))
    }
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailbox(hidden)")
    }
}

/// A domain as DNS compares it: small letters, international names in ASCII, no dot at the end.
fn same_domain(domain: &str) -> String {
    let domain = domain.trim_end_matches('.');
    let same = match Host::parse(domain) {
        Ok(host) => host.to_string(),
        Err(_) => domain.to_ascii_lowercase(),
    };
    if WITHOUT_DOTS.contains(&same.as_str()) {
        WITHOUT_DOTS[0].to_owned()
    } else {
        same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailbox(text: &str) -> Mailbox {
        Mailbox::of(&text.parse().unwrap())
    }

    #[test]
    fn all_addresses_of_a_mailbox_are_one() {
        for (one, other) in [
            ("ada@example.org", "Ada@EXAMPLE.org"),
            ("ada@example.org", "ada+cards@example.org"),
            ("ada@example.org", "ADA+a+b@example.org"),
            ("ada.l@gmail.com", "a.d.al@gmail.com"),
            ("ada.l@gmail.com", "Adal+x@GoogleMail.com"),
            ("a@xn--bcher-kva.example", "a@XN--Bcher-KVA.example"),
        ] {
            assert_eq!(mailbox(one), mailbox(other), "{one} {other}");
        }
        assert_eq!(same_domain("Bücher.example."), "xn--bcher-kva.example");
    }

    #[test]
    fn other_mailboxes_are_not() {
        for (one, other) in [
            ("ada@example.org", "bob@example.org"),
            ("ada@example.org", "ada@example.com"),
            ("a.da@example.org", "ada@example.org"),
            ("+a@example.org", "+b@example.org"),
            ("ada-x@example.org", "ada@example.org"),
        ] {
            assert_ne!(mailbox(one), mailbox(other), "{one} {other}");
        }
        assert!(!format!("{:?}", mailbox("ada@example.org")).contains("ada"));
    }
}
