//! `If-Match`: the versions that a change may build on (RFC 9110, section 13.1.1).

/// What an `If-Match` header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch<'a> {
    /// `*`: whatever is there.
    Any,
    /// One of these. A weak tag is none of them: the comparison is a strong one, in which it equals nothing.
    Tags(Vec<&'a str>),
}

impl<'a> IfMatch<'a> {
    /// Reads `*` or a list of entity tags; `None` when it is neither.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        if trimmed(text) == "*" {
            return Some(Self::Any);
        }
        let (mut tags, mut rest, mut any) = (vec![], skipped(text), false);
        while !rest.is_empty() {
            let (tag, is_weak, after) = first(rest)?;
            if !is_weak {
                tags.push(tag);
            }
            any = true;
            let after = after.trim_start_matches(BLANK);
            if !after.is_empty() && !after.starts_with(',') {
                return None;
            }
            rest = skipped(after);
        }
        any.then_some(Self::Tags(tags))
    }

    /// Whether the strong entity tag, with its quotation marks, is one of them.
    #[must_use]
    pub fn takes(&self, own: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.contains(&own),
        }
    }
}

const BLANK: [char; 2] = [' ', '\t'];

fn trimmed(text: &str) -> &str {
    text.trim_matches(BLANK)
}

/// Elements of a list may be empty (RFC 9110, section 5.6.1).
fn skipped(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', ','])
}

/// The entity tag at the start, whether it is weak, and what follows.
fn first(text: &str) -> Option<(&str, bool, &str)> {
    let strong = text.strip_prefix("W/").unwrap_or(text);
    let opaque = strong.strip_prefix('"')?;
    let end = opaque.find('"')?;
    let visible = opaque[..end].bytes().all(|b| b.is_ascii_graphic());
    visible.then(|| (&strong[..end + 2], strong.len() != text.len(), &opaque[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::IfMatch;

    #[test]
    fn strong_tags_are_compared_and_others_are_not() {
        for (text, takes) in [
            ("*", Some(true)),
            (" * ", Some(true)),
            ("\"1\"", Some(true)),
            ("\"2\"", Some(false)),
            ("W/\"1\"", Some(false)),
            ("w/\"1\"", None),
            ("W/\"1\", \"1\"", Some(true)),
            ("\"2\",\"1\"", Some(true)),
            (", \"2\" ,, \"1\" ,", Some(true)),
            ("\"2,\" , \"1\"", Some(true)),
            ("\"2\", *", None),
            ("*, \"1\"", None),
            ("\"2\" \"1\"", None),
            ("\"2\"\"1\"", None),
            ("1", None),
            ("\"1", None),
            ("\"1\"x", None),
            ("\"a b\"", None),
            ("", None),
            (" ,", None),
        ] {
            assert_eq!(IfMatch::parse(text).map(|given| given.takes("\"1\"")), takes, "{text:?}");
        }
    }
}
