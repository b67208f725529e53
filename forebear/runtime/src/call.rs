//! One request on its way into the pipeline, from Dropshot's own server or from a [`Router`] under another accept loop.
//!
//! Dropshot's server has no limit of connections, no bound on headers, and its `RequestContext` cannot be made outside of it. A server
//! that faces a network brings its own accept loop, and gets routing, operations and answers from here.

use crate::{OpMeta, Operation, Platform, Problem, Reply, reply::Pending};
use dropshot::{
    ApiDescription, Body, ExclusiveExtractor, HttpError, Path, RequestContext, RequestInfo, SharedExtractor,
    WebsocketUpgrade,
};
use http::{HeaderMap, Method, StatusCode, Uri};
use std::{
    collections::{BTreeMap, HashMap},
    marker::PhantomData,
    net::SocketAddr,
    sync::Arc,
};

/// A request without its body.
pub struct Call<A: Platform>(Origin<A>);

enum Origin<A: Platform> {
    Dropshot(RequestContext<Arc<A>>),
    Direct { app: Arc<A>, request_id: String, info: RequestInfo, body_limit: usize },
}

impl<A: Platform> From<RequestContext<Arc<A>>> for Call<A> {
    fn from(rq: RequestContext<Arc<A>>) -> Self {
        Self(Origin::Dropshot(rq))
    }
}

impl<A: Platform> Call<A> {
    pub(crate) fn app(&self) -> &Arc<A> {
        match &self.0 {
            Origin::Dropshot(rq) => rq.context(),
            Origin::Direct { app, .. } => app,
        }
    }

    pub(crate) fn request_id(&self) -> &str {
        match &self.0 {
            Origin::Dropshot(rq) => &rq.request_id,
            Origin::Direct { request_id, .. } => request_id,
        }
    }

    fn info(&self) -> &RequestInfo {
        match &self.0 {
            Origin::Dropshot(rq) => &rq.request,
            Origin::Direct { info, .. } => info,
        }
    }

    pub(crate) fn method(&self) -> &Method {
        self.info().method()
    }

    pub(crate) fn uri(&self) -> &Uri {
        self.info().uri()
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        self.info().headers()
    }

    pub(crate) fn peer(&self) -> SocketAddr {
        self.info().remote_addr()
    }

    /// Bytes that the body may have.
    pub(crate) fn body_limit(&self) -> usize {
        match &self.0 {
            Origin::Dropshot(rq) => rq.request_body_max_bytes(),
            Origin::Direct { body_limit, .. } => *body_limit,
        }
    }

    /// The path parameters, decoded.
    pub(crate) async fn path(&self, op: &OpMeta) -> Result<Vec<(String, String)>, Problem> {
        if let Origin::Dropshot(rq) = &self.0 {
            let path = <Path<BTreeMap<String, String>> as SharedExtractor>::from_request(rq).await?;
            return Ok(path.into_inner().into_iter().collect());
        }
        fn segments(path: &str) -> impl Iterator<Item = &str> {
            path.split('/').filter(|s| !s.is_empty())
        }
        let mut pairs = vec![];
        for (name, value) in segments(op.path).zip(segments(self.uri().path())) {
            let Some(name) = name.strip_prefix('{').and_then(|n| n.strip_suffix('}')) else { continue };
            let value = percent_encoding::percent_decode_str(value).decode_utf8();
            let malformed = "the path is not percent-encoded UTF-8";
            let value = value.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "malformed_path", malformed))?;
            pairs.push((name.into(), value.into_owned()));
        }
        Ok(pairs)
    }

    /// The handshake of a websocket, which Dropshot's server alone can give.
    pub(crate) async fn upgrade(&self, request: HttpRequest) -> Result<WebsocketUpgrade, Problem> {
        match &self.0 {
            Origin::Dropshot(rq) => Ok(WebsocketUpgrade::from_request(rq, request).await?),
            Origin::Direct { .. } => {
                Err(Problem::new(StatusCode::NOT_IMPLEMENTED, "no_websockets", "websockets are not served here"))
            }
        }
    }
}

/// An operation under way, which only the pipeline can start.
#[must_use]
pub struct Run<O> {
    pending: Pending,
    marker: PhantomData<fn() -> O>,
}

impl<O: Operation> Run<O> {
    pub(crate) fn of(pending: Pending) -> Self {
        Self { pending, marker: PhantomData }
    }

    /// The answer, for Dropshot's trait.
    ///
    /// # Errors
    /// None; the result type is Dropshot's.
    pub async fn reply(self) -> Result<Reply<O>, crate::Fault<O::Failure>> {
        Ok(Reply::of(self.pending.await))
    }

    /// The answer, for a [`Router`].
    pub fn response(self) -> Pending {
        self.pending
    }
}

/// A request with its body.
pub type HttpRequest = http::Request<Body>;

/// Starts one operation.
pub type Direct<A> = fn(Call<A>, HttpRequest) -> Pending;

/// An operation, and the bytes that its body may have, if Dropshot's description says.
type Found<A> = (Direct<A>, Option<usize>);
type Lookup<A> = dyn Fn(&Method, &str) -> Result<Found<A>, HttpError> + Send + Sync;

/// Dropshot's router over the operations of a document, for an accept loop of one's own.
pub struct Router<A: Platform> {
    app: Arc<A>,
    lookup: Box<Lookup<A>>,
    body_limit: usize,
}

impl<A: Platform> Router<A> {
    /// Routes to the operations that `direct` knows by `operationId`; `body_limit` is what a body may have in bytes, where the
    /// document does not say.
    ///
    /// # Errors
    /// The name of an operation that is described and not known.
    pub fn new(
        app: Arc<A>,
        api: ApiDescription<Arc<A>>,
        direct: fn(&str) -> Option<Direct<A>>,
        body_limit: usize,
    ) -> Result<Self, String> {
        let router = api.into_router();
        let mut known = HashMap::new();
        for (_, _, endpoint) in router.endpoints(None) {
            let id = &endpoint.operation_id;
            known.insert(id.clone(), direct(id).ok_or_else(|| format!("{id} has no implementation"))?);
        }
        let lookup = move |method: &Method, path: &str| {
            let endpoint = router.lookup_route(method, path.into(), None)?.endpoint;
            let direct = known.get(&endpoint.operation_id).copied();
            let missing = || HttpError::for_internal_error(format!("{} is not known", endpoint.operation_id));
            Ok((direct.ok_or_else(missing)?, endpoint.request_body_max_bytes))
        };
        Ok(Self { app, lookup: Box::new(lookup), body_limit })
    }

    /// Starts the operation of a request.
    ///
    /// # Errors
    /// 404 and 405 as Dropshot answers them.
    pub fn route(&self, request: HttpRequest, peer: SocketAddr, request_id: &str) -> Result<Pending, HttpError> {
        let (direct, own_limit) = (self.lookup)(request.method(), request.uri().path())?;
        let origin = Origin::Direct {
            app: self.app.clone(),
            request_id: request_id.into(),
            info: RequestInfo::new(&request, peer),
            body_limit: own_limit.unwrap_or(self.body_limit),
        };
        Ok(direct(Call(origin), request))
    }
}
