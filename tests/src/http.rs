//! One bare HTTP request, for what somebody else does to a tenant.
#![allow(clippy::expect_used, clippy::missing_panics_doc, reason = "only tests use this")]

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends it and waits for the whole answer, which is given as text.
pub async fn send(server: SocketAddr, method: &str, url: &str, token: &str, body: &str) -> String {
    let path = url.splitn(4, '/').nth(3).unwrap_or_default();
    let mut stream = TcpStream::connect(server).await.expect("the sandbox listens");
    let request = format!(
        "{method} /{path} HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Api-Token {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    answer
}
