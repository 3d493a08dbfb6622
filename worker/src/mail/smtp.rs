//! Mails to a mail server (RFC 5321), by lettre.

use std::{error::Error as _, path::Path, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor,
    transport::smtp::{
        self,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::{MailError, MailerError, Message, Obstacle};

/// A mail server. Every mail has a connection of its own.
#[derive(Clone, Debug)]
pub(super) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    patience: Duration,
}

/// How a conversation is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Secrecy {
    /// TLS from the start (RFC 8314 3.3).
    Implicit,
    /// TLS after STARTTLS (RFC 3207), or nothing.
    StartTls,
    /// None.
    Plain,
}

impl Secrecy {
    /// What the address says. Without a choice, only a server on this machine is trusted.
    fn of(url: &Url) -> Result<Self, MailerError> {
        let chosen = url.query_pairs().find(|(key, _)| key == "tls");
        let chosen = chosen.map(|(_, value)| value.into_owned());
        match (url.scheme(), chosen.as_deref()) {
            ("smtps", None) => Ok(Self::Implicit),
            ("smtp", Some("required")) => Ok(Self::StartTls),
            ("smtp", Some("none")) => Ok(Self::Plain),
            ("smtp", None) if is_here(url) => Ok(Self::Plain),
            ("smtp", None) => Ok(Self::StartTls),
            _ => Err(MailerError::Address),
        }
    }

    /// The usual port (RFC 8314 3.3, RFC 6409 3.1, RFC 5321 4.5.4.2).
    const fn port(self) -> u16 {
        match self {
            Self::Implicit => 465,
            Self::StartTls => 587,
            Self::Plain => 25,
        }
    }
}

/// Whether a server is on this machine. `Url` knows the hosts of web addresses only, so that
/// those of mail servers are parsed here.
fn is_here(url: &Url) -> bool {
    match url.host_str().map(Host::parse) {
        Some(Ok(Host::Domain(name))) => name == "localhost",
        Some(Ok(Host::Ipv4(address))) => address.is_loopback(),
        Some(Ok(Host::Ipv6(address))) => address.is_loopback(),
        _ => false,
    }
}

impl Smtp {
    pub(super) fn new(
        url: &Url,
        password: Option<&SecretString>,
        ca: Option<&Path>,
        hello: &str,
        patience: Duration,
    ) -> Result<Self, MailerError> {
        let host = url.host_str().ok_or(MailerError::Address)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let secrecy = Secrecy::of(url)?;
        let tls = match secrecy {
            Secrecy::Implicit => Tls::Wrapper(tls_parameters(host, ca)?),
            Secrecy::StartTls => Tls::Required(tls_parameters(host, ca)?),
            Secrecy::Plain => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(url.port().unwrap_or(secrecy.port()))
            .hello_name(ClientId::Domain(hello.to_owned()))
            .timeout(Some(patience))
            .tls(tls);
        if let Some(credentials) = credentials(url, password) {
            if secrecy == Secrecy::Plain && !is_here(url) {
                return Err(MailerError::PasswordInTheClear);
            }
            builder = builder.credentials(credentials);
        }
        Ok(Self {
            transport: builder.build(),
            patience,
        })
    }

    pub(super) async fn send(&self, message: &Message) -> Result<(), MailError> {
        // lettre's own limit is for connecting; a server can fall silent later too.
        let sending = self.transport.send(message.as_lettre().clone());
        match tokio::time::timeout(self.patience, sending).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(judged(error)),
            Err(_) => Err(MailError::Temporary(Obstacle::Slow(self.patience))),
        }
    }
}

fn tls_parameters(host: &str, ca: Option<&Path>) -> Result<TlsParameters, MailerError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(path) = ca {
        let pem = std::fs::read(path).map_err(|source| MailerError::Authority {
            path: path.to_owned(),
            source,
        })?;
        let certificate = Certificate::from_pem(&pem).map_err(MailerError::Tls)?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(MailerError::Tls)
}

fn credentials(url: &Url, password: Option<&SecretString>) -> Option<Credentials> {
    let user = percent_decoded(url.username());
    let password = match password {
        Some(password) => password.expose_secret().to_owned(),
        None => percent_decoded(url.password().unwrap_or_default()),
    };
    (!user.is_empty()).then(|| Credentials::new(user, password))
}

/// A name or password as it was before it was put into an address.
fn percent_decoded(text: &str) -> String {
    // In a query `+` would be a blank and `&` an end; in a name they are themselves.
    let query = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .next()
        .map(|(_, text)| text.into_owned())
        .unwrap_or_default()
}

/// Whether it is worth trying again.
fn judged(error: smtp::Error) -> MailError {
    let Some(code) = error.status().map(u16::from) else {
        return MailError::Temporary(Obstacle::Conversation(error));
    };
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let detail = enhanced(&said);
    if error.is_permanent() && !is_about_us(code) {
        MailError::Permanent { code, detail }
    } else {
        MailError::Temporary(Obstacle::Answer { code, detail })
    }
}

/// Answers to who we are, not to the mail (RFC 4954 4.7, 6; RFC 3207 4): with the right password,
/// the same mail goes.
const fn is_about_us(code: u16) -> bool {
    matches!(code, 530 | 534 | 535 | 538)
}

/// The code of RFC 3463 that an answer begins with, with a space before.
fn enhanced(said: &str) -> Option<String> {
    let word = said.split_whitespace().next()?;
    let parts: Vec<&str> = word.split('.').collect();
    let is_number = |part: &&str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    (parts.len() == 3 && parts.iter().all(is_number)).then(|| format!(" {word}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_this_machine_unread_by_others_unless_it_is_asked_for() {
        for (url, secrecy, port) in [
            ("smtps://mail.example.org", Secrecy::Implicit, 465),
            (
                "smtp://mail.example.org?tls=required",
                Secrecy::StartTls,
                587,
            ),
            ("smtp://mail.example.org", Secrecy::StartTls, 587),
            ("smtp://127.0.0.1.example.org", Secrecy::StartTls, 587),
            ("smtp://mail.example.org?tls=none", Secrecy::Plain, 25),
            ("smtp://localhost", Secrecy::Plain, 25),
            ("smtp://127.0.0.1", Secrecy::Plain, 25),
            ("smtp://[::1]", Secrecy::Plain, 25),
            ("smtp://localhost?tls=required", Secrecy::StartTls, 587),
        ] {
            let found = Secrecy::of(&url.parse().unwrap()).unwrap();
            assert_eq!((found, found.port()), (secrecy, port), "{url}");
        }
        for url in ["smtp://h?tls=maybe", "smtps://h?tls=none", "http://h"] {
            assert!(Secrecy::of(&url.parse().unwrap()).is_err(), "{url}");
        }
    }

    #[test]
    fn a_password_is_not_sent_in_the_clear() {
        let make = |url: &str| {
            let patience = Duration::from_secs(1);
            Smtp::new(&url.parse().unwrap(), None, None, "here", patience)
        };
        assert!(matches!(
            make("smtp://ada:secret@mail.example.org?tls=none"),
            Err(MailerError::PasswordInTheClear)
        ));
        assert!(make("smtp://ada:secret@localhost").is_ok());
        assert!(make("smtp://mail.example.org?tls=none").is_ok());
    }

    #[test]
    fn names_and_passwords_are_taken_as_they_were_meant() {
        for (written, meant) in [
            ("a%40b", "a@b"),
            ("a+b", "a+b"),
            ("a&b=c", "a&b=c"),
            ("", ""),
        ] {
            assert_eq!(percent_decoded(written), meant);
        }
    }

    #[test]
    fn only_the_code_of_an_answer_is_kept() {
        assert_eq!(
            enhanced("5.1.1 <ada@example.org> unknown"),
            Some(" 5.1.1".into())
        );
        for said in [
            "",
            "no",
            "ada@example.org",
            "1.2",
            "1.2.3.4",
            "a.b.c",
            "5.1.1234",
        ] {
            assert_eq!(enhanced(said), None, "{said}");
        }
    }
}
