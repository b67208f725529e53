//! Patterns of the document. Most are plain: ASCII classes, groups and counts between `^` and `$`. Those are matched here, one step
//! per byte with all alternatives at once (Glushkov's automaton, its states as bits), in a tenth of the time that a backtracking
//! engine takes. The rest goes to that engine.

/// A compiled pattern.
pub(crate) enum Pattern {
    Plain(Box<Automaton>),
    Any(regress::Regex),
}

impl Pattern {
    /// Compiles a pattern of ECMA-262.
    pub(crate) fn new(text: &str) -> Result<Self, regress::Error> {
        match Automaton::new(text) {
            Some(automaton) => Ok(Self::Plain(Box::new(automaton))),
            None => regress::Regex::new(text).map(Self::Any),
        }
    }

    /// Something if the pattern is in the text.
    pub(crate) fn find(&self, text: &str) -> Option<()> {
        match self {
            Self::Plain(automaton) => automaton.takes(text.as_bytes()).then_some(()),
            Self::Any(regex) => regex.find(text).map(drop),
        }
    }
}

/// One bit per position: a place of the pattern that takes one byte.
type Positions = u128;

/// The automaton of a whole-text pattern.
pub(crate) struct Automaton {
    /// Positions that take this byte.
    takes: [Positions; 256],
    /// Positions that may come after this one.
    follow: Vec<Positions>,
    whole: Part,
}

/// A part of a pattern: where it begins, where it ends, and whether it may be empty.
#[derive(Clone, Copy)]
struct Part {
    first: Positions,
    last: Positions,
    empty: bool,
}

const NOTHING: Part = Part { first: 0, last: 0, empty: true };

enum Node {
    Class(Vec<u8>),
    Sequence(Vec<Node>),
    Either(Vec<Node>),
    Repeat(Box<Node>, usize, Option<usize>),
}

impl Automaton {
    fn new(text: &str) -> Option<Self> {
        let inner = text.strip_prefix('^')?.strip_suffix('$')?;
        let mut parser = Parser { left: inner.as_bytes() };
        let node = parser.sequence()?;
        if !parser.left.is_empty() {
            return None;
        }
        let mut automaton = Self { takes: [0; 256], follow: vec![], whole: NOTHING };
        automaton.whole = automaton.add(&node)?;
        Some(automaton)
    }

    fn takes(&self, text: &[u8]) -> bool {
        let Some((head, rest)) = text.split_first() else { return self.whole.empty };
        let mut at = self.whole.first & self.takes[usize::from(*head)];
        for byte in rest {
            let mut next = 0;
            while at != 0 {
                next |= self.follow[at.trailing_zeros() as usize];
                at &= at - 1;
            }
            at = next & self.takes[usize::from(*byte)];
        }
        at & self.whole.last != 0
    }

    fn add(&mut self, node: &Node) -> Option<Part> {
        match node {
            Node::Class(bytes) => {
                let index = self.follow.len();
                let bit: Positions = 1_u128.checked_shl(index as u32)?;
                bytes.iter().for_each(|b| self.takes[usize::from(*b)] |= bit);
                self.follow.push(0);
                Some(Part { first: bit, last: bit, empty: false })
            }
            Node::Sequence(nodes) => {
                let mut whole = NOTHING;
                for node in nodes {
                    let part = self.add(node)?;
                    whole = self.join(whole, part);
                }
                Some(whole)
            }
            Node::Either(nodes) => {
                let mut whole = Part { empty: false, ..NOTHING };
                for node in nodes {
                    let Part { first, last, empty } = self.add(node)?;
                    whole = Part { first: whole.first | first, last: whole.last | last, empty: whole.empty | empty };
                }
                Some(whole)
            }
            Node::Repeat(node, least, most) => self.repeat(node, *least, *most),
        }
    }

    /// `least` copies one after the other, then as many more as there may be: each only after the one before it.
    fn repeat(&mut self, node: &Node, least: usize, most: Option<usize>) -> Option<Part> {
        let mut whole = NOTHING;
        for _ in 0..least {
            let part = self.add(node)?;
            whole = self.join(whole, part);
        }
        let Some(most) = most else {
            let part = self.add(node)?;
            self.link(part.last, part.first);
            return Some(self.join(whole, Part { empty: true, ..part }));
        };
        let mut tail = NOTHING;
        let mut before = 0;
        for _ in least..most {
            let part = self.add(node)?;
            if before == 0 {
                tail.first = part.first;
            }
            self.link(before, part.first);
            tail.last |= part.last;
            before = part.last;
        }
        Some(self.join(whole, tail))
    }

    fn join(&mut self, a: Part, b: Part) -> Part {
        self.link(a.last, b.first);
        let (first, last) = (if a.empty { b.first } else { 0 }, if b.empty { a.last } else { 0 });
        Part { first: a.first | first, last: b.last | last, empty: a.empty && b.empty }
    }

    fn link(&mut self, from: Positions, to: Positions) {
        for (index, follow) in self.follow.iter_mut().enumerate() {
            if from >> index & 1 == 1 {
                *follow |= to;
            }
        }
    }
}

/// Reads the plain part of the grammar; `None` for all else.
struct Parser<'a> {
    left: &'a [u8],
}

impl Parser<'_> {
    fn take(&mut self, byte: u8) -> bool {
        let found = self.left.first() == Some(&byte);
        self.left = &self.left[usize::from(found)..];
        found
    }

    fn next(&mut self) -> Option<u8> {
        let (head, rest) = self.left.split_first()?;
        self.left = rest;
        head.is_ascii().then_some(*head)
    }

    fn sequence(&mut self) -> Option<Node> {
        let mut nodes = vec![];
        while !matches!(self.left.first(), None | Some(b'|' | b')')) {
            let atom = self.atom()?;
            nodes.push(self.counted(atom)?);
        }
        Some(Node::Sequence(nodes))
    }

    fn atom(&mut self) -> Option<Node> {
        match self.next()? {
            b'(' => {
                if self.take(b'?') && !self.take(b':') {
                    return None;
                }
                let mut nodes = vec![self.sequence()?];
                while self.take(b'|') {
                    nodes.push(self.sequence()?);
                }
                self.take(b')').then_some(Node::Either(nodes))
            }
            b'[' => self.class(),
            b'\\' => self.escaped().map(Node::Class),
            b'.' | b'^' | b'$' | b'*' | b'+' | b'?' | b'{' | b'}' | b']' => None,
            literal => Some(Node::Class(vec![literal])),
        }
    }

    fn escaped(&mut self) -> Option<Vec<u8>> {
        match self.next()? {
            b'd' => Some((b'0'..=b'9').collect()),
            mark if mark.is_ascii_punctuation() && mark != b'_' => Some(vec![mark]),
            _ => None,
        }
    }

    fn class(&mut self) -> Option<Node> {
        let mut bytes = vec![];
        if self.left.first() == Some(&b'^') {
            return None;
        }
        while !self.take(b']') {
            let from = self.member()?;
            let is_range = self.left.first() == Some(&b'-') && self.left.get(1).is_some_and(|b| *b != b']');
            if !is_range {
                bytes.extend(from);
                continue;
            }
            self.take(b'-');
            let to = self.member()?;
            let ([from], [to]) = (from.as_slice(), to.as_slice()) else { return None };
            if from > to {
                return None;
            }
            bytes.extend(*from..=*to);
        }
        Some(Node::Class(bytes))
    }

    fn member(&mut self) -> Option<Vec<u8>> {
        match self.next()? {
            b'\\' => self.escaped(),
            byte => Some(vec![byte]),
        }
    }

    fn counted(&mut self, atom: Node) -> Option<Node> {
        let (least, most) = match self.left.first() {
            Some(b'?') => (0, Some(1)),
            Some(b'*') => (0, None),
            Some(b'+') => (1, None),
            Some(b'{') => {
                let end = self.left.iter().position(|b| *b == b'}')?;
                let text = std::str::from_utf8(&self.left[1..end]).ok()?;
                self.left = &self.left[end..];
                match text.split_once(',') {
                    None => (number(text)?, Some(number(text)?)),
                    Some((least, "")) => (number(least)?, None),
                    Some((least, most)) => (number(least)?, Some(number(most)?)),
                }
            }
            _ => return Some(atom),
        };
        self.left = &self.left[1..];
        let lazy_or_again = matches!(self.left.first(), Some(b'?' | b'*' | b'+' | b'{'));
        if lazy_or_again || most.is_some_and(|m| m < least) {
            return None;
        }
        Some(Node::Repeat(Box::new(atom), least, most))
    }
}

fn number(text: &str) -> Option<usize> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?.filter(|n| *n <= 128)
}
