//! A subgraph for the tests of `weft dev`, as a process of its own: this test binary, started once more with `STUB_PORT`
//! and `STUB_SCHEMA` in its environment. It answers `{ _service { sdl } }` with the file, and all else alike.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// The command line that starts a stub.
pub(crate) fn command(port: u16, schema: &str) -> String {
    let binary = std::env::current_exe().unwrap();
    format!(
        "STUB_PORT={port} STUB_SCHEMA={schema} exec {} stub_subgraph::a_stub_gives_its_schema --exact --nocapture",
        binary.display()
    )
}

#[test]
fn a_stub_gives_its_schema() {
    if let (Ok(port), Ok(schema)) = (std::env::var("STUB_PORT"), std::env::var("STUB_SCHEMA")) {
        serve(port.parse().unwrap(), &schema);
    }
    let answer = answer(
        "{\"query\":\"{ _service { sdl } }\"}",
        "type Query { a: Int }",
    );
    assert_eq!(
        answer,
        r#"{"data":{"_service":{"sdl":"type Query { a: Int }"}}}"#
    );
}

fn serve(port: u16, schema: &str) -> ! {
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    eprintln!(
        "stub listens, greeting is {:?}",
        std::env::var("GREETING").ok()
    );
    loop {
        let (stream, _) = listener.accept().unwrap();
        let sdl = fs::read_to_string(schema).unwrap();
        // A connection that breaks is not the stub's problem.
        let _ = exchange(stream, &sdl);
    }
}

fn exchange(mut stream: TcpStream, sdl: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let answer = answer(&String::from_utf8_lossy(&body), sdl);
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
    write!(
        stream,
        "{head}\r\ncontent-length: {}\r\n\r\n{answer}",
        answer.len()
    )
}

fn answer(body: &str, sdl: &str) -> String {
    let data = if body.contains("_service") {
        serde_json::json!({ "_service": { "sdl": sdl } })
    } else {
        serde_json::json!({ "__typename": "Query", "a": "from a", "b": "from b", "c": "new" })
    };
    serde_json::json!({ "data": data }).to_string()
}
