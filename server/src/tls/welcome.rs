use std::{
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
};

use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};

use super::Addresses;

/// Tells where others on the network find a server that speaks TLS, with a code for phones. Empty
/// where nobody else can reach it.
pub fn welcome(listening: SocketAddr, is_terminal: bool, is_self_signed: bool) -> String {
    let links: Vec<_> = Addresses::of(listening)
        .of_network()
        .map(|address| link(address, listening.port()))
        .collect();
    let Some(first) = links.first() else {
        return String::new();
    };
    let mut text = String::from("On this network, open one of these:\n");
    for link in &links {
        text.push_str(&format!("  {link}\n"));
    }
    if let Some(code) = code(first, is_terminal) {
        let _ = write!(text, "Or scan this:\n{code}\n");
    }
    if is_self_signed {
        text.push_str(
            "Browsers will warn, because nobody else vouches for this server's certificate.\n",
        );
    }
    text
}

fn link(address: IpAddr, port: u16) -> String {
    let address = SocketAddr::new(address, port);
    match port {
        443 => format!("https://{}/", without_port(address)),
        _ => format!("https://{address}/"),
    }
}

fn without_port(address: SocketAddr) -> String {
    match address.ip() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// A code of half blocks. Phones want dark on light, so in a terminal the colours are said; where
/// they can't be, dark blocks stand for light ones, because most logs are read on a dark ground.
fn code(link: &str, is_terminal: bool) -> Option<String> {
    let code = QrCode::with_error_correction_level(link, EcLevel::L).ok()?;
    if !is_terminal {
        let mut renderer = code.render::<Dense1x2>();
        let inverted = renderer
            .dark_color(Dense1x2::Light)
            .light_color(Dense1x2::Dark);
        return Some(inverted.build());
    }
    let text = code.render::<Dense1x2>().build();
    let lines = text
        .lines()
        .map(|line| format!("\x1b[30;107m{line}\x1b[0m"));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_what_one_types() {
        let link = |address: &str, port| link(address.parse().expect("it is one"), port);
        assert_eq!(link("192.168.1.5", 8443), "https://192.168.1.5:8443/");
        assert_eq!(link("192.168.1.5", 443), "https://192.168.1.5/");
        assert_eq!(link("2001:db8::7", 8443), "https://[2001:db8::7]:8443/");
        assert_eq!(link("2001:db8::7", 443), "https://[2001:db8::7]/");
    }

    #[test]
    fn a_code_is_drawn_in_both_ways() {
        let plain = code("https://192.168.1.5:8443/", false).expect("it fits");
        assert!(plain.lines().count() > 10 && !plain.contains('\x1b'));
        let coloured = code("https://192.168.1.5:8443/", true).expect("it fits");
        assert!(coloured.lines().all(|line| line.ends_with("\x1b[0m")));
    }

    #[test]
    fn a_server_of_one_s_own_welcomes_nobody() {
        let loopback = "127.0.0.1:8443".parse().expect("it is an address");
        assert_eq!(welcome(loopback, false, true), "");
    }
}
