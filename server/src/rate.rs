//! How many requests somebody may send in a second.
//!
//! Each counts for the address it comes from and for the key it carries: neither many keys from
//! one place nor one key from many places gets more than its share.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    time::Duration,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{Quota, RateLimiter, clock::MonotonicClock, state::keyed::HashMapStateStore};

use crate::{
    auth::Caller,
    cross_origin,
    error::{Code, Error},
    library::OwnerHash,
    linger::linger,
    server::Server,
};

/// Where a request comes from, noted by [`crate::listen`].
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Whom a request counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Share {
    Address(IpAddr),
    Owner(OwnerHash),
}

/// Counts requests.
#[derive(Debug)]
pub struct Limiter(RateLimiter<Share, HashMapStateStore<Share>, MonotonicClock>);

/// How often those that were quiet are forgotten.
const FORGET: Duration = Duration::from_secs(60);

impl Limiter {
    /// Lets so many requests through in a second, and four times as many at once.
    pub fn new(per_second: NonZeroU32) -> Self {
        let burst = per_second.saturating_mul(NonZeroU32::MIN.saturating_add(3));
        let quota = Quota::per_second(per_second).allow_burst(burst);
        Self(RateLimiter::new(
            quota,
            HashMapStateStore::default(),
            MonotonicClock,
        ))
    }

    /// Forgets, from time to time, those that were quiet for long; never completes.
    pub async fn keep_small(&self) {
        loop {
            tokio::time::sleep(FORGET).await;
            self.0.retain_recent();
            self.0.shrink_to_fit();
        }
    }
}

/// Answers 429 to those that ask too often. What a browser asks before a page's own request does
/// not count: it carries no key, and a page can't do without it.
pub async fn limit(State(server): State<Server>, request: Request, next: Next) -> Response {
    if cross_origin::is_preflight(&request) {
        return next.run(request).await;
    }
    let peer = request.extensions().get::<Peer>();
    let address = peer.map(|Peer(address)| Share::Address(network(address.ip())));
    let owner = match server.keys.caller(request.headers()) {
        Caller::Owner(owner) | Caller::Admin(owner) => Some(Share::Owner(owner)),
        Caller::Nobody => None,
    };
    let mut shares = [address, owner].into_iter().flatten();
    if shares.all(|share| server.limiter.0.check_key(&share).is_ok()) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    linger(body, &parts.headers).await;
    Error::from(Code::TooManyRequests).into_response()
}

/// Whoever has one address of the sixth version has 2⁶⁴ of them.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_one_network_are_one() {
        let network = |text: &str| network(text.parse().expect("it is an address")).to_string();
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    }

    #[test]
    fn shares_are_apart() {
        let limiter = Limiter::new(NonZeroU32::MIN);
        let (ann, bob) = (
            Share::Owner(OwnerHash::of("ann")),
            Share::Owner(OwnerHash::of("bob")),
        );
        for _ in 0..4 {
            assert!(limiter.0.check_key(&ann).is_ok());
        }
        assert!(limiter.0.check_key(&ann).is_err());
        assert!(limiter.0.check_key(&bob).is_ok());
    }
}
