//! The nearest name, for "did you mean".

/// The candidate that is fewest edits away from `name`, if it is near enough to be meant.
pub(super) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = name.len().div_ceil(3).clamp(1, 4);
    let scored = candidates.into_iter().map(|c| (edits(name, c), c));
    let near = |(n, c): &(usize, &str)| *n <= limit || name.len() > 2 && c.starts_with(name);
    scored.filter(near).min_by_key(|(n, _)| *n).map(|(_, c)| c)
}

/// Levenshtein distance, ignoring case; names beyond 64 characters are compared by their beginning.
fn edits(a: &str, b: &str) -> usize {
    let lower = |s: &str| s.chars().take(64).flat_map(char::to_lowercase).collect::<Vec<_>>();
    let (a, b) = (lower(a), lower(b));
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substitute = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{edits, nearest};

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(nearest("x-scop", ["x-scope", "x-page"]), Some("x-scope"));
        assert_eq!(nearest("operationID", ["operationId"]), Some("operationId"));
        assert_eq!(nearest("nmae", ["id", "name"]), Some("name"));
        assert_eq!(nearest("int", ["string", "integer"]), Some("integer"));
        assert_eq!(nearest("colour", ["x-scope"]), None);
    }
}
