//! What can be wrong with a trail, in words.

use std::fmt;

/// One thing that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The record says something else than when it was sealed.
    Altered {
        /// Its number.
        seq: i64,
        /// Its id.
        id: String,
    },
    /// The record is gone.
    Missing {
        /// Its number.
        seq: i64,
        /// Its id.
        id: String,
    },
    /// The record is not as the server made it, and no seal says what it was: the code that it has is not the server's.
    Unproven {
        /// Its number.
        seq: i64,
        /// Its id.
        id: String,
    },
    /// The record was not there when its batch was sealed.
    Inserted {
        /// Its number.
        seq: i64,
        /// Its id.
        id: String,
    },
    /// The record stands in the place of another.
    Reordered {
        /// The number that it has.
        seq: i64,
        /// The number that it was sealed with.
        sealed_as: i64,
        /// Its id.
        id: String,
    },
    /// Numbers that no record has, nor had when their batch was sealed; they are given without gaps.
    Gap {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// A table of the trail, or what belongs to it, is not as the migrations made it.
    Schema {
        /// Kind and name, such as `trigger tr_audit_record_update`.
        name: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The trail could not be read to its end, and why.
    Unreadable(String),
    /// A seal is not what it was.
    Seal {
        /// Its batch.
        batch: i64,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered { seq, id } => write!(f, "record {seq} ({id}) was altered"),
            Self::Unproven { seq, id } => {
                write!(f, "record {seq} ({id}) was inserted or altered: its code is not the server's")
            }
            Self::Missing { seq, id } => write!(f, "record {seq} ({id}) is missing"),
            Self::Inserted { seq, id } => write!(f, "record {seq} ({id}) was inserted"),
            Self::Reordered { seq, sealed_as, id } => {
                write!(f, "record {seq} ({id}) was moved: it was sealed as number {sealed_as}")
            }
            Self::Gap { from, to } if from == to => write!(f, "record {from} was removed, and no seal holds it"),
            Self::Gap { from, to } => {
                write!(f, "records {from} to {to} were removed, and no seal holds them")
            }
            Self::Schema { name, what } => write!(f, "{name} {what}: the database is not as the migrations made it"),
            Self::Unreadable(why) => write!(f, "the trail cannot be read to its end: {why}"),
            Self::Seal { batch, what } => write!(f, "seal {batch} {what}"),
        }
    }
}
