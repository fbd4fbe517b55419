//! What is read, always from one partition and strongly consistent: who has written sees what was written, a version
//! that is read is one that a change can expect, and no file is removed because the note that names it is not seen yet.

use aws_sdk_dynamodb::types::Select;
use notewarden_aws::store_error;
use notewarden_domain::{
    FileName, IdentityId, Note, NoteId, StoreError,
    ports::{NotePage, NoteQuery, Order},
};
use uuid::Uuid;

use super::{
    DynamoNotes,
    item::{self, State},
    references,
};
use crate::{
    attributes::text,
    database::{at_most, next_page},
};

impl DynamoNotes {
    pub(super) async fn read_note(
        &self,
        owner: &IdentityId,
        id: NoteId,
    ) -> Result<Option<Note>, StoreError> {
        let stored = self
            .database
            .read(&self.database.tables.notes, item::key(owner, id), None);
        let note = stored.await?.map(|stored| item::decode(owner, id, stored));
        note.transpose()
    }

    pub(super) async fn read_state(
        &self,
        owner: &IdentityId,
        id: NoteId,
    ) -> Result<Option<State>, StoreError> {
        let only = format!("{}, {}", item::VERSION, item::ATTACHMENTS);
        let stored = self.database.read(
            &self.database.tables.notes,
            item::key(owner, id),
            Some(only),
        );
        let state = stored
            .await?
            .map(|stored| item::decode_state(owner, id, stored));
        state.transpose()
    }

    pub(super) async fn read_page(
        &self,
        owner: &IdentityId,
        query: &NoteQuery,
    ) -> Result<NotePage, StoreError> {
        let mut page = NotePage::default();
        let Some((first, last)) = range(query) else {
            return Ok(page);
        };
        let notes = &self.database.tables.notes;
        let limit = query.limit.max(1);
        let mut bytes = 0;
        let mut behind = None;
        loop {
            // One more than there is room for tells whether there are more.
            let room = if is_full(&page, bytes, query) {
                0
            } else {
                limit.saturating_sub(page.notes.len())
            };
            let request = self
                .database
                .query(
                    notes,
                    owner,
                    "userId = :owner AND noteId BETWEEN :first AND :last",
                )
                .expression_attribute_values(":first", text(first.to_string()))
                .expression_attribute_values(":last", text(last.to_string()))
                .scan_index_forward(query.order == Order::Oldest)
                .limit(at_most(room.saturating_add(1)))
                .set_exclusive_start_key(behind);
            let found = next_page(request).await?;
            for stored in found.items {
                if is_full(&page, bytes, query) {
                    page.more = true;
                    return Ok(page);
                }
                let note = item::decode_found(owner, stored)?;
                bytes += note.payload_bytes();
                page.notes.push(note);
            }
            if found.last.is_none() {
                return Ok(page);
            }
            behind = found.last;
        }
    }

    /// DynamoDB counts, and answers with a number for each megabyte. It reads the notes for it, and that is what it
    /// costs: a counter beside them would make every note dearer, and notes of one person at once get in each other's way.
    pub(super) async fn count_notes(&self, owner: &IdentityId) -> Result<u64, StoreError> {
        let notes = &self.database.tables.notes;
        let mut count = 0;
        let mut behind = None;
        loop {
            let request = self
                .database
                .query(
                    notes,
                    owner,
                    "userId = :owner AND noteId BETWEEN :first AND :last",
                )
                .expression_attribute_values(":first", text(Uuid::nil().to_string()))
                .expression_attribute_values(":last", text(Uuid::max().to_string()))
                .select(Select::Count)
                .set_exclusive_start_key(behind);
            let answer = request.send().await;
            let answer = answer.map_err(|error| store_error("Query", &error))?;
            count += u64::try_from(answer.count).unwrap_or_default();
            behind = answer.last_evaluated_key.filter(|key| !key.is_empty());
            if behind.is_none() {
                return Ok(count);
            }
        }
    }

    pub(super) async fn read_references(
        &self,
        owner: &IdentityId,
        file: &FileName,
        limit: usize,
    ) -> Result<Vec<NoteId>, StoreError> {
        let notes = &self.database.tables.notes;
        let mut ids = Vec::new();
        let mut behind = None;
        while ids.len() < limit {
            let request = self
                .database
                .query(
                    notes,
                    owner,
                    "userId = :owner AND begins_with(noteId, :file)",
                )
                .expression_attribute_values(":file", text(references::prefix(file)))
                .limit(at_most(limit - ids.len()))
                .set_exclusive_start_key(behind);
            let found = next_page(request).await?;
            for reference in found.items {
                let what = || format!("reference to `{file}` of `{owner}`");
                let id = references::note_id(file, reference);
                ids.push(id.map_err(|cause| StoreError::corrupt(what(), cause))?);
            }
            if found.last.is_none() {
                break;
            }
            behind = found.last;
        }
        Ok(ids)
    }
}

fn is_full(page: &NotePage, bytes: usize, query: &NoteQuery) -> bool {
    !page.notes.is_empty() && (page.notes.len() >= query.limit || bytes >= query.max_bytes)
}

/// The first and the last id that the query may find, the earliest first; `None` if there can be none.
fn range(query: &NoteQuery) -> Option<(NoteId, NoteId)> {
    let (mut first, mut last) = (u128::MIN, u128::MAX);
    if let Some(after) = query.after {
        let after = after.as_uuid().as_u128();
        match query.order {
            Order::Oldest => first = after.checked_add(1)?,
            Order::Newest => last = after.checked_sub(1)?,
        }
    }
    let id = |number| NoteId::new(Uuid::from_u128(number));
    Some((id(first), id(last)))
}
