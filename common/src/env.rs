//! Reading settings from the environment. Every message names the variable.

use std::{env, fmt::Display, io, path::PathBuf, str::FromStr};

/// A setting that is missing or makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum EnvError {
    /// It must be given.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// It is not what it should be.
    #[error("{name}: {reason}")]
    Invalid {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// It is something else than what it means.
    #[error("{name}={value} is not {expected}")]
    Unexpected {
        /// The variable.
        name: &'static str,
        /// What it was set to.
        value: String,
        /// What it may be set to.
        expected: &'static str,
    },
    /// A place counts from the current folder, which cannot be found out.
    #[error("the current folder cannot be read")]
    CurrentFolder(#[source] io::Error),
}

/// A setting as text; blank counts as not given.
///
/// # Errors
/// When it is not UTF-8.
pub fn maybe(name: &'static str) -> Result<Option<String>, EnvError> {
    match env::var(name) {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(EnvError::Invalid {
            name,
            reason: "is not UTF-8".to_owned(),
        }),
    }
}

/// A setting that is a place on this machine, which need not be UTF-8; blank counts as not given.
#[must_use]
pub fn maybe_path(name: &'static str) -> Option<PathBuf> {
    let value = env::var_os(name)?;
    match value.to_str().map(str::trim) {
        Some("") => None,
        Some(text) => Some(text.into()),
        None => Some(value.into()),
    }
}

/// A setting of some type, if it is given.
///
/// # Errors
/// When it is given and makes no sense.
pub fn maybe_parsed<T: FromStr<Err: Display>>(name: &'static str) -> Result<Option<T>, EnvError> {
    let parse = |text: String| {
        text.trim()
            .parse()
            .map_err(|error: T::Err| EnvError::Invalid {
                name,
                reason: error.to_string(),
            })
    };
    maybe(name)?.map(parse).transpose()
}

/// A setting of some type, or its default.
///
/// # Errors
/// When it is given and makes no sense.
pub fn parsed_or<T: FromStr<Err: Display>>(name: &'static str, default: T) -> Result<T, EnvError> {
    Ok(maybe_parsed(name)?.unwrap_or(default))
}

/// A secret: the content of the file that `NAME_FILE` names, of the credential `name` that
/// systemd passes, or the variable itself. A blank file counts as not given.
///
/// # Errors
/// When the file that was named cannot be read.
pub fn maybe_secret(
    name: &'static str,
    file_variable: &'static str,
) -> Result<Option<secrecy::SecretString>, EnvError> {
    let named = maybe(file_variable)?.map(std::path::PathBuf::from);
    let credential = maybe("CREDENTIALS_DIRECTORY")?
        .map(|folder| std::path::Path::new(&folder).join(name.to_ascii_lowercase()))
        .filter(|path| path.is_file());
    let in_file = match named.or(credential) {
        Some(path) => secret_in(&path, file_variable)?,
        None => None,
    };
    Ok(match in_file {
        Some(secret) => Some(secret),
        None => maybe(name)?.map(Into::into),
    })
}

fn secret_in(
    path: &std::path::Path,
    file_variable: &'static str,
) -> Result<Option<secrecy::SecretString>, EnvError> {
    let text = std::fs::read_to_string(path).map_err(|error| EnvError::Invalid {
        name: file_variable,
        reason: format!("{} cannot be read: {error}", path.display()),
    })?;
    let text = text.trim_end_matches(['\r', '\n']);
    Ok((!text.is_empty()).then(|| text.to_owned().into()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn a_secret_is_its_file_without_the_end_of_the_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue_password");
        for (text, secret) in [
            ("s3 cret\n", Some("s3 cret")),
            ("s3cret\r\n", Some("s3cret")),
            ("s3cret", Some("s3cret")),
            ("\n", None),
            ("", None),
        ] {
            std::fs::write(&path, text).unwrap();
            let found = secret_in(&path, "QUEUE_PASSWORD_FILE").unwrap();
            let found = found.as_ref().map(|secret| secret.expose_secret());
            assert_eq!(found, secret, "{text:?}");
        }
    }

    #[test]
    fn a_secret_that_cannot_be_read_is_an_error_that_names_the_variable() {
        let error = secret_in(std::path::Path::new("/nowhere"), "QUEUE_PASSWORD_FILE").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("QUEUE_PASSWORD_FILE: /nowhere")
        );
    }
}
