//! Handlers of the tag `note`.

use crate::prelude::*;
use http::StatusCode;

/// Name of the table.
const NOTE: &str = "note";

impl handlers::NoteApi for App {
    fn list_notes(
        &self,
        _cx: &rt::Cx<Self>,
        tx: &mut Self::Read,
        query: op::ListNotesQuery,
    ) -> Result<models::NoteList, Self::Error> {
        let mut notes: Vec<models::Note> = tx.list(NOTE)?;
        if let Some(text) = query.contains {
            notes.retain(|note| note.text.contains(text.as_str()));
        }
        Ok(models::NoteList { notes })
    }

    fn create_note(
        &self,
        cx: &rt::Cx<Self>,
        tx: &mut Self::Write,
        body: models::NewNote,
    ) -> Result<rt::Created<models::Note>, Self::Error> {
        let id = uuid::Uuid::new_v4();
        let note = models::Note { id: id.into(), text: body.text, created_at: cx.now() };
        tx.put(NOTE, &id.to_string(), &note)?;
        Ok(rt::Created::at(format!("/notes/{id}"), note))
    }

    fn get_note(
        &self,
        _cx: &rt::Cx<Self>,
        tx: &mut Self::Read,
        path: op::GetNotePath,
    ) -> Result<models::Note, Self::Error> {
        tx.get(NOTE, &path.id.to_string())?.ok_or_else(not_found)
    }

    fn delete_note(
        &self,
        _cx: &rt::Cx<Self>,
        tx: &mut Self::Write,
        path: op::DeleteNotePath,
    ) -> Result<rt::NoContent, Self::Error> {
        if tx.remove(NOTE, &path.id.to_string()) { Ok(rt::NoContent) } else { Err(not_found()) }
    }
}

fn not_found() -> rt::Problem {
    rt::Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such note")
}
