//! People in rooms who speak to either server.

use std::{
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use super::super::{
    rivals::Running,
    websocket::{WebSocket, frame},
};
use crate::run::Result;

/// Bytes of `data` in a message.
const DATA: usize = 1000;
/// How long pairs answer each other.
const TIME: Duration = Duration::from_secs(4);
/// Threads of those who are measured, so that one of them is always ready.
const THREADS: usize = 5;
/// Threads that open idle sockets.
const OPENERS: usize = 16;

/// How people speak.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Vocabulary {
    Callreel,
    /// Socket.IO 4 over Engine.IO 4.
    SocketIo,
}

/// Somebody in a room.
pub struct Person {
    socket: WebSocket,
    id: String,
    words: Vocabulary,
}

impl Vocabulary {
    fn join(self, address: &str, room: &str) -> Result<Person> {
        let (path, hello, join) = match self {
            Self::Callreel => {
                let join = format!(r#"{{"type":"join","room":"{room}","name":""}}"#);
                ("/ws", None, join)
            }
            Self::SocketIo => {
                let join = format!(r#"42["join","{room}"]"#);
                ("/socket.io/?EIO=4&transport=websocket", Some("40"), join)
            }
        };
        let mut socket = WebSocket::open(address, path)?;
        if let Some(hello) = hello {
            socket.next()?;
            socket.send(&frame(hello))?;
            socket.next()?;
        }
        socket.send(&frame(&join))?;
        let (before, answer) = match self {
            Self::Callreel => (r#""peer_id":""#, socket.next()?),
            Self::SocketIo => (r#"["joined",""#, socket.next()?),
        };
        let id = answer
            .split_once(before)
            .and_then(|(_, rest)| rest.split_once('"'))
            .ok_or_else(|| format!("nobody joined: {answer}"))?
            .0
            .to_owned();
        Ok(Person {
            socket,
            id,
            words: self,
        })
    }

    fn message(self, to: &Person) -> Vec<u8> {
        let (to, data) = (&to.id, "a".repeat(DATA));
        frame(&match self {
            Self::Callreel => format!(r#"{{"type":"message","to":"{to}","data":"{data}"}}"#),
            Self::SocketIo => format!(r#"42["message",{{"to":"{to}","data":"{data}"}}]"#),
        })
    }
}

impl Person {
    fn hear_message(&mut self) -> Result {
        let (mark, ping) = match self.words {
            Vocabulary::Callreel => (r#"{"type":"message","#, None),
            Vocabulary::SocketIo => (r#"42["message","#, Some("2")),
        };
        loop {
            let text = self.socket.next()?;
            if text.starts_with(mark) {
                return match text.len() > DATA {
                    true => Ok(()),
                    false => Err("a message came without its data".into()),
                };
            }
            if ping == Some(text) {
                self.socket.send(&frame("3"))?;
            }
        }
    }
}

/// Two in a room, and what each says.
struct Pair {
    people: [Person; 2],
    messages: [Vec<u8>; 2],
}

impl Pair {
    fn join(words: Vocabulary, address: &str, number: usize) -> Result<Self> {
        let room = format!("pair {number}");
        let people = [words.join(address, &room)?, words.join(address, &room)?];
        let messages = [words.message(&people[1]), words.message(&people[0])];
        Ok(Self { people, messages })
    }

    fn say(&mut self, who: usize) -> Result {
        self.people[who].socket.send(&self.messages[who])
    }

    fn hear(&mut self, who: usize) -> Result {
        self.people[1 - who].hear_message()
    }
}

fn pairs(words: Vocabulary, address: &str, count: usize) -> Result<Vec<Pair>> {
    (0..count).map(|i| Pair::join(words, address, i)).collect()
}

/// Pairs answer each other as fast as they can: messages in a second, and in a second of the
/// server's processor time.
pub fn answer_each_other(words: Vocabulary, server: &Running, count: usize) -> Result<(f64, f64)> {
    let mut pairs = pairs(words, &server.address, count)?;
    let before = server.processor_time();
    let start = Instant::now();
    let messages = thread::scope(|scope| {
        let share = count.div_ceil(THREADS);
        let threads = pairs
            .chunks_mut(share)
            .map(|pairs| scope.spawn(move || answer(pairs, start + TIME)));
        let threads: Vec<_> = threads.collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| "a thread panicked")?)
            .sum::<Result<usize>>()
    })?;
    let seconds = start.elapsed().as_secs_f64();
    let used = server.processor_time() - before;
    Ok((messages as f64 / seconds, messages as f64 / used))
}

fn answer(pairs: &mut [Pair], end: Instant) -> Result<usize> {
    let mut messages = 0;
    while Instant::now() < end {
        for who in [0, 1] {
            pairs.iter_mut().try_for_each(|pair| pair.say(who))?;
            pairs.iter_mut().try_for_each(|pair| pair.hear(who))?;
        }
        messages += 2 * pairs.len();
    }
    Ok(messages)
}

/// What 99 of 100 messages take, in ms, when pairs send so many in a second.
pub fn latency(words: Vocabulary, address: &str, count: usize, rate: f64) -> Result<f64> {
    let mut pairs = pairs(words, address, count)?;
    let between = Duration::from_secs_f64(count as f64 / rate);
    let times = Mutex::new(Vec::new());
    let start = Instant::now();
    thread::scope(|scope| {
        let threads = pairs.iter_mut().enumerate().map(|(i, pair)| {
            let first = start + between.mul_f64(i as f64 / count as f64);
            let times = &times;
            scope.spawn(move || {
                let own = paced(pair, first, between, start + TIME)?;
                let mut times = times.lock().map_err(|_| "a thread panicked")?;
                times.extend(own);
                Ok::<(), String>(())
            })
        });
        let threads: Vec<_> = threads.collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().map_err(|_| "a thread panicked".to_owned())?)
    })?;
    let mut times = times.into_inner().map_err(|_| "a thread panicked")?;
    times.sort();
    let at = times.len() * 99 / 100;
    let time: &Duration = times.get(at).ok_or("nothing was said")?;
    Ok(time.as_secs_f64() * 1000.0)
}

fn paced(
    pair: &mut Pair,
    mut next: Instant,
    between: Duration,
    end: Instant,
) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    let mut who = 0;
    while next < end {
        thread::sleep(next.saturating_duration_since(Instant::now()));
        let said = Instant::now();
        pair.say(who)?;
        pair.hear(who)?;
        times.push(said.elapsed());
        who = 1 - who;
        next += between;
    }
    Ok(times)
}

/// Sockets of people in rooms of two who say nothing, and the seconds until all were there.
pub fn idle(words: Vocabulary, address: &str, count: usize) -> Result<(Vec<Person>, f64)> {
    let start = Instant::now();
    let people = thread::scope(|scope| {
        let threads = (0..OPENERS).map(|opener| {
            scope.spawn(move || {
                let own = (opener..count).step_by(OPENERS);
                let join = |i| {
                    words.join(
                        address,
                        &format!("room {}", i / OPENERS / 2 * OPENERS + opener),
                    )
                };
                own.map(join).collect::<Result<Vec<_>>>()
            })
        });
        let threads: Vec<_> = threads.collect();
        let mut people = Vec::with_capacity(count);
        for thread in threads {
            people.extend(thread.join().map_err(|_| "a thread panicked")??);
        }
        Ok::<_, String>(people)
    })?;
    Ok((people, start.elapsed().as_secs_f64()))
}
