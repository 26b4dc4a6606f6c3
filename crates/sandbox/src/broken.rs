//! Two ways a connection breaks: half a body, and no answer at all.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Bytes, HttpBody};
use http_body::Frame;
use tokio::sync::Notify;
use tokio::time::Sleep;

use crate::answer::BREAK_OFF_AFTER;

/// Sends the first half of some bytes, waits a moment, fails: hyper then closes the connection.
pub(crate) struct HalfBody {
    half: Option<Bytes>,
    pause: Pin<Box<Sleep>>,
}

impl HalfBody {
    pub(crate) fn of(whole: &Bytes) -> Self {
        let half = whole.slice(..whole.len() / 2);
        Self { half: Some(half), pause: Box::pin(tokio::time::sleep(BREAK_OFF_AFTER)) }
    }
}

impl HttpBody for HalfBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(half) = self.half.take() {
            return Poll::Ready(Some(Ok(Frame::data(half))));
        }
        ready!(self.pause.as_mut().poll(context));
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionAborted.into())))
    }
}

/// Cuts the connection a request came on.
#[derive(Clone, Default)]
pub(crate) struct Cut(Arc<Notify>);

impl Cut {
    /// Asks for the cut; the caller must not answer afterwards.
    pub(crate) async fn now(&self) -> std::convert::Infallible {
        self.0.notify_one();
        std::future::pending().await
    }

    /// Resolves when the cut was asked for.
    pub(crate) async fn asked(&self) {
        self.0.notified().await;
    }
}
