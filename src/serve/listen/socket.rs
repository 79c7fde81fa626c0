//! Listening sockets: TCP or Unix, our own or handed over.

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use crate::model::ListenAddress;

/// How long nothing is accepted once the process has run out of descriptors or memory.
const EXHAUSTED_PAUSE: Duration = Duration::from_secs(1);

/// Something to accept connections from.
#[derive(Debug)]
pub enum Listener {
    /// TCP.
    Tcp(TcpListener),
    /// A Unix socket, and whether it was made here.
    Unix {
        /// The socket.
        listener: UnixListener,
        /// Made here: its file goes when it closes.
        ours: bool,
    },
}

/// A connection and who is behind it.
pub(super) struct Accepted {
    pub(super) stream: Stream,
    pub(super) peer: Option<IpAddr>,
}

/// A connection of either kind.
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Listener {
    /// Listens on an address. A Unix socket that nobody answers on any more is replaced.
    ///
    /// # Errors
    /// What the operating system says.
    pub async fn bind(address: &ListenAddress) -> io::Result<Self> {
        match address {
            ListenAddress::Tcp(address) => TcpListener::bind(address.as_str()).await.map(Self::Tcp),
            ListenAddress::Unix(path) => {
                remove_stale(path).await?;
                UnixListener::bind(path).map(|listener| Self::Unix { listener, ours: true })
            }
        }
    }

    /// A TCP socket that somebody else opened.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn from_std_tcp(listener: std::net::TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener).map(Self::Tcp)
    }

    /// A Unix socket that somebody else opened.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn from_std_unix(listener: std::os::unix::net::UnixListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        UnixListener::from_std(listener).map(|listener| Self::Unix { listener, ours: false })
    }

    /// Where it listens: `http://127.0.0.1:8080` or `unix:/run/x.sock`.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Tcp(listener) => {
                listener.local_addr().map_or_else(|_| "http://?".to_owned(), |a| format!("http://{a}"))
            }
            Self::Unix { listener, .. } => {
                let path = listener.local_addr().ok().and_then(|a| a.as_pathname().map(Path::to_owned));
                format!("unix:{}", path.unwrap_or_default().display())
            }
        }
    }

    /// The next connection. Errors of single connections are passed over; when the process has run
    /// out of descriptors it pauses, and goes on.
    pub(super) async fn accept(&self) -> Accepted {
        loop {
            let accepted = match self {
                Self::Tcp(listener) => listener.accept().await.map(|(stream, peer)| {
                    // Without it small answers would wait for more to send; if it fails, they do.
                    let _ = stream.set_nodelay(true);
                    Accepted { stream: Stream::Tcp(stream), peer: Some(peer.ip()) }
                }),
                Self::Unix { listener, .. } => listener
                    .accept()
                    .await
                    .map(|(stream, _)| Accepted { stream: Stream::Unix(stream), peer: None }),
            };
            match accepted {
                Ok(accepted) => return accepted,
                Err(error) if concerns_one_connection(&error) => {}
                Err(error) => {
                    tracing::error!("no connection can be accepted just now: {error}");
                    tokio::time::sleep(EXHAUSTED_PAUSE).await;
                }
            }
        }
    }

    /// Stops listening, and removes the file of a Unix socket that it made itself: one that systemd
    /// made goes on taking connections.
    pub(super) fn close(self) {
        if let Self::Unix { listener, ours: true } = self {
            let path = listener.local_addr().ok().and_then(|a| a.as_pathname().map(Path::to_owned));
            drop(listener);
            if let Some(path) = path {
                // Somebody else may have removed it already.
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

async fn remove_stale(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt;
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|m| m.file_type().is_socket());
    if is_socket && UnixStream::connect(path).await.is_err() {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Self::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Tcp(stream) => stream.is_write_vectored(),
            Self::Unix(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Self::Unix(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
        }
    }
}
