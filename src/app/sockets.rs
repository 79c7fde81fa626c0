//! What systemd hands over, and what it is told (`sd_listen_fds(3)`, `sd_notify(3)`).

use std::io;

use listenfd::ListenFd;
use sd_notify::NotifyState;

use crate::serve::Listener;

/// The socket that systemd opened for us, if it did.
pub(super) fn from_environment() -> io::Result<Option<Listener>> {
    let mut sockets = ListenFd::from_env();
    if sockets.len() == 0 {
        return Ok(None);
    }
    match sockets.take_tcp_listener(0) {
        Ok(Some(listener)) => Listener::from_std_tcp(listener).map(Some),
        Ok(None) => Ok(None),
        // The first one is no TCP socket: then it is a Unix socket.
        Err(_) => match sockets.take_unix_listener(0)? {
            Some(listener) => Listener::from_std_unix(listener).map(Some),
            None => Ok(None),
        },
    }
}

pub(super) fn notify_ready() {
    notify(&[NotifyState::Ready]);
}

pub(super) fn notify_stopping() {
    notify(&[NotifyState::Stopping]);
}

pub(super) fn notify_reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => notify(&[NotifyState::Reloading, now]),
        Err(_) => notify(&[NotifyState::Reloading]),
    }
}

/// Without systemd there is nobody to tell, and that is fine.
fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!("systemd could not be told: {error}");
    }
}
