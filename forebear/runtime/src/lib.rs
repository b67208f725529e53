//! The typed request pipeline that every generated server runs on.
//!
//! `knock → authenticate → rate limit → scope → context → decode and validate → idempotency → transaction { handler → audit record }
//! → encode → access log`. Dropshot has no middleware by design, so the generated trait implementation is the only way to a
//! handler, and each of its methods is one call of [`run_open`], [`run_read`] or [`run_write`]. Each stage needs the value that
//! the stage before it made, and those values can be made nowhere else.
//!
//! The runtime knows no database and no policy: both come from a [`Platform`].

#![deny(missing_docs)]

pub mod body;
mod call;
mod context;
mod contract;
mod describe;
mod etag;
mod expect;
mod hex;
mod live;
mod operation;
mod params;
mod pipeline;
mod platform;
mod problem;
mod replies;
mod reply;
pub mod store;
mod trace;

pub use body::{Multipart, Part};
pub use bytes::Bytes;
pub use call::{Call, Direct, HttpRequest, Router, Run};
pub use context::{
    Base, Cx, Identity, LocationContext, MaybeLocation, MaybeUser, Need, NoLocation, NoUser, UserContext, WithLocation,
    WithUser,
};
pub use contract::{Api, Contract};
pub use describe::{Failures, describe, failure};
pub use etag::IfMatch;
pub use hex::hex;
pub use live::{Streamed, Upgrade};
pub use operation::{Audit, BodyKind, Input, KeyUse, LimitClass, OpMeta, Operation, Request, Violation};
pub use params::{NoParams, Pairs, Params};
pub use pipeline::{run_open, run_read, run_write};
pub use platform::{Access, Admission, Carried, Change, Exhausted, Head, Idempotency, Job, Platform};
pub use problem::{ErrorDoc, Fault, Item, Place, Problem, Refusal};
pub use replies::Replies;
pub use reply::{
    Created, Encoded, NoContent, Page, Pending, Redirect, Reply, ResponseHeaders, WithHeaders, header_text,
};
pub use trace::trace_id;
