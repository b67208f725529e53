//! The user on whose behalf a service calls, and where the user works.

use generated_server::models::{LocationRole, Membership};

/// A user whom the service's one kind of proof has shown.
#[derive(Debug, Clone)]
pub struct User {
    /// Id, as in the user resource.
    pub id: String,
    /// How the user was proven: `asserted`, `oidc` or `session`.
    pub proof: &'static str,
    /// Where the user works, and in which roles. Known once the pipeline has looked the user up.
    pub memberships: Vec<Membership>,
}

impl User {
    /// Whether the user works at a location.
    #[must_use]
    pub fn is_at(&self, location: &str) -> bool {
        self.memberships.iter().any(|m| m.location_id.as_str() == location)
    }

    /// Whether the user has another role at a location than to read.
    #[must_use]
    pub fn changes_at(&self, location: &str) -> bool {
        let changes = |m: &Membership| m.roles.iter().any(|role| *role != LocationRole::Viewer);
        self.memberships.iter().any(|m| m.location_id.as_str() == location && changes(m))
    }
}

/// The location at which the user works, as the token says; the pipeline has refused one that is not the user's own.
#[derive(Debug, Clone)]
pub struct Location(pub String);
