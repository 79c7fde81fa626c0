//! Sockets from systemd (`sd_listen_fds(3)`) and notifications to it (`sd_notify(3)`).

use std::io;

use listenfd::ListenFd;
use sd_notify::NotifyState;

use crate::serve::Listener;

/// The socket that systemd opened for the daemon, if there is one.
pub(super) fn from_environment() -> io::Result<Option<Listener>> {
    let mut sockets = ListenFd::from_env();
    if sockets.len() == 0 {
        return Ok(None);
    }
    match sockets.take_tcp_listener(0) {
        Ok(Some(listener)) => Listener::from_std_tcp(listener).map(Some),
        Ok(None) => Ok(None),
        // The first socket is not TCP: it must be a Unix socket.
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

/// Sends a notification. Without systemd this does nothing; a failure is only logged.
fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!("systemd could not be told: {error}");
    }
}
