//! What the stages know of an operation without its types, and the two steps that have them.

use crate::{
    Api, Carried, Contract, Input, Need, OpMeta, Operation, Pairs, Params, Problem, body::Raw, params::checked,
};

/// An operation as data.
pub(super) struct Plan {
    pub(super) op: &'static OpMeta,
    pub(super) contract: &'static Contract,
    /// Names of the query parameters.
    pub(super) query: &'static [&'static str],
    /// Names of the headers.
    pub(super) header: &'static [&'static str],
    /// The operation needs a user.
    pub(super) user: bool,
    /// The operation needs a location.
    pub(super) location: bool,
    /// What the handler may ask for.
    pub(super) carried: Carried,
}

impl Plan {
    pub(super) fn of<O: Operation>() -> Self {
        Self {
            op: &O::META,
            contract: O::Api::contract(),
            query: O::Query::NAMES,
            header: O::Header::NAMES,
            user: O::User::REQUIRED,
            location: O::Location::REQUIRED,
            carried: Carried { user: O::User::CARRIED, location: O::Location::CARRIED },
        }
    }
}

/// The parameters of a request as texts.
pub(super) struct Parameters<'a> {
    pub(super) path: Pairs<'a>,
    pub(super) query: Pairs<'a>,
    pub(super) header: Pairs<'a>,
}

/// Reads the body and makes the job.
pub(super) type BodyReader<E, J> = Box<dyn FnOnce(E, &Raw<'_>) -> Result<J, Problem> + Send>;

/// Reads the parameters, before the body has come.
pub(super) type Reader<E, J> = Box<dyn FnOnce(&Parameters<'_>) -> Result<BodyReader<E, J>, Problem> + Send>;

/// The steps of one operation; `make` gets what the stages found out and the whole input.
pub(super) fn reader<O: Operation, E: 'static, J: 'static>(
    make: impl FnOnce(E, Input<O>) -> J + Send + 'static,
) -> Reader<E, J> {
    Box::new(move |given| {
        let path = checked(O::Path::parse(&given.path)?)?;
        let query = checked(O::Query::parse(&given.query)?)?;
        let header = checked(O::Header::parse(&given.header)?)?;
        let body_reader: BodyReader<E, J> = Box::new(move |entry, raw| {
            let body = O::decode(raw)?;
            Ok(make(entry, Input { path, query, header, body }))
        });
        Ok(body_reader)
    })
}
