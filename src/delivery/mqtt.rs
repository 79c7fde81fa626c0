//! Publishes a message to a broker by MQTT 3.1.1 with quality of service 1.
//!
//! Of the client library only the packets are used: it would resolve the name itself, past the guard. The caller
//! has resolved it and asked the guard; the certificate is that of the name all the same.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use rumqttc::mqttbytes::v4::{Connect, ConnectReturnCode, Disconnect, Login, Packet, Publish};
use rumqttc::mqttbytes::{Error, QoS};
use rustls_platform_verifier::ConfigVerifierExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::digest;
use crate::notify::{MqttPublication, SendVerdict};

/// Most bytes of a packet of the broker. Those that are expected have four.
const MAX_PACKET: usize = 4096;
/// The identifier of the only packet that is published on a connection.
const PACKET_ID: u16 = 1;
/// Digits of the digest in a name of a client. With its prefix it has 22; brokers take 23 (section 3.1.3.1).
const NAME_DIGITS: usize = 20;

/// Publishes to the first of `addresses` that answers. All of it takes at most `limit`.
pub(super) async fn send(
    publication: &MqttPublication,
    addresses: &[SocketAddr],
    limit: Duration,
) -> SendVerdict {
    match timeout(limit, delivered(publication, addresses, limit)).await {
        Ok(Ok(())) => SendVerdict::Sent,
        Ok(Err(verdict)) => verdict,
        Err(_) => SendVerdict::Retry(0, format!("the broker did not answer within {} s", limit.as_secs())),
    }
}

async fn delivered(
    publication: &MqttPublication,
    addresses: &[SocketAddr],
    limit: Duration,
) -> Result<(), SendVerdict> {
    let mut stream = connected(publication, addresses, limit).await?;
    if publication.tls {
        published(&mut encrypted(publication, stream).await?, publication).await
    } else {
        published(&mut stream, publication).await
    }
}

/// A connection to the first address that takes one, each with its share of the time.
async fn connected(
    publication: &MqttPublication,
    addresses: &[SocketAddr],
    limit: Duration,
) -> Result<TcpStream, SendVerdict> {
    let share = limit / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
    let place = format!("{}:{}", publication.host, publication.port);
    let mut reason = format!("the broker {place} has no address");
    for address in addresses {
        match timeout(share, TcpStream::connect(*address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => reason = format!("cannot connect to the broker {place}: {error}"),
            Err(_) => reason = format!("the broker {place} does not answer"),
        }
    }
    Err(SendVerdict::Retry(0, reason))
}

async fn encrypted(
    publication: &MqttPublication,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, SendVerdict> {
    let failed = |error: String| {
        let reason = format!("no encrypted connection to the broker {}: {error}", publication.host);
        SendVerdict::Retry(0, reason)
    };
    let name = ServerName::try_from(publication.host.clone()).map_err(|error| failed(error.to_string()))?;
    let config = ClientConfig::with_platform_verifier().map_err(|error| failed(error.to_string()))?;
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
    connecting.await.map_err(|error| failed(error.to_string()))
}

/// Signs on, publishes, and waits until the broker has taken the message.
async fn published<S>(stream: &mut S, publication: &MqttPublication) -> Result<(), SendVerdict>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut received = BytesMut::new();
    let mut packet = BytesMut::new();
    connect_of(publication).write(&mut packet).map_err(|error| unwritable(&error))?;
    write(stream, &packet).await?;
    accepted(next_packet(stream, &mut received).await?)?;
    packet.clear();
    publish_of(publication).write(&mut packet).map_err(|error| unwritable(&error))?;
    write(stream, &packet).await?;
    while !is_acknowledged(&next_packet(stream, &mut received).await?) {}
    packet.clear();
    // The broker has the message: a fault while parting must not send it twice.
    if Disconnect.write(&mut packet).is_ok() && write(stream, &packet).await.is_ok() {
        let _ = stream.shutdown().await;
    }
    Ok(())
}

fn connect_of(publication: &MqttPublication) -> Connect {
    // Two clients of one name throw each other out. The same message has the same name at each try.
    let payload = String::from_utf8_lossy(&publication.payload);
    let digits = digest::fingerprint(&[&publication.topic, &payload]);
    let name: String = "fb".chars().chain(digits.chars().take(NAME_DIGITS)).collect();
    let mut connect = Connect::new(name);
    connect.login =
        publication.login.as_ref().map(|(user, password)| Login::new(user.as_str(), password.expose()));
    connect
}

fn publish_of(publication: &MqttPublication) -> Publish {
    let topic = publication.topic.clone();
    let mut publish = Publish::new(topic, QoS::AtLeastOnce, publication.payload.clone());
    publish.pkid = PACKET_ID;
    publish.retain = publication.retain;
    publish
}

fn unwritable(error: &Error) -> SendVerdict {
    SendVerdict::Dead(format!("the message cannot be sent by MQTT: {error}"))
}

/// Whether the broker lets this client in (section 3.2.2.3). A person may mend a refusal, so it is no end.
fn accepted(packet: Packet) -> Result<(), SendVerdict> {
    let Packet::ConnAck(answer) = packet else { return Err(no_mqtt()) };
    let reason = match answer.code {
        ConnectReturnCode::Success => return Ok(()),
        ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized => {
            "the broker refused the login; check `user` and `password`"
        }
        ConnectReturnCode::ServiceUnavailable => "the broker is not available",
        _ => "the broker refused the connection",
    };
    Err(SendVerdict::Retry(0, reason.to_owned()))
}

fn is_acknowledged(packet: &Packet) -> bool {
    matches!(packet, Packet::PubAck(ack) if ack.pkid == PACKET_ID)
}

fn no_mqtt() -> SendVerdict {
    SendVerdict::Retry(0, "the broker's answer is no MQTT 3.1.1; check `server`".to_owned())
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> Result<(), SendVerdict> {
    let lost =
        |error: std::io::Error| SendVerdict::Retry(0, format!("the connection to the broker broke: {error}"));
    stream.write_all(bytes).await.map_err(lost)?;
    stream.flush().await.map_err(lost)
}

async fn next_packet<S: AsyncRead + Unpin>(
    stream: &mut S,
    received: &mut BytesMut,
) -> Result<Packet, SendVerdict> {
    loop {
        match Packet::read(received, MAX_PACKET) {
            Ok(packet) => return Ok(packet),
            Err(Error::InsufficientBytes(_)) => {}
            Err(_) => return Err(no_mqtt()),
        }
        let lost =
            |reason: &str| SendVerdict::Retry(0, format!("the connection to the broker broke: {reason}"));
        let count = stream.read_buf(received).await.map_err(|error| lost(&error.to_string()))?;
        if count == 0 {
            // A broker that forbids a topic does so, too (section 3.3.5).
            return Err(lost("the broker closed it; check that the user may publish to `topic`"));
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;
    use crate::model::Secret;

    const WELCOME: &[u8] = &[0x20, 2, 0, 0];
    const REFUSED: &[u8] = &[0x20, 2, 0, 5];
    const BUSY: &[u8] = &[0x20, 2, 0, 3];
    const PONG: &[u8] = &[0xD0, 0];
    const TAKEN: &[u8] = &[0x40, 2, 0, 1];

    fn publication() -> MqttPublication {
        MqttPublication {
            host: "localhost".to_owned(),
            port: 1883,
            tls: false,
            login: Some(("ada".to_owned(), Secret::new("hush".to_owned()))),
            topic: "harbour/news".to_owned(),
            retain: true,
            payload: br#"{"type":"item"}"#.to_vec(),
        }
    }

    /// Publishes to a broker that answers the first packets with `answers`; with all packets that it got.
    async fn sent(answers: &'static [&'static [u8]]) -> (SendVerdict, Vec<Packet>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let broker = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let (mut received, mut got) = (BytesMut::new(), Vec::new());
            for answer in answers {
                got.push(next_packet(&mut stream, &mut received).await.expect("a packet"));
                stream.write_all(answer).await.expect("written");
            }
            if answers.len() == 2 {
                got.extend(next_packet(&mut stream, &mut received).await);
            }
            got
        });
        let verdict = send(&publication(), &[address], Duration::from_secs(60)).await;
        (verdict, broker.await.expect("a broker"))
    }

    #[tokio::test]
    async fn a_message_is_published_once() {
        let (verdict, packets) = sent(&[WELCOME, TAKEN]).await;
        assert_eq!(verdict, SendVerdict::Sent);
        let [Packet::Connect(connect), Packet::Publish(publish), Packet::Disconnect] = packets.as_slice()
        else {
            panic!("other packets: {packets:?}");
        };
        assert!(
            connect.clean_session && connect.client_id.len() == 22 && connect.client_id.starts_with("fb")
        );
        assert_eq!(connect.login, Some(Login::new("ada", "hush")));
        assert_eq!(
            (publish.topic.as_str(), publish.qos, publish.retain),
            ("harbour/news", QoS::AtLeastOnce, true)
        );
        assert_eq!(&publish.payload[..], br#"{"type":"item"}"#);
    }

    #[tokio::test]
    async fn faults_are_tried_again() {
        let faults: [(&'static [&'static [u8]], &str); 4] = [
            (&[REFUSED], "refused the login"),
            (&[BUSY], "not available"),
            (&[PONG], "is no MQTT"),
            (&[], "broke"),
        ];
        for (answers, told) in faults {
            let (verdict, _) = sent(answers).await;
            assert!(
                matches!(&verdict, SendVerdict::Retry(0, why) if why.contains(told)),
                "{told}: {verdict:?}"
            );
        }
        let verdict = send(&publication(), &[], Duration::from_secs(60)).await;
        let reason = "the broker localhost:1883 has no address".to_owned();
        assert_eq!(verdict, SendVerdict::Retry(0, reason));
    }
}
