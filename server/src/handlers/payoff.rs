//! Payoff requests at the caller's own locations.

use super::prelude::*;
use crate::{rules::payoff as rules, store::require_version};
use forebear_runtime::Place;
use generated_server::store::PayoffAssigned;

type PayoffCx = Cx<WithUser, MaybeLocation>;

impl PayoffApi for App {
    fn list_payoffs(&self, cx: &PayoffCx, tx: &mut Read, query: ListPayoffsQuery) -> Result<Page<Payoff>> {
        let own = access::own_locations(cx.user(), cx.location());
        access::require_filter(&own, query.location_id.as_ref())?;
        tx.list_within(&query, Test::In("location_id"), &own)
    }

    fn create_payoff(&self, cx: &PayoffCx, tx: &mut Write, body: NewPayoff) -> Result<Created<Payoff>> {
        let own = access::own_locations(cx.user(), cx.location());
        access::require_change(cx.user(), &own, &body.location_id, Some(Place::Pointer("/location_id".into())))?;
        let requested_by = cx.user().id.parse().map_err(|_| Error::UnknownUser)?;
        let (id, status) = (uuid::Uuid::now_v7().into(), PayoffStatus::Requested);
        let row = PayoffAssigned { id, status, quote: None, requested_by }.complete(body, cx.now());
        rules::check(&row, cx.now())?;
        tx.insert(&row)?;
        Ok(Created::at(format!("/api/v1/payoff/{}", *row.id), row))
    }

    fn get_payoff(&self, cx: &PayoffCx, tx: &mut Read, path: GetPayoffPath) -> Result<Payoff> {
        let own = access::own_locations(cx.user(), cx.location());
        let row: Payoff = tx.get(&path.id.to_string())?;
        access::require(&own, &row.location_id, None)?;
        Ok(row)
    }

    fn update_payoff(
        &self,
        cx: &PayoffCx,
        tx: &mut Write,
        path: UpdatePayoffPath,
        header: UpdatePayoffHeader,
        body: PayoffPatch,
    ) -> Result<Payoff> {
        let own = access::own_locations(cx.user(), cx.location());
        let before: Payoff = tx.get(&path.id.to_string())?;
        access::require_change(cx.user(), &own, &before.location_id, None)?;
        require_version(&before, header.if_match.as_str())?;
        let after = rules::patched(&before, body, cx.now())?;
        tx.update(&before, after, cx.now())
    }
}
