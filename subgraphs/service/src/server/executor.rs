//! Executes operations with what each request needs beside the schema: the identity, the service's data loaders, the client's
//! address. The same for HTTP and WebSocket, so that loaders never outlive an operation.

use std::{any::TypeId, sync::Arc};

use async_graphql::{Data, Executor, Request, Response, Schema};
use futures::stream::BoxStream;

use super::client_address::ClientAddress;
use crate::{identity::Identity, process::Service};

/// The schema of a service together with the service itself.
pub(crate) struct ServiceExecutor<S: Service> {
    schema: Schema<S::Query, S::Mutation, S::Subscription>,
    service: Arc<S>,
}

impl<S: Service> Clone for ServiceExecutor<S> {
    fn clone(&self) -> Self {
        Self {
            schema: self.schema.clone(),
            service: self.service.clone(),
        }
    }
}

impl<S: Service> ServiceExecutor<S> {
    pub(crate) fn new(
        schema: Schema<S::Query, S::Mutation, S::Subscription>,
        service: Arc<S>,
    ) -> Self {
        Self { schema, service }
    }

    /// A request with all that resolvers look for.
    pub(super) fn prepare(
        &self,
        request: Request,
        identity: Identity,
        address: ClientAddress,
    ) -> Request {
        let request = self.service.prepare_request(request, &identity);
        request.data(identity).data(address)
    }
}

impl<S: Service> Executor for ServiceExecutor<S> {
    async fn execute(&self, request: Request) -> Response {
        self.schema.execute(request).await
    }

    fn execute_stream(
        &self,
        request: Request,
        session: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let identity = from_session::<Identity>(session.as_ref()).unwrap_or(Identity::Anonymous);
        let address =
            from_session::<ClientAddress>(session.as_ref()).unwrap_or(ClientAddress(None));
        let request = self.prepare(request, identity, address);
        Box::pin(
            self.schema
                .execute_stream_with_session_data(request, session.unwrap_or_default()),
        )
    }
}

fn from_session<T: Clone + Send + Sync + 'static>(session: Option<&Arc<Data>>) -> Option<T> {
    let value = session?.get(&TypeId::of::<T>())?;
    value.downcast_ref::<T>().cloned()
}
