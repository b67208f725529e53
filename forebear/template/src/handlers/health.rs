//! Handlers of the tag `health`.

use crate::prelude::*;

impl HealthApi for App {
    fn get_health(&self) -> Result<rt::NoContent, Self::Error> {
        Ok(rt::NoContent)
    }
}
