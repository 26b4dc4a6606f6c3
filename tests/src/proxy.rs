//! A TCP proxy on loopback that cuts the connection after the k-th byte of a chosen request or of its answer: what a
//! network does at its worst moment.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Which direction is cut, and after how many bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// So many bytes of the request get through.
    Request(usize),
    /// The request gets through, and so many bytes of its answer.
    Answer(usize),
}

/// One cut to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// The first request that begins with this meets it.
    pub request: &'static str,
    /// Where.
    pub side: Side,
}

/// The proxy; it ends with the runtime.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    next: Arc<Mutex<Option<Cut>>>,
    cuts: Arc<Mutex<u32>>,
}

impl Proxy {
    /// Starts it in front of a server.
    ///
    /// # Errors
    /// Of the operating system.
    pub async fn start(server: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let proxy = Self { address: listener.local_addr()?, next: Arc::default(), cuts: Arc::default() };
        let serving = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let proxy = serving.clone();
                tokio::spawn(async move { drop(proxy.carry(client, server).await) });
            }
        });
        Ok(proxy)
    }

    /// Sets the cut that the next fitting request meets.
    pub fn cut(&self, cut: Cut) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(cut);
    }

    /// Takes a cut back that nothing met, and says how many connections were cut so far.
    #[must_use]
    pub fn disarm(&self) -> u32 {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.cuts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn meets(&self, bytes: &[u8]) -> Option<Side> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let cut = next.filter(|cut| bytes.starts_with(cut.request.as_bytes()))?;
        *next = None;
        Some(cut.side)
    }

    fn count(&self) {
        *self.cuts.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }

    /// Carries bytes both ways until one side ends or a cut is due. HTTP/1.1 sends one request at a time on a
    /// connection, so a request begins where the client's bytes do.
    async fn carry(&self, mut client: TcpStream, server: SocketAddr) -> std::io::Result<()> {
        let mut server = TcpStream::connect(server).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (mut up, mut down) = ([0; 4096], [0; 4096]);
        let mut due: Option<Side> = None;
        loop {
            tokio::select! {
                read = client.read(&mut up) => {
                    let bytes = &up[..read?];
                    if bytes.is_empty() {
                        return Ok(());
                    }
                    if due.is_none() {
                        due = self.meets(bytes);
                    }
                    if let Some(Side::Request(left)) = due {
                        let through = left.min(bytes.len());
                        server.write_all(&bytes[..through]).await?;
                        if through == left {
                            self.count();
                            return Ok(());
                        }
                        due = Some(Side::Request(left - through));
                    } else {
                        server.write_all(bytes).await?;
                    }
                }
                read = server.read(&mut down) => {
                    let bytes = &down[..read?];
                    if bytes.is_empty() {
                        return Ok(());
                    }
                    match due {
                        Some(Side::Answer(left)) => {
                            let through = left.min(bytes.len());
                            client.write_all(&bytes[..through]).await?;
                            if through == left {
                                self.count();
                                return Ok(());
                            }
                            due = Some(Side::Answer(left - through));
                        }
                        // The whole request got through: the cut was longer than it.
                        Some(Side::Request(_)) => {
                            due = None;
                            client.write_all(bytes).await?;
                        }
                        None => client.write_all(bytes).await?,
                    }
                }
            }
        }
    }
}
