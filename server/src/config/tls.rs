//! `--tls`: whether the server speaks HTTPS itself.

use std::{path::PathBuf, str::FromStr};

/// How the server speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// HTTP: on one's own machine, or behind a proxy.
    Off,
    /// HTTPS, with a certificate that the server makes for itself.
    SelfSigned,
    /// HTTPS, with the host's certificate.
    Files {
        /// The chain in PEM, the server's own first.
        certificate: PathBuf,
        /// Its key in PEM.
        key: PathBuf,
    },
}

impl FromStr for Tls {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text, text.split_once(',')) {
            ("off", _) => Ok(Self::Off),
            ("self-signed", _) => Ok(Self::SelfSigned),
            (_, Some((certificate, key))) if !certificate.is_empty() && !key.is_empty() => {
                Ok(Self::Files {
                    certificate: certificate.into(),
                    key: key.into(),
                })
            }
            _ => Err("off, self-signed, or two files in PEM separated by a comma: CERT,KEY"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_names_a_way_or_two_files() {
        let files = Tls::Files {
            certificate: "/a/b.pem".into(),
            key: "c.pem".into(),
        };
        assert_eq!("off".parse(), Ok(Tls::Off));
        assert_eq!("self-signed".parse(), Ok(Tls::SelfSigned));
        assert_eq!("/a/b.pem,c.pem".parse(), Ok(files));
        for wrong in ["", "on", "a.pem", ",", "a.pem,", ",b.pem"] {
            assert!(wrong.parse::<Tls>().is_err(), "{wrong}");
        }
    }
}
