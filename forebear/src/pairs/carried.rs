//! Whether the types say all that their schemas say.

use super::{Group, Node, Pairs, Part, parts::is_silent};
use serde_json::{Map, Value};

impl Pairs<'_> {
    /// A type whose schema, or that of one of its variants, is not known, or that holds a type which says less than the schema there:
    /// nothing would hold it to the document.
    pub(crate) fn unmatched(&self) -> Option<&str> {
        self.names().find(|name| {
            let part = |part: &Part<'_>| self.is_carried(part.ty, &part.schema);
            let group = |group: &Group<'_>| is_known(group) && group.parts.iter().all(part);
            !self.schemas.contains_key(*name) || !self.groups(name).iter().all(group)
        })
    }

    fn is_carried(&self, ty: &syn::Type, schema: &Value) -> bool {
        match self.node(ty, schema) {
            Node::Optional(inner, schema) | Node::Nullable(inner, schema) | Node::Boxed(inner, schema) => {
                self.is_carried(inner, &schema)
            }
            Node::List(item, shape) => self.is_carried(item, shape.word("items")),
            Node::Map(value, shape) => self.is_carried(value, &shape.other_members()),
            Node::Local(name, schema) => self.says(&schema) == self.says(self.schema(&name)),
            Node::Plain(_) => true,
        }
    }

    /// What a schema says about values, and how many unions it has. A union of one is what it is of.
    fn says(&self, schema: &Value) -> (Map<String, Value>, usize) {
        let mut shape = self.shape(schema);
        if let [union] = shape.unions.as_slice()
            && let [only] = union.alternatives.as_slice()
        {
            shape = self.shape(only);
        }
        shape.words.retain(|key, _| !is_silent(key));
        (shape.words, shape.unions.len())
    }
}

fn is_known(group: &Group<'_>) -> bool {
    let has_content = group.variant.is_some_and(|v| !v.fields.is_empty());
    !has_content || group.alternative.is_object()
}
