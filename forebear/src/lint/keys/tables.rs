//! The longer key tables of the grammar.

use super::{Keys, Kind::*, Shape::*};

pub(super) const LOST: &str = "would be lost: Dropshot cannot express it";
pub(super) const SAY_IT: &str = "remove it, and say it in the `description`";
pub(super) const EACH_SAYS_IT: &str = "say it in the `description` of each operation";
pub(super) const IN_THE_SCHEMA: &str = "write one `example` into the schema, which is carried";
pub(super) const BODY: Keys = &[
    ("description", Text),
    ("content", Named(Media)),
    ("required", Flag),
    ("$ref", Refused("cannot be followed: a body must be written out", "write the body here, and share its schema")),
];
pub(super) const MEDIA: Keys = &[
    ("schema", One(Schema)),
    ("example", Any),
    ("examples", Named(Example)),
    ("encoding", Refused(LOST, "remove it; each part is sent as its schema says")),
];

pub(super) const ROOT: Keys = &[
    ("openapi", Text),
    ("info", One(Info)),
    ("servers", Many(Server)),
    ("paths", Named(PathItem)),
    ("components", One(Components)),
    ("security", Security),
    ("tags", Many(Tag)),
    ("externalDocs", Refused(LOST, "put the link into `info.description`")),
];
pub(super) const INFO: Keys = &[
    ("title", Text),
    ("description", Text),
    ("termsOfService", Text),
    ("contact", One(Contact)),
    ("license", One(License)),
    ("version", Text),
];
pub(super) const PATH_ITEM: Keys = &[
    ("summary", Refused(LOST, EACH_SAYS_IT)),
    ("description", Refused(LOST, EACH_SAYS_IT)),
    ("servers", Refused(LOST, "declare `servers` once, at the root")),
    ("parameters", Many(Parameter)),
    ("get", One(Operation)),
    ("put", One(Operation)),
    ("post", One(Operation)),
    ("delete", One(Operation)),
    ("options", One(Operation)),
    ("head", One(Operation)),
    ("patch", One(Operation)),
    ("trace", Refused("cannot be served: Dropshot has no TRACE", "remove the operation, or use another method")),
    (
        "$ref",
        Refused("cannot be followed: a path item must be written out", "write the operations here; share their parts"),
    ),
];
pub(super) const OPERATION: Keys = &[
    ("tags", Texts),
    ("summary", Text),
    ("description", Text),
    ("externalDocs", Refused(LOST, "put the link into the `description`")),
    ("operationId", Text),
    ("parameters", Many(Parameter)),
    ("requestBody", One(Body)),
    ("responses", Named(Response)),
    ("callbacks", Refused(LOST, SAY_IT)),
    ("deprecated", Flag),
    ("security", Security),
    ("servers", Refused(LOST, "declare `servers` once, at the root")),
];
pub(super) const PARAMETER: Keys = &[
    ("name", Text),
    ("in", Text),
    ("description", Text),
    ("required", Flag),
    ("deprecated", Refused(LOST, SAY_IT)),
    ("allowEmptyValue", Refused(LOST, "remove it; leave the parameter out instead of sending it empty")),
    ("style", Text),
    ("explode", Flag),
    ("allowReserved", Refused(LOST, "remove it; clients percent-encode the value")),
    ("schema", One(Schema)),
    ("example", Refused(LOST, IN_THE_SCHEMA)),
    ("examples", Refused(LOST, IN_THE_SCHEMA)),
    ("content", Refused("cannot be read: a parameter has a `schema`", "replace `content` by the `schema` inside it")),
];
pub(super) const HEADER: Keys = &[
    ("description", Text),
    ("required", Flag),
    ("deprecated", Refused(LOST, SAY_IT)),
    ("style", Text),
    ("explode", Flag),
    ("schema", One(Schema)),
    ("example", Refused(LOST, IN_THE_SCHEMA)),
    ("examples", Refused(LOST, IN_THE_SCHEMA)),
    ("content", Refused("cannot be read: a header has a `schema`", "replace `content` by the `schema` inside it")),
];
pub(super) const COMPONENTS: Keys = &[
    ("schemas", Named(Component)),
    ("responses", Named(Response)),
    ("parameters", Named(Parameter)),
    ("examples", Named(Example)),
    (
        "requestBodies",
        Refused("would be lost: bodies are read where they are used", "write `requestBody` in the operation"),
    ),
    ("headers", Named(Header)),
    ("securitySchemes", Named(SecurityScheme)),
    ("links", Refused(LOST, SAY_IT)),
    ("callbacks", Refused(LOST, SAY_IT)),
];
pub(super) const SECURITY_SCHEME: Keys = &[
    ("type", Text),
    ("description", Text),
    ("name", Text),
    ("in", Text),
    ("scheme", Text),
    ("bearerFormat", Text),
    ("flows", One(Flows)),
    ("openIdConnectUrl", Text),
];
pub(super) const SCHEMA: Keys = &[
    ("title", Text),
    ("description", Text),
    ("type", Any),
    ("enum", Values),
    ("format", Text),
    ("pattern", Text),
    ("minLength", Count),
    ("maxLength", Count),
    ("minimum", Number),
    ("maximum", Number),
    ("exclusiveMinimum", Flag),
    ("exclusiveMaximum", Flag),
    ("multipleOf", Number),
    ("items", One(Schema)),
    ("minItems", Count),
    ("maxItems", Count),
    ("uniqueItems", Flag),
    ("properties", Named(Property)),
    ("additionalProperties", OrFlag(Schema)),
    ("required", Texts),
    ("minProperties", Count),
    ("maxProperties", Count),
    ("allOf", Many(Schema)),
    ("oneOf", Many(Schema)),
    ("anyOf", Many(Schema)),
    ("not", One(Schema)),
    ("nullable", Flag),
    ("readOnly", Flag),
    ("writeOnly", Flag),
    ("deprecated", Flag),
    ("default", Any),
    ("example", Any),
    ("discriminator", Refused(LOST, "remove it, and give each alternative a property with a one-value `enum`")),
    ("externalDocs", Refused(LOST, "put the link into the `description`")),
    ("xml", Refused(LOST, "remove it; bodies are JSON")),
];
