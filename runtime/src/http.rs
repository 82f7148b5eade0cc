//! The panel's own server: connections in, the service's answers out. It bounds how many connections there are, how
//! long a visitor may take for the head of a request and how long a connection lives; nothing that a visitor does ends
//! it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower_service::Service as _;
use uuid::Uuid;

use crate::error::Error;
use crate::limits::Limits;
use crate::service::{Peer, Service};

/// How long a connection lives before it is asked to end after its present request; whoever reads an answer that slowly
/// holds a place for nothing.
const CONNECTION_LIFE: Duration = Duration::from_mins(5);

/// Takes the address, or says plainly why not.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|why| {
        Error::Setup(match why.kind() {
            io::ErrorKind::AddrInUse => {
                format!(
                    "{address} is taken by another program; choose another with --listen, as in --listen 127.0.0.1:8001"
                )
            }
            io::ErrorKind::PermissionDenied => {
                format!("this account may not listen on {address}; ports under 1024 usually need a right of their own")
            }
            io::ErrorKind::AddrNotAvailable => format!("{address} is no address of this machine"),
            _ => format!("can't listen on {address}: {why}"),
        })
    })
}

/// Serves until `end` is done, then lets busy connections finish, for as long as the limits say.
pub async fn serve(listener: TcpListener, service: Service, limits: Limits, end: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let (ending, ended) = watch::channel(());
    let mut end = std::pin::pin!(end);
    loop {
        let accepted = async {
            // A place first: who finds none waits in the kernel's queue and costs nothing here.
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            Some((place, listener.accept().await))
        };
        let (place, accepted) = tokio::select! {
            () = &mut end => break,
            accepted = accepted => match accepted {
                Some(accepted) => accepted,
                None => break,
            },
        };
        match accepted {
            Ok((stream, peer)) => {
                let (service, ended) = (service.clone(), ended.clone());
                tokio::spawn(async move {
                    connection(stream, peer, service, limits, ended).await;
                    drop(place);
                });
            }
            Err(why) => {
                // Out of file descriptors, or a visitor who was gone again. A moment later some are free.
                tracing::warn!(request = %Uuid::now_v7(), %why, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    // Nobody is told if nobody is there.
    let _ = ending.send(());
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    if tokio::time::timeout(limits.drain_time, places.acquire_many(all)).await.is_err() {
        tracing::warn!(request = %Uuid::now_v7(), "some connections were still busy and were cut off");
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    service: Service,
    limits: Limits,
    mut ended: watch::Receiver<()>,
) {
    // Pages are small and written whole; waiting for more to send only delays them.
    let _ = stream.set_nodelay(true);
    let answer = hyper::service::service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        service.clone().call(request)
    });
    let connection = http1::Builder::new()
        // Without a timer hyper times nothing.
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_header_size(limits.head)
        .max_buf_size(limits.head.max(8_192))
        .serve_connection(TokioIo::new(stream), answer);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        done = connection.as_mut() => {
            if let Err(why) = done {
                tracing::debug!(request = %Uuid::now_v7(), %why, "a connection ended early");
            }
            return;
        }
        _ = ended.changed() => {}
        () = tokio::time::sleep(CONNECTION_LIFE) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(limits.handler_time, connection).await;
}

/// Done when the process is asked to end: Ctrl-C, or SIGTERM from whatever runs it. The signals are taken over by the
/// call, not by the first poll, so that nobody who was told that it listens can end it ungracefully.
#[cfg(unix)]
pub fn asked_to_end() -> impl Future<Output = ()> {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    async fn next(signal: Option<Signal>) {
        match signal {
            Some(mut signal) => {
                signal.recv().await;
            }
            None => std::future::pending().await,
        }
    }

    let (interrupt, terminate) = (signal(SignalKind::interrupt()).ok(), signal(SignalKind::terminate()).ok());
    async move {
        tokio::select! {
            () = next(interrupt) => {}
            () = next(terminate) => {}
        }
    }
}

/// Done when the process is asked to end by Ctrl-C.
#[cfg(not(unix))]
pub async fn asked_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
