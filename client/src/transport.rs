//! Sends the requests of a session: a new token for each attempt, pauses where the server asks for them, and another attempt where
//! that is safe.
//!
//! A service token is never kept for a second request, because the server takes each once. What is kept is the proof of the user inside
//! it (`docs/decisions/0018`).

use crate::{
    Client,
    generated::{CredentialsError, Pending, Transport},
    proof::Proof,
    retry,
    session::Context,
    token::Signer,
};
use reqwest::{Request, Response, StatusCode, header::AUTHORIZATION};
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};
use uuid::Uuid;

/// The way of a session's requests.
pub(crate) struct SessionTransport {
    pub(crate) client: Client,
    pub(crate) context: Context,
}

/// What a token was made of.
struct Made {
    signer: Arc<Signer>,
    proof: Option<Proof>,
}

#[expect(clippy::disallowed_methods, reason = "tokens, Retry-After and limits are about the real time")]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

impl Transport for SessionTransport {
    /// Only finds out whether a token can be made; each attempt is then signed by itself.
    fn authorise<'a>(&'a self, request: &'a mut Request) -> Pending<'a, Result<(), CredentialsError>> {
        Box::pin(async move { self.sign(request, None).await.map(drop) })
    }

    fn execute<'a>(
        &'a self,
        http: &'a reqwest::Client,
        request: Request,
        operation_id: &'static str,
    ) -> Pending<'a, reqwest::Result<Response>> {
        Box::pin(self.attempts(http, request, operation_id))
    }
}

impl SessionTransport {
    /// Gives the request a token of its own.
    async fn sign(&self, request: &mut Request, refused: Option<&Proof>) -> Result<Made, CredentialsError> {
        let signer = self.client.keys().signer();
        let proof = match &self.context.proofs {
            Some(proofs) => {
                let failed = |e| CredentialsError(format!("the source of the user's proof failed: {e}"));
                Some(proofs.get(now(), refused).await.map_err(failed)?)
            }
            None => None,
        };
        let value = signer.authorization(&self.context, proof.as_ref(), now(), Uuid::new_v4())?;
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(Made { signer, proof })
    }

    async fn attempts(
        &self,
        http: &reqwest::Client,
        mut request: Request,
        operation: &'static str,
    ) -> reqwest::Result<Response> {
        let (limits, user) = (self.client.budget(), self.context.user.as_deref());
        let deadline = Instant::now() + self.client.timeout();
        let repeatable = retry::is_repeatable(&request);
        if let Some(wait) = limits.wait(operation, user, now()).filter(|wait| fits(*wait, deadline)) {
            tokio::time::sleep(wait).await;
        }
        // a source that gave a proof a moment ago and fails now leaves the request without: the server will say so
        let mut made = self.sign(&mut request, None).await.ok();
        let (mut attempt, mut renewed) = (1, false);
        loop {
            let spare = request.try_clone();
            *request.timeout_mut() = Some(deadline.saturating_duration_since(Instant::now()));
            let outcome = http.execute(request).await;
            if let Ok(answer) = &outcome {
                limits.note(operation, user, answer, now());
            }
            let Some(next) = spare.filter(|_| attempt < self.client.max_attempts()) else { return outcome };
            request = next;
            made = if is_refused(&outcome) {
                let made = made.filter(|_| !std::mem::replace(&mut renewed, true));
                self.renew(&mut request, made).await
            } else {
                let wait = retry::pause(&outcome, repeatable, attempt, now()).filter(|wait| fits(*wait, deadline));
                self.later(&mut request, wait).await
            };
            if made.is_none() {
                return outcome;
            }
            attempt += 1;
        }
    }

    /// Another token after a pause.
    async fn later(&self, request: &mut Request, wait: Option<Duration>) -> Option<Made> {
        tokio::time::sleep(wait?).await;
        self.sign(request, None).await.ok()
    }

    /// Another token after a 401, of which the server has done nothing; if another key or another proof can be had.
    async fn renew(&self, request: &mut Request, made: Option<Made>) -> Option<Made> {
        let made = made?;
        let key = self.client.keys().renew(&made.signer);
        let next = self.sign(request, made.proof.as_ref()).await.ok()?;
        (key || next.proof != made.proof).then_some(next)
    }
}

/// Whether there is time for a pause and an attempt after it.
fn fits(wait: Duration, deadline: Instant) -> bool {
    Instant::now() + wait < deadline
}

fn is_refused(outcome: &reqwest::Result<Response>) -> bool {
    outcome.as_ref().is_ok_and(|answer| answer.status() == StatusCode::UNAUTHORIZED)
}
