//! A TCP connection to one of a host's addresses: the next is tried when one fails, or says nothing for a while, and the
//! first that answers is taken. A host whose IPv6 leads nowhere costs a quarter of a second, not a timeout.
//!
//! <https://www.rfc-editor.org/rfc/rfc8305>

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

/// How long an address may say nothing before the next one is tried beside it ("Connection Attempt Delay").
const HEAD_START: Duration = Duration::from_millis(250);

/// Connects to a host.
///
/// # Errors
/// When it has no address, when nobody listens at any of them, or not in time.
pub(super) async fn connect(host: &str, port: u16, patience: Duration) -> io::Result<TcpStream> {
    let deadline = Instant::now() + patience;
    let looking = tokio::net::lookup_host((host, port));
    let found = timeout_at(deadline, looking).await;
    let addresses: Vec<_> = found.map_err(|_| late(patience))??.collect();
    let racing = race(interleaved(addresses), TcpStream::connect, HEAD_START);
    let stream = timeout_at(deadline, racing)
        .await
        .map_err(|_| late(patience))??;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// No connection in time.
pub(super) fn late(patience: Duration) -> io::Error {
    let message = format!("no connection within {} ms", patience.as_millis());
    io::Error::new(io::ErrorKind::TimedOut, message)
}

/// The addresses by turns of their families, beginning with the family that the system prefers.
fn interleaved(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let is_first_ipv6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let count = addresses.len();
    let (first, second): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == is_first_ipv6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut ordered = Vec::with_capacity(count);
    while ordered.len() < count {
        ordered.extend(first.next());
        ordered.extend(second.next());
    }
    ordered
}

/// What the first address gives that gives anything; the last failure where all fail.
async fn race<T, C: Future<Output = io::Result<T>>>(
    addresses: Vec<SocketAddr>,
    connect: impl Fn(SocketAddr) -> C,
    head_start: Duration,
) -> io::Result<T> {
    let mut failure = io::Error::other("the name of the host has no address");
    let mut attempts = FuturesUnordered::new();
    for address in addresses {
        attempts.push(connect(address));
        // A failure lets the next one start at once.
        match timeout(head_start, attempts.next()).await {
            Ok(Some(Ok(connected))) => return Ok(connected),
            Ok(Some(Err(error))) => failure = error,
            Ok(None) | Err(_) => {}
        }
    }
    while let Some(attempt) = attempts.next().await {
        match attempt {
            Ok(connected) => return Ok(connected),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::sync::Mutex;

    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    /// What an address does: connects or fails, after so many milliseconds.
    type Behaviour = (&'static str, u64, bool);

    /// Which address is connected to, and which were tried, in order.
    async fn raced(behaviours: &[Behaviour]) -> (Option<String>, Vec<String>) {
        let tried = Mutex::new(Vec::new());
        let addresses = behaviours.iter().map(|(text, ..)| address(text)).collect();
        let connect = async |address: SocketAddr| {
            tried.lock().unwrap().push(address.to_string());
            let known = behaviours.iter();
            let mut known = known.filter(|(text, ..)| *text == address.to_string());
            let (_, milliseconds, connects) = known.next().unwrap();
            tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
            match connects {
                true => Ok(address.to_string()),
                false => Err(io::Error::other("refused")),
            }
        };
        let connected = race(addresses, connect, Duration::from_millis(30)).await;
        (connected.ok(), tried.into_inner().unwrap())
    }

    /// Far longer than a test may take.
    const NEVER: u64 = 3_600_000;

    #[test]
    fn families_take_turns_and_the_preferred_one_begins() {
        let order = |texts: &[&str]| {
            let addresses = texts.iter().map(|text| address(text)).collect();
            let ordered = interleaved(addresses);
            ordered.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            order(&["[::1]:1", "[::2]:1", "[::3]:1", "10.0.0.1:1"]),
            ["[::1]:1", "10.0.0.1:1", "[::2]:1", "[::3]:1"]
        );
        assert_eq!(
            order(&["10.0.0.1:1", "10.0.0.2:1", "[::1]:1"]),
            ["10.0.0.1:1", "[::1]:1", "10.0.0.2:1"]
        );
        assert!(order(&[]).is_empty());
    }

    #[tokio::test]
    async fn an_address_that_says_nothing_does_not_hold_up_the_next() {
        let (connected, tried) = raced(&[
            ("[::1]:1", NEVER, true),
            ("10.0.0.1:1", 0, true),
            ("10.0.0.2:1", 0, true),
        ])
        .await;
        assert_eq!(connected.as_deref(), Some("10.0.0.1:1"));
        assert_eq!(tried, ["[::1]:1", "10.0.0.1:1"]);
    }

    #[tokio::test]
    async fn a_slow_address_may_still_be_the_first_to_answer() {
        let (connected, tried) = raced(&[("[::1]:1", 60, true), ("10.0.0.1:1", NEVER, true)]).await;
        assert_eq!(connected.as_deref(), Some("[::1]:1"));
        assert_eq!(tried.len(), 2);
    }

    #[tokio::test]
    async fn a_failure_lets_the_next_address_start_at_once() {
        let addresses = vec![address("[::1]:1"), address("10.0.0.1:1")];
        let connect = async |address: SocketAddr| match address.is_ipv4() {
            true => Ok(address),
            false => Err(io::Error::other("refused")),
        };
        // With an hour between two attempts this ends only if the failure cuts it short.
        let racing = race(addresses, connect, Duration::from_millis(NEVER));
        assert_eq!(racing.await.unwrap(), address("10.0.0.1:1"));
    }

    #[tokio::test]
    async fn where_all_fail_the_last_failure_is_told() {
        let (connected, tried) = raced(&[("[::1]:1", 40, false), ("10.0.0.1:1", 0, false)]).await;
        assert_eq!((connected, tried.len()), (None, 2));
        let nothing = race(Vec::new(), TcpStream::connect, HEAD_START).await;
        assert!(nothing.unwrap_err().to_string().contains("has no address"));
    }
}
