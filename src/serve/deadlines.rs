//! Deadlines of a connection: for a request's head, for silence between requests, and for a client that
//! does not read.
//!
//! hyper's own header timer would also end connections that are idle between two requests, and does not
//! cover writing. Therefore the stream itself returns an error at a deadline, and hyper then drops the
//! connection.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep_until};

/// The longest duration of each wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeouts {
    /// Until a request's head is complete: counted from its first byte, and for the first request from
    /// the start of the connection.
    pub(super) header: Duration,
    /// Silence between two requests.
    pub(super) keep_alive: Duration,
    /// Writing without progress.
    pub(super) write_stall: Duration,
}

/// The phase of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Since this moment, the head of a request is incomplete or, after connecting, awaited.
    Head(Instant),
    /// A request is being answered.
    Busy,
    /// The last answer was made, or sent on, at this moment; the next request is awaited.
    Idle(Instant),
}

/// The state of a connection, shared by its stream, its service and the accept loop.
#[derive(Debug)]
pub(super) struct ConnectionState {
    phase: Mutex<Phase>,
    /// Tells the connection to close, to make room for another one.
    pub(super) evicted: Notify,
}

impl ConnectionState {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { phase: Mutex::new(Phase::Head(Instant::now())), evicted: Notify::new() })
    }

    pub(super) fn phase(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Since when the server has waited for a whole request; `None` while it answers one.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        match self.phase() {
            Phase::Head(since) | Phase::Idle(since) => Some(since),
            Phase::Busy => None,
        }
    }

    /// Records that a whole request is there.
    pub(super) fn start_answer(&self) {
        self.set(Phase::Busy);
    }

    /// Records that the answer has been made.
    pub(super) fn finish_answer(&self) {
        self.set(Phase::Idle(Instant::now()));
    }

    fn set(&self, phase: Phase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }

    /// Records that bytes were received. After an answer they begin a new head. Within a head they do not
    /// move the deadline, so that a client cannot gain time by sending slowly.
    fn bytes_received(&self) {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*phase, Phase::Idle(_)) {
            *phase = Phase::Head(Instant::now());
        }
    }

    /// Records that bytes were sent: a client that keeps reading a long answer is not silent.
    fn bytes_sent(&self) {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*phase, Phase::Idle(_)) {
            *phase = Phase::Idle(Instant::now());
        }
    }

    /// When the current wait for the client times out.
    fn deadline(&self, timeouts: &Timeouts) -> Option<Instant> {
        match self.phase() {
            Phase::Head(since) => Some(since + timeouts.header),
            Phase::Idle(since) => Some(since + timeouts.keep_alive),
            Phase::Busy => None,
        }
    }
}

/// A stream whose reads and writes fail at the deadlines of the connection.
pub(super) struct TimeoutStream<S> {
    stream: S,
    state: Arc<ConnectionState>,
    timeouts: Timeouts,
    read_timer: Pin<Box<Sleep>>,
    /// Runs while a write makes no progress.
    write_timer: Option<Pin<Box<Sleep>>>,
}

impl<S> TimeoutStream<S> {
    pub(super) fn new(stream: S, state: Arc<ConnectionState>, timeouts: Timeouts) -> Self {
        let read_timer = Box::pin(sleep_until(Instant::now() + timeouts.header));
        Self { stream, state, timeouts, read_timer, write_timer: None }
    }

    /// Whether the deadline for reading has passed. The timer follows the current phase.
    fn read_timed_out(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(deadline) = self.state.deadline(&self.timeouts) else { return false };
        if self.read_timer.deadline() != deadline {
            self.read_timer.as_mut().reset(deadline);
        }
        self.read_timer.as_mut().poll(cx).is_ready()
    }

    /// Passes on the result of a write, or an error if the write has stalled for too long.
    fn check_write<T>(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.write_timer = None;
            self.state.bytes_sent();
            return poll;
        }
        let stall = self.timeouts.write_stall;
        let timer = self.write_timer.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + stall)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimeoutStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.read_timed_out(cx) {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "no whole request in time")));
        }
        let before = buf.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, buf));
        if buf.filled().len() > before {
            self.state.bytes_received();
        }
        Poll::Ready(read)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimeoutStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.check_write(cx, poll)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_flush(cx);
        if poll.is_ready() { poll } else { self.check_write(cx, poll) }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_shutdown(cx);
        if poll.is_ready() { poll } else { self.check_write(cx, poll) }
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
        self.check_write(cx, poll)
    }
}
