//! Random calls on a stand-in for DynamoDB.

use std::sync::Arc;

use notewarden_dynamodb::DynamoClaims;
use notewarden_testkit::{
    MemoryClaims, MemoryNotes, SeededIds,
    fixtures::identity,
    model::{answer, note_calls},
};
use proptest::{
    prelude::*,
    test_runner::{TestError, TestRunner},
};
use tokio::runtime::Builder;

use crate::support::tables::Place;

#[test]
#[ignore = "needs a stand-in for DynamoDB; `cargo xtask test` runs it"]
fn dynamo_notes_answer_as_notes_in_memory_do() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let place = runtime.block_on(Place::new());
    let claims = DynamoClaims::beside(&place.notes);
    let ids = SeededIds::new(1);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(24));
    let run = runner.run(&note_calls(), |calls| {
        let people = [identity(&ids), identity(&ids)];
        let known = Arc::new(MemoryClaims::default());
        let model = MemoryNotes::sharing(known.clone());
        for (step, call) in calls.into_iter().enumerate() {
            let expected = runtime.block_on(answer(&model, &*known, &people, &call));
            let got = runtime.block_on(answer(&place.notes, &claims, &people, &call));
            prop_assert_eq!(got, expected, "step {}: {:?}", step, call);
        }
        Ok(())
    });
    runtime.block_on(place.close());
    match run {
        Ok(()) => {}
        Err(TestError::Fail(why, calls)) => panic!("{why}, after {calls:?}"),
        Err(error) => panic!("{error}"),
    }
}
