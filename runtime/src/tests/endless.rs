//! A file whose line has no end: refused with the row, after as much of it as a row may have, however much is still to
//! come and however fast it comes.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use tower_service::Service as _;

use super::browser::{Browser, House};
use super::importer::importer;
use crate::file::table::LONGEST_ROW;
use crate::service::Peer;

const PIECE: usize = 64 * 1024;
const GIBIBYTE: usize = 1024 * 1024 * 1024;

/// A form with a file, all of which is there at once: its head, then as many bytes as there shall be.
struct Long {
    head: Option<Bytes>,
    asked: Arc<AtomicUsize>,
}

impl Body for Long {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        static X: [u8; PIECE] = [b'x'; PIECE];
        if let Some(head) = self.head.take() {
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        if self.asked.fetch_add(PIECE, Ordering::SeqCst) >= GIBIBYTE {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&X)))))
    }
}

async fn send(house: &House, anna: &Browser, name: &str, begins: &str) -> (StatusCode, String, usize) {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{}\r\n--edge\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"{name}\"\r\n\r\n{begins}",
        anna.csrf
    );
    let asked = Arc::new(AtomicUsize::new(0));
    let body = Long { head: Some(head.into()), asked: Arc::clone(&asked) };
    let mut request = Request::post("/patients/import")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(body)
        .unwrap();
    let jar: Vec<String> = anna.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    request.headers_mut().insert(header::COOKIE, jar.join("; ").parse().unwrap());
    request.extensions_mut().insert(Peer(anna.peer));
    let (parts, body) = house.service.clone().call(request).await.unwrap().into_parts();
    let text = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
    (parts.status, text, asked.load(Ordering::SeqCst))
}

#[tokio::test]
async fn of_a_line_of_a_gibibyte_no_more_is_taken_than_a_row_may_have() {
    let (house, anna) = importer().await;
    for (name, begins, line) in [("p.csv", "name\n", 2), ("p.csv", "name", 1), ("p.jsonl", "{\"name\":\"", 1)] {
        let (status, text, taken) = send(&house, &anna, name, begins).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(text.contains(&format!("Line {line}: a row may have at most 1 MiB.")), "{name}: {text}");
        // What is read ahead of the row is a piece or two.
        assert!(taken <= LONGEST_ROW + 4 * PIECE, "{name}: {taken} bytes were taken");
    }
    assert_eq!(house.app().store.ask_for_test("SELECT CAST(count(*) AS TEXT) FROM bw_uploads").await, "0");
}
