//! One call: a new token for each attempt, pauses where the server asks for them, and another attempt where that is safe, all within
//! one deadline.
//!
//! A service token is never kept for a second request, because the server takes each once. What is kept is the proof of the user inside
//! it (`docs/decisions/0018`).

use crate::{
    Client, clock,
    error::Unsent,
    proof::Held,
    retry::{Outcome, again, backoff, retry_after},
    session::Context,
    token::Signer,
};
use reqwest::{Request, Response, StatusCode, header::AUTHORIZATION};
use std::sync::Arc;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

/// What came of an attempt.
pub(crate) type Answer = reqwest::Result<Response>;

/// One call, with all its attempts.
pub(crate) struct Call<'a> {
    pub(crate) client: &'a Client,
    pub(crate) context: &'a Context,
    pub(crate) http: &'a reqwest::Client,
    pub(crate) operation: &'static str,
    /// Whether doing it twice is doing it once.
    pub(crate) repeatable: bool,
    pub(crate) deadline: Instant,
}

/// What an attempt was signed with.
struct Signed {
    signer: Arc<Signer>,
    proof: Option<Arc<Held>>,
}

impl Call<'_> {
    pub(crate) async fn run(&self, request: Request) -> Result<Answer, Unsent> {
        let mut earlier = None;
        // where something was sent already that may have been done, that is told, and not that a later attempt was refused
        match self.attempts(request, &mut earlier).await {
            Err(unsent) => earlier.ok_or(unsent),
            Ok(answer) if is_status(&answer, StatusCode::UNAUTHORIZED) => Ok(earlier.unwrap_or(answer)),
            answer => answer,
        }
    }

    /// What came of the last attempt; in `earlier`, of the last one before it that was not just refused for its token.
    async fn attempts(&self, mut request: Request, earlier: &mut Option<Answer>) -> Result<Answer, Unsent> {
        let (mut attempt, mut renewed) = (1, false);
        loop {
            let spare = request.try_clone();
            let (signed, answer) = self.attempt(request).await?;
            let refused = is_status(&answer, StatusCode::UNAUTHORIZED);
            let until = if refused && !renewed {
                renewed = true;
                self.renew(&signed).await?.then(Instant::now)
            } else {
                self.again(&answer, attempt)
            };
            let next = spare.filter(|_| attempt < self.client.max_attempts());
            let (Some(next), Some(until)) = (next, until) else { return Ok(answer) };
            if !refused {
                *earlier = Some(answer);
            }
            sleep_until(until).await;
            (request, attempt) = (next, attempt + 1);
        }
    }

    /// Waits for its turn, signs and sends.
    async fn attempt(&self, mut request: Request) -> Result<(Signed, Answer), Unsent> {
        let (budget, user) = (self.client.budget(), self.context.user.as_deref());
        sleep_until(budget.reserve(self.operation, user, Instant::now(), self.deadline)?).await;
        let signed = self.sign(&mut request).await?;
        *request.timeout_mut() = Some(self.deadline.saturating_duration_since(Instant::now()));
        let answer = self.http.execute(request).await;
        if let Ok(answer) = &answer {
            let refused = answer.status() == StatusCode::TOO_MANY_REQUESTS;
            let wait = retry_after(answer.headers(), clock::now()).filter(|_| refused);
            budget.note(self.operation, user, answer.headers(), wait, Instant::now());
        }
        Ok((signed, answer))
    }

    async fn sign(&self, request: &mut Request) -> Result<Signed, Unsent> {
        let proof = match &self.context.proofs {
            Some(proofs) => Some(proofs.current(self.deadline).await?),
            None => None,
        };
        let signer = self.client.keys().signer();
        let given = proof.as_ref().map(|held| &held.proof);
        let token = signer.authorization(self.context, given, clock::now(), Uuid::new_v4());
        if let (Err(_), Some(proofs), Some(proof)) = (&token, &self.context.proofs, &proof) {
            proofs.forget(proof); // no token can carry it; the next one may be good
        }
        request.headers_mut().insert(AUTHORIZATION, token.map_err(|e| Unsent::Credentials(e.0))?);
        Ok(Signed { signer, proof })
    }

    /// After a 401, of which the server has done nothing: whether there is another key or proof to try with.
    async fn renew(&self, used: &Signed) -> Result<bool, Unsent> {
        let proof = async {
            match (&self.context.proofs, &used.proof) {
                (Some(proofs), Some(proof)) => proofs.renew(proof, self.deadline).await,
                _ => Ok(false),
            }
        };
        // a source of keys that hangs leaves time for an attempt with the other proof
        let half = self.deadline.saturating_duration_since(Instant::now()) / 2;
        let key = self.client.keys().renew(&used.signer, clock::after(half));
        match tokio::join!(key, proof) {
            (Ok(true), _) | (_, Ok(true)) => Ok(true),
            (Ok(false), Ok(false)) => Ok(false),
            (Err(e), _) | (_, Err(e)) => Err(e.into()),
        }
    }

    /// When to send again; none when that is not safe, or not in time.
    fn again(&self, answer: &Answer, attempt: u32) -> Option<Instant> {
        let wait = again(self.repeatable, outcome(answer)?)?.max(backoff(attempt));
        Some(clock::after(wait)).filter(|until| *until < self.deadline)
    }
}

fn is_status(answer: &Answer, status: StatusCode) -> bool {
    answer.as_ref().is_ok_and(|answer| answer.status() == status)
}

/// None for a request that could not be one, and for one whose time is over.
fn outcome(answer: &Answer) -> Option<Outcome> {
    match answer {
        Ok(answer) => Some(Outcome::Answered(answer.status().as_u16(), retry_after(answer.headers(), clock::now()))),
        Err(e) if e.is_builder() => None,
        Err(e) if e.is_connect() => Some(Outcome::NotConnected),
        Err(_) => Some(Outcome::Broken),
    }
}
