//! IP addresses and the ranges they lie in.

use std::net::{IpAddr, Ipv6Addr};

/// A range of addresses, as CIDR writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Reads `203.0.113.0/24` or `2001:db8::/32`; an address alone is a range of one.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().ok()?,
            Some(_) => return None,
            None => bits,
        };
        (prefix <= bits).then_some(Self { address, prefix }.unmapped())
    }

    /// An IPv4 range written as IPv6 (`::ffff:0:0/96`) is that IPv4 range.
    fn unmapped(self) -> Self {
        match self.address.to_canonical() {
            address @ IpAddr::V4(_) if self.address.is_ipv6() && self.prefix >= 96 => Self {
                address,
                prefix: self.prefix - 96,
            },
            _ => self,
        }
    }

    /// Whether `text` is an address in the range. An IPv4 address is the same however it is written.
    pub fn contains(&self, text: &str) -> bool {
        let Ok(address) = text.parse::<IpAddr>() else {
            return false;
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differs = u64::from(u32::from(own) ^ u32::from(other));
                differs >> (32 - self.prefix) == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same_prefix(own, other, self.prefix),
            (IpAddr::V4(_), IpAddr::V6(_)) => false,
            // `::/0` and the like hold every address written as IPv6.
            (IpAddr::V6(own), IpAddr::V4(other)) => {
                address.is_ipv6() && same_prefix(own, other.to_ipv6_mapped(), self.prefix)
            }
        }
    }
}

fn same_prefix(left: Ipv6Addr, right: Ipv6Addr, prefix: u8) -> bool {
    let differs = u128::from(left) ^ u128::from(right);
    differs.checked_shr(128 - u32::from(prefix)).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (range, address, expected) in [
            ("203.0.113.0/24", "203.0.113.255", true),
            ("203.0.113.7/24", "203.0.113.255", true),
            ("203.0.113.0/24", "203.0.114.0", false),
            ("203.0.113.7", "203.0.113.7", true),
            ("203.0.113.7", "203.0.113.8", false),
            ("0.0.0.0/0", "255.255.255.255", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", true),
            ("2001:db8:1234:5678::/64", "2001:db8:1234:5679::1", false),
            ("::/0", "2001:db8::1", true),
            ("::1", "::1", true),
            ("::1", "::2", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("::ffff:10.0.0.0/104", "10.1.2.3", true),
            ("10.0.0.0/8", "ten", false),
        ] {
            assert_eq!(
                Network::parse(range).unwrap().contains(address),
                expected,
                "{address} in {range}"
            );
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for bad in [
            "",
            "10.0.0.0/33",
            "::/129",
            "10.0.0/8",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "010.0.0.0/8",
            "10.0.0.0/8/8",
            "*",
        ] {
            assert_eq!(Network::parse(bad), None, "{bad:?} was taken");
        }
    }
}
