//! The way of a session's requests from the generated client to the server: each becomes a [`Call`].

use crate::{
    Client,
    call::{Answer, Call},
    clock,
    generated::{CredentialsError, Pending, Transport},
    retry::is_repeatable,
    session::Context,
};
use reqwest::Request;

/// The way of a session's requests.
pub(crate) struct SessionTransport {
    pub(crate) client: Client,
    pub(crate) context: Context,
}

impl Transport for SessionTransport {
    /// Each attempt is signed by itself, within the call's time.
    fn authorise<'a>(&'a self, _: &'a mut Request) -> Pending<'a, Result<(), CredentialsError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn execute<'a>(
        &'a self,
        http: &'a reqwest::Client,
        request: Request,
        operation: &'static str,
    ) -> Pending<'a, Answer> {
        let repeatable = is_repeatable(request.method(), request.headers());
        let deadline = clock::after(self.client.timeout());
        let call = Call { client: &self.client, context: &self.context, http, operation, repeatable, deadline };
        Box::pin(async move { call.run(request).await.unwrap_or_else(|unsent| Ok(unsent.into_answer())) })
    }
}
