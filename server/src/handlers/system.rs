//! What needs no caller: health, readiness, the document.

use super::prelude::*;
use forebear_runtime::Api;
use generated_server::Document;

impl SystemApi for App {
    fn get_healthz(&self) -> Result<Health> {
        Ok(Health { status: HealthStatus::Ok })
    }

    fn get_readyz(&self) -> Result<Readiness> {
        self.ready().map(|()| Readiness { status: ReadinessStatus::Ready, relay: self.relay_lag() })
    }

    fn get_openapi(&self) -> Result<OpenApiDocument> {
        let document = Document::contract().document().as_object().cloned().unwrap_or_default();
        Ok(OpenApiDocument(document))
    }
}
