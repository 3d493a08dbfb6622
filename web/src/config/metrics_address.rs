//! Where metrics are served, if they are.

use std::{
    net::{AddrParseError, SocketAddr},
    str::FromStr,
};

/// An address and port, or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsAddress {
    /// Not served.
    Off,
    /// Served here.
    At(SocketAddr),
}

impl Default for MetricsAddress {
    /// Port 9080 of this machine alone.
    fn default() -> Self {
        Self::At(SocketAddr::from(([127, 0, 0, 1], 9080)))
    }
}

impl FromStr for MetricsAddress {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            _ => text.parse().map(Self::At),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_an_address_with_a_port_or_off() {
        assert_eq!("off".parse(), Ok(MetricsAddress::Off));
        let any = SocketAddr::from(([0, 0, 0, 0], 9090));
        assert_eq!("0.0.0.0:9090".parse(), Ok(MetricsAddress::At(any)));
        assert!("9090".parse::<MetricsAddress>().is_err());
    }
}
