//! A mail server on the loopback that takes letters as fast as they come, and a client that has
//! nothing to do but hand over letters that lie ready: what the machine could do at most.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, ensure};

/// Letters that are kept to be handed over again; the others are counted and thrown away.
const KEPT: usize = 64;
/// Bytes that are read at a time.
const AT_ONCE: usize = 64 << 10;

/// The server; it listens until the program ends.
#[derive(Debug)]
pub(super) struct Sink {
    address: SocketAddr,
    taken: Arc<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    letters: AtomicUsize,
    bytes: AtomicU64,
    kept: Mutex<Vec<Vec<u8>>>,
}

impl Sink {
    /// Begins to listen on a free port of the loopback.
    pub(super) fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let sink = Self {
            address: listener.local_addr()?,
            taken: Arc::default(),
        };
        let taken = Arc::clone(&sink.taken);
        std::thread::Builder::new()
            .name("sink".into())
            .spawn(move || {
                for stream in listener.incoming().flatten() {
                    let taken = Arc::clone(&taken);
                    // A client that hangs up is no failure of the sink's.
                    std::thread::spawn(move || converse(&stream, &taken).ok());
                }
            })?;
        Ok(sink)
    }

    /// The port that it listens on.
    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many letters it took.
    pub(super) fn letters(&self) -> usize {
        self.taken.letters.load(Ordering::SeqCst)
    }

    /// How many bytes its letters had.
    pub(super) fn bytes(&self) -> u64 {
        self.taken.bytes.load(Ordering::SeqCst)
    }

    /// Hands letters that it took before over again, `count` of them over so many connections at
    /// once.
    pub(super) fn hand_over_again(&self, count: usize, connections: usize) -> anyhow::Result<()> {
        let kept = self.kept().clone();
        ensure!(!kept.is_empty(), "the sink took no letter");
        std::thread::scope(|scope| {
            let each = (0..connections).map(|place| {
                let mine = count / connections + usize::from(place < count % connections);
                let kept = &kept;
                scope.spawn(move || hand_over(self.address, kept, mine))
            });
            let each: Vec<_> = each.collect();
            each.into_iter().try_for_each(|one| {
                one.join()
                    .map_err(|_| anyhow::anyhow!("a connection broke off"))?
            })
        })
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Vec<u8>>> {
        self.taken
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// One conversation, from the greeting to its end; answers to what came together leave together.
fn converse(stream: &TcpStream, taken: &Taken) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream;
    let mut reader = BufReader::with_capacity(AT_ONCE, stream);
    let mut answers = b"220 localhost ESMTP\r\n".to_vec();
    let mut line = Vec::new();
    loop {
        if reader.buffer().is_empty() {
            writer.write_all(&answers)?;
            answers.clear();
        }
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match &word[..] {
            b"EHLO" => b"250-localhost\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            b"QUIT" => return writer.write_all(b"221 2.0.0 Bye\r\n"),
            b"DATA" => {
                answers.extend_from_slice(b"354 Go on, and end with a dot\r\n");
                writer.write_all(&answers)?;
                answers.clear();
                take_letter(&mut reader, taken)?;
                b"250 2.0.0 Taken\r\n"
            }
            _ => b"250 2.0.0 Fine\r\n",
        };
        answers.extend_from_slice(answer);
    }
}

/// Reads a letter to its dot and counts it.
fn take_letter(reader: &mut impl BufRead, taken: &Taken) -> io::Result<()> {
    let mut letter = Vec::new();
    loop {
        let begun = letter.len();
        if reader.read_until(b'\n', &mut letter)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if &letter[begun..] == b".\r\n" {
            letter.truncate(begun);
            break;
        }
    }
    taken.bytes.fetch_add(letter.len() as u64, Ordering::SeqCst);
    // Counted last: whoever sees the count sees what belongs to it.
    let number = taken.letters.fetch_add(1, Ordering::SeqCst);
    if number < KEPT {
        let mut kept = taken.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(letter);
    }
    Ok(())
}

/// Hands over `count` letters over one connection.
fn hand_over(address: SocketAddr, letters: &[Vec<u8>], count: usize) -> anyhow::Result<()> {
    const ENVELOPE: &[u8] =
        b"MAIL FROM:<office@example.org>\r\nRCPT TO:<guest@example.org>\r\nDATA\r\n";
    let stream = TcpStream::connect(address).context("the sink does not listen")?;
    stream.set_nodelay(true)?;
    let mut writer = &stream;
    let mut reader = BufReader::new(&stream);
    let mut line = String::new();
    let mut hear = |lines: usize| {
        for _ in 0..lines {
            line.clear();
            reader.read_line(&mut line)?;
            ensure!(line.starts_with(['2', '3']), "the sink said {line:?}");
        }
        Ok(())
    };
    hear(1)?;
    writer.write_all(b"EHLO bench\r\n")?;
    hear(4)?;
    for letter in letters.iter().cycle().take(count) {
        writer.write_all(ENVELOPE)?;
        hear(3)?;
        writer.write_all(letter)?;
        writer.write_all(b".\r\n")?;
        hear(1)?;
    }
    writer.write_all(b"QUIT\r\n")?;
    hear(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_over_is_taken_as_it_is_and_counted() {
        let sink = Sink::start().unwrap();
        let letter = b"Subject: a\r\n\r\n..a dot\r\nand more\r\n".to_vec();
        hand_over(sink.address, std::slice::from_ref(&letter), 3).unwrap();
        assert_eq!((sink.letters(), sink.bytes()), (3, 3 * letter.len() as u64));
        sink.hand_over_again(5, 2).unwrap();
        assert_eq!(sink.letters(), 8);
        assert!(sink.kept().iter().all(|kept| *kept == letter));
    }
}
