//! What the address says behind `#`: which recording, the token to watch it with, and from when.
//! Browsers send none of it to a server, so it is in no log and no `Referer`.

/// A place in a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    /// The recording's id; empty for none.
    pub id: String,
    /// The view token, for whoever does not own it.
    pub token: Option<String>,
    /// Seconds from the beginning.
    pub at: u32,
}

impl Link {
    /// The link that a fragment says, `#ID[.TOKEN][,t=SECONDS]`. What is no id means none.
    pub fn read(fragment: &str) -> Self {
        let fragment = fragment.trim_start_matches('#');
        let (what, at) = fragment.split_once(",t=").unwrap_or((fragment, ""));
        let (id, token) = what.split_once('.').unwrap_or((what, ""));
        let is_id = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_token = |token: &&str| {
            let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            (1..=128).contains(&token.len()) && token.bytes().all(is_base64)
        };
        if !is_id {
            return Self::default();
        }
        Self {
            id: id.to_owned(),
            token: Some(token).filter(is_token).map(str::to_owned),
            at: at.parse().unwrap_or(0),
        }
    }

    /// The fragment that says it, with its `#`; empty for no recording.
    pub fn write(&self) -> String {
        let mut fragment = String::new();
        if self.id.is_empty() {
            return fragment;
        }
        fragment.push('#');
        fragment.push_str(&self.id);
        if let Some(token) = &self.token {
            fragment.push('.');
            fragment.push_str(token);
        }
        if self.at > 0 {
            fragment.push_str(",t=");
            fragment.push_str(&self.at.to_string());
        }
        fragment
    }
}

/// The view token in an address of media that the server handed out.
pub fn token_of(media_url: &str) -> Option<String> {
    let (_, query) = media_url.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, token) = pairs.find(|(name, _)| *name == "token")?;
    Some(token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "d96f4aeb5ebb5f97967cd1d5085ff283";

    #[test]
    fn what_is_written_is_read() {
        for (token, at) in [(None, 0), (Some("a-B_9"), 0), (None, 83), (Some("x"), 7)] {
            let link = Link {
                id: ID.to_owned(),
                token: token.map(str::to_owned),
                at,
            };
            assert_eq!(Link::read(&link.write()), link);
        }
        assert_eq!(Link::default().write(), "");
    }

    #[test]
    fn what_is_no_link_is_none() {
        for fragment in ["", "#", "#main", "#../../x", "#d96f", &format!("#{ID}x")] {
            assert_eq!(Link::read(fragment), Link::default(), "{fragment}");
        }
        let odd = Link::read(&format!("#{ID}.<b>,t=-1"));
        assert_eq!((odd.token, odd.at), (None, 0));
    }

    #[test]
    fn the_token_is_found_in_the_address_of_the_media() {
        let url = "/recordings/x/media?live=1&token=JwtR_-9";
        assert_eq!(token_of(url).as_deref(), Some("JwtR_-9"));
        assert_eq!(token_of("/recordings/x/media"), None);
    }
}
