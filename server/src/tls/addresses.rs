use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What this machine is called, and where it is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// `localhost`, and the machine's own names.
    pub names: Vec<String>,
    /// All addresses that the server is reached at; those of the local network first.
    pub addresses: Vec<IpAddr>,
}

impl Addresses {
    /// Those that a server at this address is reached at, as they are now.
    pub fn of(listening: SocketAddr) -> Self {
        let interfaces = if_addrs::get_if_addrs().unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot find this machine's addresses");
            Vec::new()
        });
        let all = interfaces.iter().map(if_addrs::Interface::ip).collect();
        let host = rustix::system::uname()
            .nodename()
            .to_string_lossy()
            .into_owned();
        Self::choose(listening.ip(), all, &host)
    }

    fn choose(listening: IpAddr, mut all: Vec<IpAddr>, host: &str) -> Self {
        all.push(Ipv4Addr::LOCALHOST.into());
        all.push(Ipv6Addr::LOCALHOST.into());
        let is_reached = |address: &IpAddr| match listening {
            // Every address; the sixth version's stands for both.
            IpAddr::V6(listening) if listening.is_unspecified() => true,
            IpAddr::V4(listening) if listening.is_unspecified() => address.is_ipv4(),
            listening => *address == listening,
        };
        all.retain(|address| is_reached(address) && !is_link_local(address));
        all.sort_by_key(|address| (address.is_loopback(), address.is_ipv6(), *address));
        all.dedup();
        let mut names = vec!["localhost".to_owned()];
        // Only what may stand in a certificate as a name.
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        if !host.is_empty() && host != "localhost" && host.chars().all(is_name) {
            names.push(host.to_owned());
            if !host.contains('.') {
                // How phones and other computers find it (multicast DNS, RFC 6762).
                names.push(format!("{host}.local"));
            }
        }
        Self {
            names,
            addresses: all,
        }
    }

    /// Where other machines find the server.
    pub fn of_network(&self) -> impl Iterator<Item = IpAddr> {
        let outside = self
            .addresses
            .iter()
            .filter(|address| !address.is_loopback());
        outside.copied()
    }

    /// All of them, as a certificate and a file have them.
    pub fn subjects(&self) -> Vec<String> {
        let addresses = self.addresses.iter().map(IpAddr::to_string);
        self.names.iter().cloned().chain(addresses).collect()
    }
}

/// Addresses that mean nothing without the name of an interface, so a link can't have them.
fn is_link_local(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(listening: &str) -> Vec<String> {
        let all = [
            "fe80::1",
            "127.0.0.1",
            "2001:db8::7",
            "192.168.1.5",
            "10.0.0.2",
            "169.254.1.1",
        ];
        let all = all
            .map(|address| address.parse().expect("it is one"))
            .to_vec();
        let listening = listening.parse().expect("it is one");
        let chosen = Addresses::choose(listening, all, "desk");
        assert_eq!(chosen.names, ["localhost", "desk", "desk.local"]);
        chosen.addresses.iter().map(IpAddr::to_string).collect()
    }

    #[test]
    fn a_server_is_found_where_it_listens() {
        assert_eq!(
            addresses("::"),
            ["10.0.0.2", "192.168.1.5", "2001:db8::7", "127.0.0.1", "::1"]
        );
        assert_eq!(
            addresses("0.0.0.0"),
            ["10.0.0.2", "192.168.1.5", "127.0.0.1"]
        );
        assert_eq!(addresses("192.168.1.5"), ["192.168.1.5"]);
        assert_eq!(addresses("127.0.0.1"), ["127.0.0.1"]);
    }

    #[test]
    fn a_strange_name_is_left_out() {
        let chosen = |host| Addresses::choose(IpAddr::from([127, 0, 0, 1]), Vec::new(), host).names;
        assert_eq!(
            chosen("desk.example.org"),
            ["localhost", "desk.example.org"]
        );
        for host in ["", "localhost", "my desk", "büro", "a*"] {
            assert_eq!(chosen(host), ["localhost"], "{host}");
        }
    }
}
