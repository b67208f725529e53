//! Which schema each type stands for that typify wrote, also those that have no name in the document.
//!
//! Types and schemas are walked side by side from the components: field by property, variant by alternative, item by `items`. The
//! emitters ask here instead of guessing typify's rules a second time.

mod attributes;
mod carried;
mod parts;

pub(crate) use attributes::{Tagging, serde, tagging};
pub(crate) use parts::{Group, Part, name};

use crate::{
    api::{bare, ref_name},
    proof::{Direction, Shape, World},
    rust,
    types::argument,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A lowered document, the types of it and which schema each stands for.
pub(crate) struct Pairs<'a> {
    low: &'a Value,
    items: BTreeMap<String, &'a syn::Item>,
    schemas: BTreeMap<String, Value>,
}

/// What a type is made of, with the schema that belongs to it.
pub(crate) enum Node<'t> {
    /// `Option`.
    Optional(&'t syn::Type, Value),
    /// A member that is absent, `null` or a value.
    Nullable(&'t syn::Type, Value),
    Boxed(&'t syn::Type, Value),
    List(&'t syn::Type, Shape),
    Map(&'t syn::Type, Shape),
    /// A type of the models crate.
    Local(String, Value),
    /// A type of another crate.
    Plain(Shape),
}

impl<'a> Pairs<'a> {
    /// Walks a file and its document.
    pub(crate) fn of(file: &'a syn::File, low: &'a Value) -> Self {
        let items = file.items.iter().filter_map(|item| match item {
            syn::Item::Struct(s) => Some((s.ident.to_string(), item)),
            syn::Item::Enum(e) => Some((e.ident.to_string(), item)),
            _ => None,
        });
        let mut pairs = Self { low, items: items.collect(), schemas: BTreeMap::new() };
        for (name, schema) in low["components"]["schemas"].as_object().into_iter().flatten() {
            let name = rust::pascal(name).to_string();
            if pairs.items.contains_key(&name) {
                pairs.schemas.insert(name, schema.clone());
            }
        }
        let mut open: Vec<String> = pairs.schemas.keys().cloned().collect();
        while let Some(name) = open.pop() {
            for (inner, schema) in pairs.inside(&name) {
                if !pairs.schemas.contains_key(&inner) {
                    pairs.schemas.insert(inner.clone(), schema);
                    open.push(inner);
                }
            }
        }
        pairs
    }

    /// Every type of the file, in order of names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.items.keys().map(String::as_str)
    }

    /// The schema of a type; `null` for one that no component reaches.
    pub(crate) fn schema(&self, name: &str) -> &Value {
        self.schemas.get(name).unwrap_or(&Value::Null)
    }

    /// The values inside a type: of a struct one group, of an enum one for each variant.
    pub(crate) fn groups(&self, name: &str) -> Vec<Group<'a>> {
        let schema = self.schema(name);
        self.items.get(name).map(|item| parts::groups(self, item, schema)).unwrap_or_default()
    }

    pub(crate) fn shape(&self, schema: &Value) -> Shape {
        Shape::of(World { document: self.low, direction: Direction::Response }, schema)
    }

    /// Whether a value of the schema may be `null`.
    pub(crate) fn takes_null(&self, schema: &Value) -> bool {
        let world = World { document: self.low, direction: Direction::Response };
        self.shape(schema).branches(world).iter().any(|branch| branch.nullable || branch.word("enum") == &json!([null]))
    }

    /// Takes one layer off a type and its schema.
    pub(crate) fn node<'t>(&self, ty: &'t syn::Type, schema: &Value) -> Node<'t> {
        if let Some(inner) = argument(ty, "Option") {
            return Node::Optional(inner, self.without_null(inner, schema));
        }
        if let Some(inner) = argument(ty, "Nullable") {
            return Node::Nullable(inner, self.without_null(inner, schema));
        }
        if let Some(inner) = argument(ty, "Box") {
            return Node::Boxed(inner, schema.clone());
        }
        if let Some(name) = local(ty).filter(|n| self.items.contains_key(n)) {
            return Node::Local(name, schema.clone());
        }
        let shape = self.shape(schema);
        match ty {
            syn::Type::Array(array) => Node::List(&array.elem, shape),
            _ => match (argument(ty, "Vec"), argument(ty, "BTreeMap").or_else(|| argument(ty, "Map"))) {
                (Some(item), _) => Node::List(item, shape),
                (_, Some(value)) => Node::Map(value, shape),
                _ => Node::Plain(shape),
            },
        }
    }

    /// The one alternative beside `null`, unless `ty` stands for both.
    fn without_null(&self, ty: &syn::Type, schema: &Value) -> Value {
        let named = ref_name(schema).map(|name| rust::pascal(name).to_string());
        let shape = self.shape(schema);
        let [union] = shape.unions.as_slice() else { return schema.clone() };
        let (null, others): (Vec<&Value>, Vec<&Value>) = union.alternatives.iter().partition(|s| is_null(s));
        match others.as_slice() {
            [only] if !null.is_empty() && (named.is_none() || local(ty) != named) => (*only).clone(),
            _ => schema.clone(),
        }
    }

    /// Types without a name of their own inside a type, with their schemas.
    fn inside(&self, name: &str) -> Vec<(String, Value)> {
        let mut found = vec![];
        for group in self.groups(name) {
            for part in &group.parts {
                self.collect(part.ty, &part.schema, &mut found);
            }
        }
        found
    }

    fn collect(&self, ty: &syn::Type, schema: &Value, found: &mut Vec<(String, Value)>) {
        match self.node(ty, schema) {
            Node::Optional(inner, schema) | Node::Nullable(inner, schema) | Node::Boxed(inner, schema) => {
                self.collect(inner, &schema, found);
            }
            Node::List(item, shape) => self.collect(item, shape.word("items"), found),
            Node::Map(value, shape) => self.collect(value, &shape.other_members(), found),
            Node::Local(name, schema) if ref_name(&schema).is_none() => found.push((name, bare(&schema).clone())),
            Node::Local(..) | Node::Plain(_) => {}
        }
    }
}

/// Whether only `null` fits.
fn is_null(schema: &Value) -> bool {
    schema["enum"] == json!([null])
}

/// A type without a path.
fn local(ty: &syn::Type) -> Option<String> {
    let syn::Type::Path(path) = ty else { return None };
    path.path.get_ident().map(ToString::to_string)
}
