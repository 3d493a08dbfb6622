//! Settings that the web front end and the workers must agree on.

use std::{fmt, path::PathBuf};

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{
    email::{EmailAddress, InvalidEmailAddress},
    env::{self, EnvError},
    home::Home,
    queue::QueueUrl,
    store::StoreUrl,
};

/// Settings of the service. Both processes read them from the same variables.
#[derive(Clone)]
pub struct ServiceConfig {
    /// Where records and wake-ups are: `QUEUE_URL`, `sqlite:PATH` or `redis://…`. A password can
    /// be kept out of it: `QUEUE_PASSWORD`, the file `QUEUE_PASSWORD_FILE` or the credential
    /// `queue_password`. Default: `sqlite:trapline.db` in `TRAPLINE_HOME`.
    pub queue: QueueUrl,
    /// Where the files of jobs are: `STORE_URL`, `file:///folder` or `s3://bucket/prefix`.
    /// Default: the folder `store` in `TRAPLINE_HOME`.
    pub store: StoreUrl,
    /// The address that users see, without a path: `PUBLIC_URL`. Links in mails begin with it.
    /// Default: `http://localhost:8080`.
    pub public_url: Url,
    /// How mails leave: `SMTP_URL` or `MAIL_DIR`.
    pub mail: MailRoute,
    /// Whom mails come from: `MAIL_FROM`. Default: `trapline@` and the host of `PUBLIC_URL`.
    pub mail_from: EmailAddress,
    /// Days that results are kept: `RETENTION_DAYS`. Default: 14.
    pub retention_days: u16,
}

/// How mails leave this machine.
#[derive(Clone)]
pub enum MailRoute {
    /// To a server: `SMTP_URL`, `smtps://user@host`, `smtp://host?tls=required` (STARTTLS, also
    /// without saying so), or `smtp://localhost` without TLS; `?tls=none` does without it
    /// elsewhere too. The password is `SMTP_PASSWORD`, the file
    /// `SMTP_PASSWORD_FILE` or the credential `smtp_password`.
    Smtp {
        /// The server.
        url: Url,
        /// The password, if it wants one.
        password: Option<SecretString>,
        /// The certificate (PEM) of an authority that the server is trusted by, besides those
        /// that the system trusts: `SMTP_CA_FILE`.
        ca: Option<PathBuf>,
    },
    /// Into a folder, as `.eml` files: `MAIL_DIR`. Default: `mail` in `TRAPLINE_HOME`.
    Folder(PathBuf),
}

impl fmt::Debug for MailRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Smtp { url, .. } => write!(f, "{}", url.host_str().unwrap_or_default()),
            Self::Folder(path) => write!(f, "{}", path.display()),
        }
    }
}

/// As logs show it at the start, without anything secret.
impl fmt::Debug for ServiceConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceConfig")
            .field("queue", &self.queue)
            .field("store", &self.store)
            .field("public_url", &self.public_url.as_str())
            .field("mail", &self.mail)
            .field("mail_from", &self.mail_from)
            .field("retention_days", &self.retention_days)
            .finish()
    }
}

impl ServiceConfig {
    /// Reads the settings from the environment. What has no place of its own is in
    /// `TRAPLINE_HOME`.
    ///
    /// # Errors
    /// When a setting makes no sense.
    pub fn from_env() -> Result<Self, EnvError> {
        let home = Home::from_env()?;
        let home = home.folder();
        let queue = env::maybe_parsed("QUEUE_URL")?
            .unwrap_or_else(|| QueueUrl::Sqlite(home.join("trapline.db")));
        let store =
            env::maybe_parsed("STORE_URL")?.unwrap_or_else(|| StoreUrl::folder(home.join("store")));
        let public_url = public_url_from_env()?;
        let mail_from = match env::maybe_parsed("MAIL_FROM")? {
            Some(address) => address,
            None => default_sender(&public_url)?,
        };
        Ok(Self {
            queue: with_password(queue)?,
            store,
            public_url,
            mail_from,
            mail: MailRoute::from_env(home)?,
            retention_days: env::parsed_or("RETENTION_DAYS", 14)?,
        })
    }
}

fn with_password(queue: QueueUrl) -> Result<QueueUrl, EnvError> {
    let password = env::maybe_secret("QUEUE_PASSWORD", "QUEUE_PASSWORD_FILE")?;
    let (QueueUrl::Redis(mut url), Some(password)) = (queue.clone(), password) else {
        return Ok(queue);
    };
    let _ = url.set_password(Some(password.expose_secret()));
    Ok(QueueUrl::Redis(url))
}

fn public_url_from_env() -> Result<Url, EnvError> {
    let name = "PUBLIC_URL";
    let text = env::maybe(name)?.unwrap_or_else(|| "http://localhost:8080".to_owned());
    let url = Url::parse(text.trim()).map_err(|error| EnvError::Invalid {
        name,
        reason: error.to_string(),
    })?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.path() == "/";
    if is_web && url.query().is_none() {
        Ok(url)
    } else {
        Err(EnvError::Invalid {
            name,
            reason: "write https://host or http://host:port, without a path".to_owned(),
        })
    }
}

/// `trapline@` a host. One without a domain cannot be written to from elsewhere anyway.
fn default_sender(public_url: &Url) -> Result<EmailAddress, EnvError> {
    let host = public_url.host_str().unwrap_or_default();
    let at = |host: &str| format!("trapline@{host}").parse();
    let sender = at(host).or_else(|_| at("localhost.localdomain"));
    sender.map_err(|error: InvalidEmailAddress| EnvError::Invalid {
        name: "MAIL_FROM",
        reason: error.to_string(),
    })
}

impl MailRoute {
    fn from_env(home: &std::path::Path) -> Result<Self, EnvError> {
        let Some(url) = env::maybe_parsed::<Url>("SMTP_URL")? else {
            let folder = env::maybe_parsed("MAIL_DIR")?;
            return Ok(Self::Folder(folder.unwrap_or_else(|| home.join("mail"))));
        };
        if !matches!(url.scheme(), "smtp" | "smtps") || url.host_str().is_none() {
            return Err(EnvError::Invalid {
                name: "SMTP_URL",
                reason: "write smtps://user@host or smtp://host?tls=required".to_owned(),
            });
        }
        let password = env::maybe_secret("SMTP_PASSWORD", "SMTP_PASSWORD_FILE")?;
        let ca = env::maybe_parsed("SMTP_CA_FILE")?;
        Ok(Self::Smtp { url, password, ca })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_come_from_the_host_of_the_links_if_it_has_a_domain() {
        for (url, sender) in [
            ("https://cards.example.org", "trapline@cards.example.org"),
            ("http://localhost:8080", "trapline@localhost.localdomain"),
            ("http://192.0.2.7", "trapline@localhost.localdomain"),
            ("http://[2001:db8::1]", "trapline@localhost.localdomain"),
        ] {
            let found = default_sender(&url.parse().unwrap()).unwrap();
            assert_eq!(found.as_str(), sender, "{url}");
        }
    }
}
