//! Listening sockets: TCP or Unix, opened here or passed in by systemd.

use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use crate::model::ListenAddress;
use crate::telemetry;

/// Pause after an accept error of the whole process, such as running out of descriptors or memory.
const EXHAUSTED_PAUSE: Duration = Duration::from_secs(1);

/// A listening socket.
#[derive(Debug)]
pub enum Listener {
    /// TCP.
    Tcp(TcpListener),
    /// A Unix socket.
    Unix {
        /// The socket.
        listener: UnixListener,
        /// Whether it was opened here; its file is then removed when it closes.
        ours: bool,
    },
}

/// A new connection.
pub(super) struct Accepted {
    pub(super) stream: SocketStream,
    /// The client's address; `None` for a Unix socket.
    pub(super) peer: Option<IpAddr>,
}

/// The stream of a connection.
pub(super) enum SocketStream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Listener {
    /// Listens on an address. The file of a Unix socket on which nothing listens any more is replaced.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub async fn bind(address: &ListenAddress) -> io::Result<Self> {
        match address {
            ListenAddress::Tcp(address) => TcpListener::bind(address.as_str()).await.map(Self::Tcp),
            ListenAddress::Unix(path) => {
                remove_stale(path).await?;
                UnixListener::bind(path).map(|listener| Self::Unix { listener, ours: true })
            }
        }
    }

    /// Takes over a TCP socket that another process opened.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn from_std_tcp(listener: std::net::TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener).map(Self::Tcp)
    }

    /// Takes over a Unix socket that another process opened.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn from_std_unix(listener: std::os::unix::net::UnixListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        UnixListener::from_std(listener).map(|listener| Self::Unix { listener, ours: false })
    }

    /// The bound address: `http://127.0.0.1:8080` or `unix:/run/x.sock`.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Self::Tcp(listener) => listener
                .local_addr()
                .map_or_else(|_| "http://?".to_owned(), |address| format!("http://{address}")),
            Self::Unix { listener, .. } => {
                format!("unix:{}", socket_path(listener).unwrap_or_default().display())
            }
        }
    }

    /// The next connection. Errors of single connections are skipped; after other errors, such as running
    /// out of descriptors, it pauses and tries again.
    pub(super) async fn accept(&self) -> Accepted {
        loop {
            let accepted = match self {
                Self::Tcp(listener) => listener.accept().await.map(|(stream, peer)| {
                    // Without TCP_NODELAY small answers are delayed. A failure costs only time.
                    let _ = stream.set_nodelay(true);
                    Accepted { stream: SocketStream::Tcp(stream), peer: Some(peer.ip()) }
                }),
                Self::Unix { listener, .. } => listener
                    .accept()
                    .await
                    .map(|(stream, _)| Accepted { stream: SocketStream::Unix(stream), peer: None }),
            };
            match accepted {
                Ok(accepted) => return accepted,
                Err(error) if concerns_one_connection(&error) => {}
                Err(error) => {
                    if let Some(left_out) = telemetry::may_log("not_accepted") {
                        tracing::error!("no connection can be accepted just now: {error}{left_out}");
                    }
                    tokio::time::sleep(EXHAUSTED_PAUSE).await;
                }
            }
        }
    }

    /// Stops listening, and removes the file of a Unix socket that was opened here. A socket of systemd
    /// keeps its file and goes on taking connections.
    pub(super) fn close(self) {
        if let Self::Unix { listener, ours: true } = self {
            let path = socket_path(&listener);
            drop(listener);
            if let Some(path) = path {
                // The file may be gone already.
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

/// The file of a Unix socket.
fn socket_path(listener: &UnixListener) -> Option<PathBuf> {
    listener.local_addr().ok()?.as_pathname().map(Path::to_owned)
}

/// Whether an accept error is of one connection only.
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Removes the file of a Unix socket on which nothing listens. Other files are left alone.
async fn remove_stale(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt;
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket());
    if is_socket && UnixStream::connect(path).await.is_err() {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

impl AsyncRead for SocketStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for SocketStream {
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
