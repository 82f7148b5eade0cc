//! Who speaks, by network address: the socket's, or what a declared proxy forwarded, read from the right, since only
//! the right end was written by somebody we trust. It is made to count tries by, not to be shown.

use std::net::{IpAddr, Ipv6Addr};

use http::HeaderMap;
use ipnet::IpNet;

/// The address of whoever is behind the declared proxies. A peer that is no declared proxy speaks for itself, whatever
/// it claims.
#[must_use]
pub fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let believed = |ip: IpAddr| proxies.iter().any(|range| range.contains(&ip));
    let mut found = peer.to_canonical();
    if !believed(found) {
        return found;
    }
    let headers: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().map(|value| value.to_str().unwrap_or_default()).collect();
    for hop in headers.iter().rev().flat_map(|list| list.rsplit(',')) {
        // What can't be read was not written by a proxy of ours; the last believed one stands.
        let Ok(ip) = hop.trim().parse::<IpAddr>() else { break };
        found = ip.to_canonical();
        if !believed(found) {
            break;
        }
    }
    found
}

/// For whoever counts tries: who speaks, as [`counted`] spells it; empty where it is not known.
#[must_use]
pub fn of_visitor(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &[IpNet]) -> String {
    peer.map_or_else(String::new, |peer| counted(client(peer, headers, proxies)))
}

/// What tries are counted by: an IPv4 address, or the /64 of an IPv6 address, which is what one customer gets.
#[must_use]
pub fn counted(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&'static str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", http::HeaderValue::from_static(value));
        }
        let proxies: Vec<IpNet> = proxies.iter().map(|p| p.parse().unwrap()).collect();
        counted(client(peer.parse().unwrap(), &headers, &proxies))
    }

    #[test]
    fn a_forwarded_address_counts_only_from_a_declared_proxy() {
        assert_eq!(seen("198.51.100.7", &["203.0.113.9"], &[]), "198.51.100.7");
        assert_eq!(seen("198.51.100.7", &["203.0.113.9"], &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["203.0.113.9"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(seen("::ffff:10.0.0.1", &["203.0.113.9"], &["10.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn the_right_end_counts_and_what_the_client_wrote_does_not() {
        let proxies = &["10.0.0.0/8"];
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 203.0.113.9"], proxies), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 203.0.113.9, 10.0.0.2"], proxies), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "203.0.113.9"], proxies), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["203.0.113.9, nonsense"], proxies), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[], proxies), "10.0.0.1");
    }

    #[test]
    fn one_customer_of_ipv6_is_one_address() {
        assert_eq!(seen("2001:db8:1:2:3:4:5:6", &[], &[]), "2001:db8:1:2::/64");
        assert_eq!(seen("2001:db8:1:2::9", &[], &[]), "2001:db8:1:2::/64");
    }
}
