//! GraphQL over WebSocket (`graphql-transport-ws`), and `GET` without an upgrade. The token comes with `connection_init` or with
//! the header of the upgrade.

use std::sync::Arc;

use async_graphql::{Data, http::ALL_WEBSOCKET_PROTOCOLS};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::{
    extract::{Extension, FromRequestParts, Request, State, WebSocketUpgrade},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{ServerState, client_address::ClientAddress, graphql_http, refusal::unsupported};
use crate::{errors, identity::TokenVerifier, process::Service};

/// `GET /graphql`, as an upgrade or not.
pub(super) async fn upgrade_or_get<S: Service>(
    State(state): State<Arc<ServerState<S>>>,
    Extension(address): Extension<ClientAddress>,
    request: Request,
) -> Response {
    let (mut parts, _body) = request.into_parts();
    if !parts.headers.contains_key(header::UPGRADE) {
        return graphql_http::get(&state, &parts.headers, address, &parts.uri).await;
    }
    let Ok(protocol) = GraphQLProtocol::from_request_parts(&mut parts, &()).await else {
        let message = "ask for the WebSocket protocol `graphql-transport-ws` (header `sec-websocket-protocol`)";
        return unsupported(StatusCode::BAD_REQUEST, message);
    };
    match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => serve(state, upgrade, protocol, &parts.headers, address),
        Err(rejection) => rejection.into_response(),
    }
}

fn serve<S: Service>(
    state: Arc<ServerState<S>>,
    upgrade: WebSocketUpgrade,
    protocol: GraphQLProtocol,
    headers: &HeaderMap,
    address: ClientAddress,
) -> Response {
    let header = headers
        .get(header::AUTHORIZATION)
        .map(HeaderValue::to_str)
        .and_then(Result::ok)
        .map(str::to_owned);
    let executor = state.executor.clone();
    let verifier = state.verifier.clone();
    let stopping = state.stopping.clone();
    upgrade
        .protocols(ALL_WEBSOCKET_PROTOCOLS)
        .on_upgrade(async move |socket| {
            // No `keepalive_timeout`: it ends every subscription whose client is silent, and few clients ping.
            let connection = GraphQLWebSocket::new(socket, executor, protocol).on_connection_init(
                move |payload| connection_data(verifier, payload, header, address),
            );
            // A subscription has no end of its own that stopping could wait for.
            stopping.run_until_cancelled(connection.serve()).await;
        })
}

async fn connection_data(
    verifier: TokenVerifier,
    payload: serde_json::Value,
    header: Option<String>,
    address: ClientAddress,
) -> async_graphql::Result<Data> {
    let from_payload = ["authorization", "Authorization"]
        .into_iter()
        .find_map(|name| payload.get(name)?.as_str());
    let authorization = from_payload.or(header.as_deref());
    let identity = verifier
        .identify(authorization)
        .await
        .map_err(|error| errors::error(error.code(), close_reason(error.to_string())))?;
    let mut data = Data::default();
    data.insert(identity);
    data.insert(address);
    Ok(data)
}

/// The message becomes the reason of a close frame, which holds 123 bytes (RFC 6455, section 5.5).
fn close_reason(mut message: String) -> String {
    const LONGEST: usize = 123;
    message.truncate(message.floor_char_boundary(LONGEST));
    message
}
