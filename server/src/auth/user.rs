//! The user on whose behalf a service calls, and where the user works.

/// A user whom the service's one kind of proof has shown.
#[derive(Debug, Clone)]
pub struct User {
    /// Id, as in the user resource.
    pub id: String,
    /// How the user was proven: `asserted`, `oidc` or `session`.
    pub proof: &'static str,
    /// Ids of the locations at which the user works. Known once the pipeline has looked the user up.
    pub locations: Vec<String>,
    /// Those of them at which the user has another role than to read.
    pub changes_at: Vec<String>,
}

/// The location at which the user works, as the token says; the pipeline has refused one that is not the user's own.
#[derive(Debug, Clone)]
pub struct Location(pub String);
