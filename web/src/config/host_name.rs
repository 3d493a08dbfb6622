//! Names of hosts, as they are compared.

use url::{Host, Url};

/// A host as names are compared: small letters, in ASCII, without a port or a dot at the end.
/// `None` when the text is no name and no address of a host.
pub(crate) fn host_name(host: &str) -> Option<String> {
    Some(parse(host)?.to_string().trim_end_matches('.').to_owned())
}

/// The name or address in a text that may have a port, such as a `Host` header. `None` when there
/// is none.
pub(crate) fn parse(host: &str) -> Option<Host> {
    let is_host = |letter: char| letter.is_alphanumeric() || "-._:[]".contains(letter);
    if !host.chars().all(is_host) {
        return None;
    }
    let url = Url::parse(&format!("http://{host}/")).ok()?;
    url.host().map(|host| host.to_owned())
}
