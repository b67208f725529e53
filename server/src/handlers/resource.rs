//! Resources: the small complete exemplar. Copy this file to begin a new one.

use super::prelude::*;
use generated_server::store::ResourceAssigned;

impl ResourceApi for App {
    fn list_resources(&self, _: &Cx<MaybeUser>, tx: &mut Read, query: ListResourcesQuery) -> Result<Page<Resource>> {
        tx.list(&query)
    }

    fn create_resource(&self, cx: &Cx<MaybeUser>, tx: &mut Write, body: NewResource) -> Result<Created<Resource>> {
        let row = ResourceAssigned { id: uuid::Uuid::now_v7().into() }.complete(body, cx.now());
        tx.insert(&row)?;
        Ok(Created::at(format!("/api/v1/resource/{}", *row.id), row))
    }

    fn get_resource(&self, _: &Cx<MaybeUser>, tx: &mut Read, path: GetResourcePath) -> Result<Resource> {
        tx.get(&path.id.to_string())
    }

    fn replace_resource(
        &self,
        cx: &Cx<MaybeUser>,
        tx: &mut Write,
        path: ReplaceResourcePath,
        header: ReplaceResourceHeader,
        body: NewResource,
    ) -> Result<Resource> {
        let before: Resource = tx.get_matching(&path.id.to_string(), header.if_match.as_str())?;
        let after = ResourceAssigned { id: before.id.clone() }.complete(body, *before.created_at);
        tx.update(&before, after, cx.now())
    }

    fn update_resource(
        &self,
        cx: &Cx<MaybeUser>,
        tx: &mut Write,
        path: UpdateResourcePath,
        header: UpdateResourceHeader,
        body: ResourcePatch,
    ) -> Result<Resource> {
        let before: Resource = tx.get_matching(&path.id.to_string(), header.if_match.as_str())?;
        let mut after = before.clone();
        body.apply(&mut after)?;
        tx.update(&before, after, cx.now())
    }

    fn delete_resource(
        &self,
        _: &Cx<MaybeUser>,
        tx: &mut Write,
        path: DeleteResourcePath,
        header: DeleteResourceHeader,
    ) -> Result<NoContent> {
        let before: Resource = tx.get_matching(&path.id.to_string(), header.if_match.as_str())?;
        tx.delete(&before)?;
        Ok(NoContent)
    }
}
