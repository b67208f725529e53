//! The grammar of OpenAPI 3.0.3 as data: which keys each object may hold, and the shape of each value.
//!
//! A parser with typed structs would ignore what it does not know; here an unknown key is a finding, because a misspelt
//! keyword is otherwise lost without a word.

/// An object of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Root,
    Info,
    Contact,
    License,
    Server,
    Variable,
    Tag,
    Docs,
    PathItem,
    Operation,
    Parameter,
    Body,
    Response,
    Header,
    Media,
    Example,
    Components,
    SecurityScheme,
    Flows,
    Flow,
    /// A schema in any other place than the next two.
    Schema,
    /// A schema of `components/schemas`.
    Component,
    /// A schema of `properties`.
    Property,
}

/// The shape of one value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Any,
    Text,
    Flag,
    Number,
    Count,
    Texts,
    Values,
    Scopes,
    Security,
    One(Kind),
    Many(Kind),
    Named(Kind),
    OrFlag(Kind),
    /// Valid OpenAPI that cannot be carried: why, and what to write instead.
    Refused(&'static str, &'static str),
}

mod tables;

use Kind::*;
use Shape::*;
use tables::{
    BODY, COMPONENTS, HEADER, INFO, LOST, MEDIA, OPERATION, PARAMETER, PATH_ITEM, ROOT, SAY_IT, SCHEMA, SECURITY_SCHEME,
};

type Keys = &'static [(&'static str, Shape)];

impl Kind {
    /// Whether this is a schema, wherever it stands.
    pub fn is_schema(self) -> bool {
        matches!(self, Schema | Component | Property)
    }

    /// The keys that this object may hold.
    pub fn keys(self) -> Keys {
        match self {
            Root => ROOT,
            Info => INFO,
            Contact => &[("name", Text), ("url", Text), ("email", Text)],
            License => &[("name", Text), ("url", Text)],
            Server => &[("url", Text), ("description", Text), ("variables", Named(Variable))],
            Variable => &[("enum", Texts), ("default", Text), ("description", Text)],
            Tag => &[("name", Text), ("description", Text), ("externalDocs", One(Docs))],
            Docs => &[("description", Text), ("url", Text)],
            PathItem => PATH_ITEM,
            Operation => OPERATION,
            Parameter => PARAMETER,
            Body => BODY,
            Response => &[
                ("description", Text),
                ("headers", Named(Header)),
                ("content", Named(Media)),
                ("links", Refused(LOST, SAY_IT)),
            ],
            Header => HEADER,
            Media => MEDIA,
            Example => &[("summary", Text), ("description", Text), ("value", Any), ("externalValue", Text)],
            Components => COMPONENTS,
            SecurityScheme => SECURITY_SCHEME,
            Flows => &[
                ("implicit", One(Flow)),
                ("password", One(Flow)),
                ("clientCredentials", One(Flow)),
                ("authorizationCode", One(Flow)),
            ],
            Flow => &[("authorizationUrl", Text), ("tokenUrl", Text), ("refreshUrl", Text), ("scopes", Scopes)],
            Schema | Component | Property => SCHEMA,
        }
    }

    /// The keys without which this object means nothing.
    pub fn required(self) -> &'static [&'static str] {
        match self {
            Root => &["info", "paths"],
            Info => &["title", "version"],
            License | Tag => &["name"],
            Server | Docs => &["url"],
            Variable => &["default"],
            Operation => &["responses"],
            Parameter => &["name", "in"],
            Body => &["content"],
            Response => &["description"],
            Header => &["schema"],
            SecurityScheme => &["type"],
            Flow => &["scopes"],
            _ => &[],
        }
    }

    /// The part of `components` in which this object can be shared.
    pub fn container(self) -> Option<&'static str> {
        match self {
            Schema | Component | Property => Some("schemas"),
            Parameter => Some("parameters"),
            Response => Some("responses"),
            Header => Some("headers"),
            Example => Some("examples"),
            SecurityScheme => Some("securitySchemes"),
            _ => None,
        }
    }

    /// What to call it in a message.
    pub fn noun(self) -> &'static str {
        match self {
            Root => "the document",
            Info => "`info`",
            Contact => "`contact`",
            License => "`license`",
            Server => "the server",
            Variable => "the server variable",
            Tag => "the tag",
            Docs => "`externalDocs`",
            PathItem => "the path item",
            Operation => "the operation",
            Parameter => "the parameter",
            Body => "the request body",
            Response => "the response",
            Header => "the header",
            Media => "the media type",
            Example => "the example",
            Components => "`components`",
            SecurityScheme => "the security scheme",
            Flows => "`flows`",
            Flow => "the flow",
            Schema | Component | Property => "the schema",
        }
    }
}
