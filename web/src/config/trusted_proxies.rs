//! The proxies that may say for whom they ask.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use ipnet::{IpNet, Ipv4Net};

/// Addresses and networks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// A part of the list that is no address and no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is neither an address nor a network such as 10.0.0.0/8")]
pub struct InvalidProxies(String);

impl TrustedProxies {
    /// Whether this address is one of them.
    #[must_use]
    pub fn include(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// For whom a proxy asks: `peer` is who connected, `forwarded` the `X-Forwarded-For` header.
    /// Proxies append to it, so it is read from its end, as far as the word of each can be taken.
    #[must_use]
    pub fn client(&self, peer: IpAddr, forwarded: &str) -> IpAddr {
        let mut client = peer.to_canonical();
        for text in forwarded.rsplit(',') {
            let Ok(before) = text.trim().parse::<IpAddr>() else {
                break;
            };
            if !self.include(client) {
                break;
            }
            client = before.to_canonical();
        }
        client
    }
}

impl Default for TrustedProxies {
    /// Those on this machine.
    fn default() -> Self {
        let loopback = Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8);
        Self(vec![
            loopback.into(),
            IpNet::from(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        ])
    }
}

impl FromStr for TrustedProxies {
    type Err = InvalidProxies;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split(',').map(str::trim).filter(|p| !p.is_empty());
        let networks = parts.map(|part| {
            part.parse::<IpNet>()
                .or_else(|_| part.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| InvalidProxies(part.to_owned()))
        });
        networks.collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let proxies = TrustedProxies::default();
        let (outside, local) = (ip("203.0.113.9"), ip("127.0.0.1"));
        assert_eq!(proxies.client(outside, "198.51.100.1"), outside);
        assert_eq!(proxies.client(local, "198.51.100.1"), ip("198.51.100.1"));
        assert_eq!(
            proxies.client(local, "10.9.9.9, 198.51.100.1"),
            ip("198.51.100.1"),
            "what the client itself wrote is not believed"
        );
        assert_eq!(proxies.client(local, ""), local);
        assert_eq!(proxies.client(local, "nonsense"), local);
        assert_eq!(
            proxies.client(ip("::ffff:127.0.0.1"), "::1, 9.9.9.9"),
            ip("9.9.9.9")
        );
    }

    #[test]
    fn networks_and_single_addresses_are_read() {
        let proxies: TrustedProxies = "10.0.0.0/8, 2001:db8::1".parse().unwrap();
        assert!(proxies.include(ip("10.1.2.3")) && proxies.include(ip("2001:db8::1")));
        assert!(!proxies.include(ip("127.0.0.1")));
        assert!("10.0.0.0/99".parse::<TrustedProxies>().is_err());
        assert_eq!("".parse(), Ok(TrustedProxies(Vec::new())));
    }
}
