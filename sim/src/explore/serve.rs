//! The page on loopback, for one browser on this machine.

use crate::exit::Status;
use crate::refusal::Refusal;
use crate::terminal::say;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

/// Serves `page` until it is interrupted. Without a port any free one is taken.
///
/// # Errors
/// [`Refusal`], if the port is not to be had.
pub(super) fn serve(page: String, port: u16) -> Result<Status, Refusal> {
    let refused = |error: std::io::Error| {
        let message = format!("cannot listen on port {port}: {error}");
        Refusal::new(
            "--port",
            message,
            "leave --port away, and any free one is taken",
        )
    };
    let runtime = Builder::new_current_thread()
        .enable_io()
        .build()
        .map_err(refused)?;
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let port = listener.local_addr().map_err(refused)?.port();
        say(&format!("http://127.0.0.1:{port}/  (Ctrl-C ends it)\n"));
        let page: Arc<str> = page.into();
        let answer = move |request: Request| {
            let answer = answer(&request, port, &page);
            async { answer }
        };
        let router = Router::new().fallback(answer);
        axum::serve(listener, router).await.map_err(refused)?;
        Ok(Status::Met)
    })
}

/// The page, to who asks for it by our own name. A page of somebody else, or a name that somebody else has
/// pointed at this machine, gets nothing.
fn answer(request: &Request, port: u16, page: &Arc<str>) -> Response {
    let names = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    let headers = request.headers();
    let is_ours = |name: &str| names.iter().any(|own| name == own);
    if !text_of(headers, header::HOST).is_some_and(is_ours) {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    let origin = text_of(headers, header::ORIGIN);
    let is_foreign = |origin: &str| !origin.strip_prefix("http://").is_some_and(is_ours);
    if origin.is_some_and(is_foreign) {
        return StatusCode::FORBIDDEN.into_response();
    }
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/") => {
            let headers = [
                (header::CACHE_CONTROL, "no-store"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, Html(page.to_string())).into_response()
        }
        (&Method::GET, _) => StatusCode::NOT_FOUND.into_response(),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn text_of(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn asked(method: &str, path: &str, headers: &[(&str, &str)]) -> StatusCode {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        answer(&request, 4711, &"page".into()).status()
    }

    #[test]
    fn only_our_own_name_gets_the_page() {
        let ours = ("host", "127.0.0.1:4711");
        assert_eq!(asked("GET", "/", &[ours]), StatusCode::OK);
        assert_eq!(
            asked("GET", "/", &[("host", "localhost:4711")]),
            StatusCode::OK
        );
        let misdirected = StatusCode::MISDIRECTED_REQUEST;
        assert_eq!(asked("GET", "/", &[]), misdirected);
        assert_eq!(
            asked("GET", "/", &[("host", "evil.example:4711")]),
            misdirected
        );
        assert_eq!(asked("GET", "/", &[("host", "127.0.0.1:80")]), misdirected);
        let foreign = ("origin", "http://evil.example");
        assert_eq!(asked("GET", "/", &[ours, foreign]), StatusCode::FORBIDDEN);
        let own = ("origin", "http://127.0.0.1:4711");
        assert_eq!(asked("GET", "/", &[ours, own]), StatusCode::OK);
        assert_eq!(asked("GET", "/secret", &[ours]), StatusCode::NOT_FOUND);
        assert_eq!(asked("POST", "/", &[ours]), StatusCode::METHOD_NOT_ALLOWED);
    }
}
