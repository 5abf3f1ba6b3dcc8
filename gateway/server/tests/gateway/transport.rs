//! Connections to subgraphs: what is kept, what is tried again, what fails, and by which protocols.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::net::{TcpListener, UnixListener};
use weft_server::configuration::{ByteSize, Configuration, HttpClient, TimeSpan};

use crate::certificates::Certificates;
use crate::harness::{TestGateway, eventually};
use crate::raw_subgraph::{BODY, RawSubgraph, Reply, answer};

const QUERY: &str = "{ topReview { body } }";
const BOTH: [HttpClient; 2] = [HttpClient::Lean, HttpClient::Full];

/// A gateway whose subgraph `reviews` is `subgraph`.
async fn gateway(subgraph: &RawSubgraph, change: impl FnOnce(&mut Configuration)) -> TestGateway {
    TestGateway::with(|configuration| {
        configuration.subgraphs["reviews"].routing_url = Some(subgraph.url());
        change(configuration);
    })
    .await
}

async fn check_good(test: &TestGateway) {
    let expected = json!({ "data": { "topReview": { "body": "raw" } } });
    assert_eq!(test.query(QUERY).await, expected);
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap()
}

/// What clients are told of a reply.
async fn check_failure(reply: Reply, expected: &str) {
    for client in BOTH {
        let subgraph = RawSubgraph::start([reply.clone()]).await;
        let test = gateway(&subgraph, |configuration| {
            configuration.traffic.http_client = client;
            configuration.traffic.timeout = TimeSpan(Duration::from_millis(300));
            configuration.traffic.response_limit = ByteSize(200);
        })
        .await;
        let answer = test.query(QUERY).await;
        assert_eq!(answer["data"], json!({ "topReview": null }), "{reply:?}");
        assert_eq!(code(&answer), expected, "{client:?}: {reply:?}");
        check_good(&test).await;
    }
}

#[tokio::test]
async fn a_connection_is_used_for_one_request_after_the_other() {
    for client in BOTH {
        let subgraph = RawSubgraph::start([]).await;
        let test = gateway(&subgraph, |configuration| {
            configuration.traffic.http_client = client;
        })
        .await;
        for _ in 0..5 {
            check_good(&test).await;
        }
        assert_eq!(subgraph.accepted(), 1, "{client:?}");
    }
}

#[tokio::test]
async fn every_failure_costs_its_field_and_the_next_request_is_answered() {
    let truncated = answer("", BODY.as_bytes());
    let truncated = truncated[..truncated.len() - 9].to_vec();
    for reply in [
        Reply::BytesAndEnd(Vec::new()),
        Reply::BytesAndReset(b"HTTP/1.1 200 OK\r\n".to_vec()),
        Reply::BytesAndEnd(truncated.clone()),
        Reply::BytesAndReset(truncated),
        Reply::BytesAndEnd(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"da".to_vec(),
        ),
        Reply::BytesAndEnd(b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec()),
        Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n".to_vec()),
        Reply::Bytes(answer("content-encoding: gzip\r\n", b"{}")),
    ] {
        check_failure(reply, "SUBREQUEST_HTTP_ERROR").await;
    }
}

#[tokio::test]
async fn a_silent_subgraph_is_given_up_wherever_it_falls_silent() {
    check_failure(Reply::Silence, "GATEWAY_TIMEOUT").await;
    let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"data\"".to_vec();
    check_failure(Reply::Bytes(half), "GATEWAY_TIMEOUT").await;
}

#[tokio::test]
async fn an_answer_over_the_limit_is_refused_announced_or_not() {
    let body = "x".repeat(300);
    let chunked =
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n12c\r\n{body}\r\n0\r\n\r\n");
    for bytes in [
        answer("", body.as_bytes()),
        chunked.into_bytes(),
        format!("HTTP/1.1 200 OK\r\n\r\n{body}").into_bytes(),
        answer("content-encoding: gzip\r\n", &gzipped(&"x".repeat(1000))),
    ] {
        check_failure(Reply::BytesAndEnd(bytes), "SUBREQUEST_TOO_LARGE").await;
    }
}

#[tokio::test]
async fn a_query_is_sent_again_when_the_kept_connection_was_closed_meanwhile() {
    let good = || Reply::Bytes(answer("", BODY.as_bytes()));
    // The second request arrives, but the connection ends without an answer.
    let subgraph = RawSubgraph::start([good(), Reply::BytesAndEnd(Vec::new())]).await;
    let test = gateway(&subgraph, |_| {}).await;
    check_good(&test).await;
    check_good(&test).await;
    assert_eq!(subgraph.requests().len(), 3);
    assert_eq!(subgraph.accepted(), 2);
}

#[tokio::test]
async fn a_query_is_sent_again_only_once_and_never_after_a_byte_of_an_answer() {
    let good = || Reply::Bytes(answer("", BODY.as_bytes()));
    let end = || Reply::BytesAndEnd(Vec::new());
    let subgraph = RawSubgraph::start([good(), end(), end()]).await;
    let test = gateway(&subgraph, |_| {}).await;
    check_good(&test).await;
    assert_eq!(code(&test.query(QUERY).await), "SUBREQUEST_HTTP_ERROR");
    assert_eq!(subgraph.requests().len(), 3);

    let begun = Reply::BytesAndEnd(b"HTTP/1.1 200 OK\r\n".to_vec());
    let subgraph = RawSubgraph::start([good(), begun]).await;
    let test = gateway(&subgraph, |_| {}).await;
    check_good(&test).await;
    assert_eq!(code(&test.query(QUERY).await), "SUBREQUEST_HTTP_ERROR");
    assert_eq!(subgraph.requests().len(), 2);
}

#[tokio::test]
async fn a_mutation_that_may_have_arrived_is_not_sent_again() {
    let me = r#"{"data":{"me":{"__typename":"User","name":"Ada"}}}"#;
    let replies = [
        Reply::Bytes(answer("", me.as_bytes())),
        Reply::BytesAndEnd(Vec::new()),
    ];
    let subgraph = RawSubgraph::start(replies).await;
    let test = TestGateway::with(|configuration| {
        configuration.subgraphs["accounts"].routing_url = Some(subgraph.url());
    })
    .await;
    test.query("{ me { name } }").await;
    let answer = test
        .query("mutation { rename(name: \"B\") { name } }")
        .await;
    assert_eq!(code(&answer), "SUBREQUEST_HTTP_ERROR");
    assert_eq!(subgraph.requests().len(), 2);
}

#[tokio::test]
async fn a_connection_that_its_server_closed_is_noticed_before_it_is_used() {
    let last = answer("", BODY.as_bytes());
    let subgraph = RawSubgraph::start([Reply::BytesAndEnd(last)]).await;
    let test = gateway(&subgraph, |_| {}).await;
    check_good(&test).await;
    eventually("the server has closed", || subgraph.open() == 0).await;
    let mutation = "mutation { rename(name: \"B\") { name } }";
    test.query(mutation).await;
    check_good(&test).await;
    assert_eq!(subgraph.accepted(), 2);
}

#[tokio::test]
async fn idle_connections_are_closed_when_their_time_is_over() {
    let brief = answer("keep-alive: timeout=1\r\n", BODY.as_bytes());
    let subgraph = RawSubgraph::start([Reply::Bytes(brief)]).await;
    let test = gateway(&subgraph, |_| {}).await;
    check_good(&test).await;
    // The server would close it any moment: it is not kept.
    eventually("the connection is closed", || subgraph.open() == 0).await;

    let subgraph = RawSubgraph::start([]).await;
    let test = gateway(&subgraph, |configuration| {
        configuration.traffic.idle_timeout = TimeSpan(Duration::from_millis(50));
    })
    .await;
    check_good(&test).await;
    assert_eq!(subgraph.open(), 1);
    tokio::time::sleep(Duration::from_millis(60)).await;
    check_good(&test).await;
    assert_eq!(subgraph.accepted(), 2);
}

#[tokio::test]
async fn a_client_that_goes_away_closes_the_connection_of_its_call() {
    for client in BOTH {
        let subgraph = RawSubgraph::start([Reply::Silence]).await;
        let test = gateway(&subgraph, |configuration| {
            configuration.traffic.http_client = client;
        })
        .await;
        let asking = tokio::spawn(test.post(&json!({ "query": QUERY })).send());
        eventually("the call arrives", || subgraph.requests().len() == 1).await;
        asking.abort();
        eventually("its connection is closed", || subgraph.open() == 0).await;
    }
}

#[tokio::test]
async fn many_requests_at_once_have_a_connection_each() {
    let subgraph = RawSubgraph::start([]).await;
    let test = gateway(&subgraph, |_| {}).await;
    for _ in 0..3 {
        join_all((0..40).map(|_| check_good(&test))).await;
    }
    assert!(subgraph.accepted() <= 40, "{}", subgraph.accepted());
}

#[tokio::test]
async fn a_request_has_the_headers_that_servers_expect() {
    let subgraph = RawSubgraph::start([]).await;
    let test = gateway(&subgraph, |_| {}).await;
    let request = test.post(&json!({ "query": QUERY }));
    request
        .header("authorization", "Bearer a")
        .send()
        .await
        .unwrap();
    let request = subgraph.requests().remove(0);
    assert!(
        request.starts_with("POST /graphql HTTP/1.1\r\n"),
        "{request}"
    );
    for line in [
        &format!("host: {}", subgraph.address),
        "content-type: application/json",
        "accept: application/graphql-response+json, application/json;q=0.9",
        "accept-encoding: gzip, br, zstd",
        "authorization: Bearer a",
    ] {
        assert!(
            request.contains(&format!("\r\n{line}\r\n")),
            "{line}: {request}"
        );
    }
}

fn gzipped(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// `BODY`, compressed.
const BROTLI: &[u8] = include_bytes!("answer.json.br");

#[tokio::test]
async fn compressed_answers_are_understood() {
    for client in BOTH {
        for (encoding, body) in [
            ("gzip", gzipped(BODY)),
            ("br", BROTLI.to_vec()),
            ("zstd", zstd::encode_all(BODY.as_bytes(), 1).unwrap()),
        ] {
            let headers = format!("content-encoding: {encoding}\r\n");
            let subgraph = RawSubgraph::start([Reply::Bytes(answer(&headers, &body))]).await;
            let test = gateway(&subgraph, |configuration| {
                configuration.traffic.http_client = client;
            })
            .await;
            check_good(&test).await;
        }
    }
}

#[tokio::test]
async fn a_subgraph_behind_a_unix_socket_is_called_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reviews.sock");
    let subgraph = RawSubgraph::start_unix(UnixListener::bind(&path).unwrap());
    let test = TestGateway::with(|configuration| {
        let url = format!("unix://{}?path=/graphql", path.display());
        configuration.subgraphs["reviews"].routing_url = Some(url.parse().unwrap());
    })
    .await;
    check_good(&test).await;
    check_good(&test).await;
    assert_eq!(subgraph.accepted(), 1);
    assert!(subgraph.requests()[0].starts_with("POST /graphql HTTP/1.1\r\n"));
}

#[tokio::test]
async fn http_2_is_spoken_without_tls_where_that_is_configured() {
    let router = axum::Router::new().fallback(async |request: axum::extract::Request| {
        let body = format!(
            r#"{{"data":{{"topReview":{{"__typename":"Review","body":"{:?}"}}}}}}"#,
            request.version()
        );
        ([("content-type", "application/json")], body)
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/graphql", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    for (http2, expected) in [(false, "HTTP/1.1"), (true, "HTTP/2.0")] {
        let test = TestGateway::with(|configuration| {
            let subgraph = &mut configuration.subgraphs["reviews"];
            subgraph.routing_url = Some(url.parse().unwrap());
            subgraph.http2 = http2;
        })
        .await;
        assert_eq!(
            test.query(QUERY).await["data"]["topReview"]["body"],
            expected
        );
    }
}

/// A subgraph by TLS with these certificates.
async fn with_tls(certificates: &Certificates) -> RawSubgraph {
    let (chain, key) = certificates.for_server();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let subgraph = RawSubgraph::new(listener.local_addr().unwrap(), []);
    let serving = subgraph.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.serve(stream).await });
            }
        }
    });
    subgraph
}

#[tokio::test]
async fn tls_is_spoken_with_subgraphs_whose_authority_is_configured_and_no_others() {
    let certificates = Certificates::new();
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    std::fs::write(&authority, certificates.authority()).unwrap();
    for trusted in [true, false] {
        let subgraph = with_tls(&certificates).await;
        let test = TestGateway::with(|configuration| {
            let url = format!("https://localhost:{}/graphql", subgraph.address.port());
            configuration.subgraphs["reviews"].routing_url = Some(url.parse().unwrap());
            if trusted {
                configuration.traffic.certificate_authorities = vec![authority.clone()];
            }
        })
        .await;
        if trusted {
            check_good(&test).await;
            check_good(&test).await;
            assert_eq!(subgraph.accepted(), 1);
        } else {
            assert_eq!(code(&test.query(QUERY).await), "SUBREQUEST_HTTP_ERROR");
        }
    }
}

#[tokio::test]
async fn files_without_certificates_are_refused_at_the_start() {
    let mut configuration = Configuration::for_supergraph("unused.graphql");
    for path in [
        "no/such.pem",
        concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
    ] {
        configuration.traffic.certificate_authorities = vec![path.into()];
        let error = weft_server::Gateway::new(configuration.clone()).unwrap_err();
        assert!(error.to_string().contains(path), "{error}");
    }
}

#[tokio::test]
async fn a_subgraph_without_an_address_has_a_code_of_its_own() {
    let test = TestGateway::with(|configuration| {
        configuration.subgraphs["reviews"].routing_url = Some("ftp://a.example/".parse().unwrap());
    })
    .await;
    let answer = test.query(QUERY).await;
    assert_eq!(code(&answer), "SUBGRAPH_ADDRESS_MISSING");
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("has no address"), "{message}");
}
