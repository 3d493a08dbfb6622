//! The names that this service is reached by.
//!
//! A page of somebody else can make a browser ask us under a name of that page's own, by letting it
//! point to our address (DNS rebinding); then browser and we would take it for a page of ours. What
//! is no name, such as 192.0.2.7, cannot be made to point elsewhere, and neither can `localhost`.

use actix_web::{
    dev::RequestHead,
    http::{
        Version,
        header::{HOST, HeaderName},
    },
};
use url::Host;

use crate::{
    client::header_text,
    config::{
        WebConfig,
        host_name::{host_name, parse},
    },
};

const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// A request was meant for somebody else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HostError {
    /// It is for a name that is not ours.
    #[error("a request for another host")]
    OtherHost {
        /// Where we are.
        public_url: String,
    },
    /// It does not say once for which host it is.
    #[error("a request without a host")]
    NoHost,
}

/// The names that this service is reached by.
#[derive(Clone, Debug)]
pub(crate) struct OwnHosts {
    names: Vec<String>,
    public_url: String,
}

impl OwnHosts {
    /// The name of `PUBLIC_URL`, those of `ALLOWED_HOSTS`, and this machine's own.
    pub(crate) fn of(config: &WebConfig) -> Self {
        let machine = rustix::system::uname();
        let machine = machine.nodename().to_string_lossy().into_owned();
        // What a machine is called by others in its network (RFC 6762).
        let local = format!("{machine}.local");
        let public_url = &config.service.public_url;
        let public = public_url.host_str().unwrap_or_default().to_owned();
        let names = config.allowed_hosts.iter().cloned();
        let names = names.chain([public, machine, local]);
        Self {
            names: names.filter_map(|name| host_name(&name)).collect(),
            public_url: public_url.as_str().trim_end_matches('/').to_owned(),
        }
    }

    /// Refuses a request that was meant for another name. What a proxy says that it was asked for is
    /// looked at if the proxy is to be believed.
    ///
    /// # Errors
    /// When the request names no host, or another one.
    pub(crate) fn check(&self, head: &RequestHead, is_proxy: bool) -> Result<(), HostError> {
        let mut hosts = head.headers().get_all(HOST);
        match (hosts.next(), hosts.next()) {
            // HTTP/1.0 has none, and no browser speaks it.
            (None, _) if head.version < Version::HTTP_11 => {}
            (Some(host), None) => self.check_name(host.to_str().unwrap_or_default())?,
            _ => return Err(HostError::NoHost),
        }
        if let Some(host) = head.uri.authority() {
            self.check_name(host.as_str())?;
        }
        if is_proxy {
            let forwarded = header_text(head, &X_FORWARDED_HOST).split(',');
            let mut forwarded = forwarded.map(str::trim).filter(|host| !host.is_empty());
            forwarded.try_for_each(|host| self.check_name(host))?;
        }
        Ok(())
    }

    fn check_name(&self, host: &str) -> Result<(), HostError> {
        let is_own = match parse(host) {
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                let is_local = name == "localhost" || name.ends_with(".localhost");
                is_local || self.names.iter().any(|own| own == name)
            }
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
            None => false,
        };
        if is_own {
            Ok(())
        } else {
            Err(HostError::OtherHost {
                public_url: self.public_url.clone(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn hosts() -> OwnHosts {
        OwnHosts {
            names: vec!["traps.example.org".to_owned(), "nas".to_owned()],
            public_url: "https://traps.example.org".to_owned(),
        }
    }

    fn is_own(host: &str) -> bool {
        let request = TestRequest::get().insert_header(("host", host));
        hosts()
            .check(request.to_http_request().head(), false)
            .is_ok()
    }

    #[test]
    fn own_names_and_what_is_no_name_are_let_through_whatever_the_port() {
        for host in [
            "traps.example.org",
            "Traps.Example.ORG:8080",
            "traps.example.org.",
            "nas:8080",
            "localhost:8080",
            "trapline.localhost",
            "127.0.0.1:8080",
            "192.168.178.20",
            "[::1]:8080",
        ] {
            assert!(is_own(host), "{host}");
        }
    }

    #[test]
    fn other_names_are_not() {
        for host in [
            "evil.example.org",
            "traps.example.org.evil.org",
            "x-traps.example.org",
            "localhost.evil.org",
            "nas.evil.org",
            "127.0.0.1.evil.org",
            "evil.org#localhost",
            "evil.org/localhost",
            "localhost@evil.org",
            "",
        ] {
            assert!(!is_own(host), "{host}");
        }
    }

    #[test]
    fn every_name_that_stands_in_a_request_must_be_our_own() {
        let evil = ("x-forwarded-host", "evil.example.org");
        let own = ("host", "localhost");
        let request = TestRequest::get().insert_header(own).insert_header(evil);
        let request = request.to_http_request();
        assert!(hosts().check(request.head(), true).is_err());
        assert!(
            hosts().check(request.head(), false).is_ok(),
            "anybody's word"
        );
        let twice = TestRequest::get().append_header(own).append_header(own);
        let twice = twice.to_http_request();
        let refused = hosts().check(twice.head(), false);
        assert!(matches!(refused, Err(HostError::NoHost)));
        let none = TestRequest::get().to_http_request();
        assert!(hosts().check(none.head(), false).is_err());
        let old = TestRequest::get().version(Version::HTTP_10);
        assert!(hosts().check(old.to_http_request().head(), false).is_ok());
    }
}
