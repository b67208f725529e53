//! What a handler may know about the request. What the document does not promise cannot be asked for.

use crate::{OpMeta, Platform};
use chrono::{DateTime, Utc};
use std::{
    fmt,
    marker::PhantomData,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// `x-context.user: required`: the pipeline has refused the request without one, so [`Cx::user`] always has it.
pub struct WithUser(());
/// `x-context.user: optional`.
pub struct MaybeUser(());
/// `x-context.user: none`: the context of this operation has no `user()`.
pub struct NoUser(());
/// `x-context.location: required`.
pub struct WithLocation(());
/// `x-context.location: optional`.
pub struct MaybeLocation(());
/// `x-context.location: none`.
pub struct NoLocation(());

/// Whether a part of the context must be there.
pub trait Need: Send + Sync + 'static {
    /// `true` for `required`.
    const REQUIRED: bool;
    /// `false` for `none`.
    const CARRIED: bool;
}

macro_rules! needs {
    ($($marker:ty = $required:literal, $carried:literal;)*) => {
        $(impl Need for $marker { const REQUIRED: bool = $required; const CARRIED: bool = $carried; })*
    };
}
needs! {
    WithUser = true, true;
    MaybeUser = false, true;
    NoUser = false, false;
    WithLocation = true, true;
    MaybeLocation = false, true;
    NoLocation = false, false;
}

/// Who calls: the service always; the user and the location where the credentials carried them.
pub struct Identity<P: Platform> {
    /// The calling service.
    pub service: P::Service,
    /// The user on whose behalf it calls.
    pub user: Option<P::User>,
    /// The location at which the user works.
    pub location: Option<P::Location>,
}

/// Everything known about a request that was let in; for the platform's audit and log.
pub struct Base<P: Platform> {
    /// Dropshot's request id, also in every problem body.
    pub request_id: String,
    /// The trace that the caller is in (W3C Trace Context, `traceparent`), if it says so.
    pub trace_id: Option<String>,
    /// The operation.
    pub op: &'static OpMeta,
    /// When the request was let in.
    pub now: DateTime<Utc>,
    /// Who calls.
    pub identity: Identity<P>,
}

impl<P: Platform> fmt::Debug for Base<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Base").field("request_id", &self.request_id).field("op", &self.op.id).finish_non_exhaustive()
    }
}

/// The context of an operation; `U` and `L` say what it may be asked for.
///
/// ```
/// use forebear_runtime::{Cx, MaybeLocation, Platform, WithUser};
/// fn handler<P: Platform>(cx: &Cx<P, WithUser, MaybeLocation>) -> (&P::User, Option<&P::Location>) {
///     (cx.user(), cx.location())
/// }
/// ```
///
/// A handler whose operation carries no user cannot ask for one, and neither for a location:
///
/// ```compile_fail,E0599
/// use forebear_runtime::{Cx, NoLocation, NoUser, Platform};
/// fn handler<P: Platform>(cx: &Cx<P, NoUser, NoLocation>) {
///     cx.user();
/// }
/// ```
/// ```compile_fail,E0599
/// use forebear_runtime::{Cx, NoLocation, Platform, WithUser};
/// fn handler<P: Platform>(cx: &Cx<P, WithUser, NoLocation>) {
///     cx.location();
/// }
/// ```
///
/// Nor can it make a context that carries one:
///
/// ```compile_fail,E0624
/// use forebear_runtime::{Base, Cx, Platform, WithUser};
/// fn handler<P: Platform>(base: std::sync::Arc<Base<P>>) -> Cx<P, WithUser> {
///     Cx::new(base)
/// }
/// ```
pub struct Cx<P: Platform, U = NoUser, L = NoLocation> {
    base: Arc<Base<P>>,
    asked: AtomicBool,
    marker: PhantomData<fn() -> (U, L)>,
}

impl<P: Platform, U, L> Cx<P, U, L> {
    pub(crate) fn new(base: Arc<Base<P>>) -> Self {
        Self { base, asked: AtomicBool::new(false), marker: PhantomData }
    }

    /// What the pipeline knows of the request; for itself.
    pub(crate) fn base(&self) -> &Base<P> {
        &self.base
    }

    /// Whether a handler has asked for anything that differs between two requests for the same thing.
    pub(crate) fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    fn ask(&self) -> &Base<P> {
        self.asked.store(true, Ordering::Relaxed);
        &self.base
    }

    /// The calling service.
    #[must_use]
    pub fn service(&self) -> &P::Service {
        &self.ask().identity.service
    }

    /// Id of the request, as in logs and problem bodies.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.ask().request_id
    }

    /// Time of the request; the only clock that a handler has.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.ask().now
    }
}

/// Contexts that may be asked for a user.
#[diagnostic::on_unimplemented(
    message = "the context of this operation carries no user",
    label = "`x-context.user` is `none` for this operation",
    note = "to use the caller's user here, set `x-context: {{user: required}}` (or `optional`) on the operation in openapi/ and run `forebear generate`"
)]
pub trait UserContext {
    /// `&T` or `Option<&T>`.
    type Of<'a, T: 'a>;
    /// Converts what the pipeline holds. `None` for a required user was refused before.
    fn of<'a, T>(value: Option<&'a T>) -> Self::Of<'a, T>;
}

/// Contexts that may be asked for a location.
#[diagnostic::on_unimplemented(
    message = "the context of this operation carries no location",
    label = "`x-context.location` is `none` for this operation",
    note = "set `x-context: {{location: required}}` (or `optional`) on the operation in openapi/ and run `forebear generate`"
)]
pub trait LocationContext {
    /// `&T` or `Option<&T>`.
    type Of<'a, T: 'a>;
    /// Converts what the pipeline holds. `None` for a required location was refused before.
    fn of<'a, T>(value: Option<&'a T>) -> Self::Of<'a, T>;
}

macro_rules! accessors {
    ($with:ty, $maybe:ty, $context:ident) => {
        impl $context for $with {
            type Of<'a, T: 'a> = &'a T;
            fn of<T>(value: Option<&T>) -> &T {
                value.expect("checked by the pipeline")
            }
        }
        impl $context for $maybe {
            type Of<'a, T: 'a> = Option<&'a T>;
            fn of<T>(value: Option<&T>) -> Option<&T> {
                value
            }
        }
    };
}
accessors!(WithUser, MaybeUser, UserContext);
accessors!(WithLocation, MaybeLocation, LocationContext);

impl<P: Platform, U: UserContext, L> Cx<P, U, L> {
    /// `&User` where the operation requires one, `Option<&User>` where it is optional; does not compile elsewhere.
    pub fn user(&self) -> U::Of<'_, P::User> {
        U::of(self.ask().identity.user.as_ref())
    }
}

impl<P: Platform, U, L: LocationContext> Cx<P, U, L> {
    /// `&Location` where the operation requires one, `Option<&Location>` where it is optional; does not compile elsewhere.
    pub fn location(&self) -> L::Of<'_, P::Location> {
        L::of(self.ask().identity.location.as_ref())
    }
}
