//! Handlers of the tag `health`.

use crate::prelude::*;

impl handlers::HealthApi for App {
    fn get_health(&self) -> Result<rt::NoContent, Self::Error> {
        Ok(rt::NoContent)
    }
}
