//! Deadlines of a connection, kept by its stream: for a request's head, for silence between
//! requests, for a client that does not read.
//!
//! hyper's own header timer would also end connections that rest between two requests, and knows
//! nothing of writing; so the stream itself fails when its time is up, and hyper lets go of it.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep_until};

/// How long a connection may take over what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// The head of a request, from the first byte; of the first request, from the connection.
    pub(super) header: Duration,
    /// Silence between two requests.
    pub(super) keep_alive: Duration,
    /// Writing without progress.
    pub(super) write_stall: Duration,
}

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// A request's head is awaited or half here, since this moment.
    Head(Instant),
    /// A request is being answered.
    Busy,
    /// The last answer is out, since this moment.
    Idle(Instant),
}

/// The phase of a connection, shared by its stream, its service and the accept loop.
#[derive(Debug)]
pub(super) struct Pulse {
    phase: Mutex<Phase>,
    /// Asks the connection to make room.
    pub(super) evicted: Notify,
}

impl Pulse {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { phase: Mutex::new(Phase::Head(Instant::now())), evicted: Notify::new() })
    }

    pub(super) fn phase(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Since when the client has owed us a whole request.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        match self.phase() {
            Phase::Head(since) | Phase::Idle(since) => Some(since),
            Phase::Busy => None,
        }
    }

    /// A whole request is here.
    pub(super) fn answering(&self) {
        self.set(Phase::Busy);
    }

    /// The answer has been made.
    pub(super) fn answered(&self) {
        self.set(Phase::Idle(Instant::now()));
    }

    fn set(&self, phase: Phase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }

    /// Bytes came: between requests they begin a new head; inside one they change nothing, so
    /// that a drip does not buy time.
    fn received(&self) {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*phase, Phase::Idle(_)) {
            *phase = Phase::Head(Instant::now());
        }
    }

    /// Bytes went: a long answer that the client keeps reading is not silence.
    fn sent(&self) {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*phase, Phase::Idle(_)) {
            *phase = Phase::Idle(Instant::now());
        }
    }

    fn deadline(&self, patience: &Patience) -> Option<Instant> {
        match self.phase() {
            Phase::Head(since) => Some(since + patience.header),
            Phase::Idle(since) => Some(since + patience.keep_alive),
            Phase::Busy => None,
        }
    }
}

/// A stream that fails when its time is up.
pub(super) struct Impatient<S> {
    stream: S,
    pulse: Arc<Pulse>,
    patience: Patience,
    read_timer: Pin<Box<Sleep>>,
    write_timer: Option<Pin<Box<Sleep>>>,
}

impl<S> Impatient<S> {
    pub(super) fn new(stream: S, pulse: Arc<Pulse>, patience: Patience) -> Self {
        let read_timer = Box::pin(sleep_until(Instant::now() + patience.header));
        Self { stream, pulse, patience, read_timer, write_timer: None }
    }

    fn read_time_is_up(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(deadline) = self.pulse.deadline(&self.patience) else { return false };
        if self.read_timer.deadline() != deadline {
            self.read_timer.as_mut().reset(deadline);
        }
        self.read_timer.as_mut().poll(cx).is_ready()
    }

    fn progress<T>(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.write_timer = None;
            self.pulse.sent();
            return poll;
        }
        let stall = self.patience.write_stall;
        let timer = self.write_timer.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + stall)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.read_time_is_up(cx) {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "no whole request in time")));
        }
        let before = buf.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, buf));
        if buf.filled().len() > before {
            self.pulse.received();
        }
        Poll::Ready(read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.progress(cx, poll)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_flush(cx);
        if poll.is_ready() { poll } else { self.progress(cx, poll) }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_shutdown(cx);
        if poll.is_ready() { poll } else { self.progress(cx, poll) }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.progress(cx, poll)
    }
}
