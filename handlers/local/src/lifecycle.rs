//! What goes when its time is over: by the bucket's lifecycle rules, and archives by their jobs. It is looked at once in
//! a while, as on AWS, not to the minute.

mod archives;

use std::{sync::Arc, time::Duration};

use notewarden_domain::Timestamp;
use notewarden_embedded::{
    Objects,
    objects::{ListItem, ListQuery, ObjectError, WriteCondition},
};
use notewarden_infra::LifecycleRule;

pub use self::archives::{Due, Overdue};
use crate::app::App;

/// How often the rules are applied.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// How many keys are looked at in one go.
const PAGE: usize = 1_000;

/// Removes what is too old, now and every hour, for as long as the server is there.
pub fn start(app: &Arc<App>) {
    let app = Arc::downgrade(app);
    tokio::spawn(async move {
        let mut hours = tokio::time::interval(EVERY);
        loop {
            hours.tick().await;
            let Some(app) = app.upgrade() else { return };
            if let Err(error) = apply(&app.bucket.lifecycle, &app.objects, app.clock.now()).await {
                tracing::error!(%error, "the bucket's lifecycle rules could not be applied");
            }
            if let Err(error) = app.overdue.settle(app.clock.now()).await {
                tracing::error!(%error, "archives whose time is over could not be settled");
            }
        }
    });
}

/// Removes what is too old by the rules.
async fn apply(
    rules: &[LifecycleRule],
    objects: &Objects,
    now: Timestamp,
) -> Result<(), ObjectError> {
    for rule in rules {
        if let Some(age) = rule.abort_uploads_after {
            objects.abort_uploads_begun_before(now.minus(age)).await?;
        }
        if let Some(age) = rule.expire_after {
            expire(&rule.prefix, objects, now.minus(age)).await?;
        }
    }
    Ok(())
}

/// Removes the objects under `prefix` that were stored before `before`, unless they are stored anew meanwhile.
async fn expire(prefix: &str, objects: &Objects, before: Timestamp) -> Result<(), ObjectError> {
    let mut after = None;
    loop {
        let query = ListQuery {
            prefix: prefix.to_owned(),
            delimiter: String::new(),
            after,
            limit: PAGE,
        };
        let page = objects.list(&query)?;
        let expired = page.items.iter().filter_map(|item| match item {
            ListItem::Object(key, head) if head.modified_at < before => {
                Some((key.clone(), WriteCondition::Matches(head.etag.clone())))
            }
            _ => None,
        });
        objects.delete_all(expired.collect()).await?;
        if !page.is_truncated {
            return Ok(());
        }
        after = page.items.last().map(|item| item.name().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wiring::{self, Settings, test_stack};

    #[tokio::test]
    async fn archives_go_after_a_day_and_files_stay() {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings::new(dir.path(), Arc::new(|_| ()));
        let app = wiring::open(settings).await.unwrap();
        for key in ["private/us-east-1:x/kept.txt", "zip/us-east-1:x/old.zip"] {
            let body = futures_util::stream::iter([Ok::<_, std::io::Error>(
                bytes::Bytes::from_static(b"x"),
            )]);
            app.objects
                .put(key, body, Default::default())
                .await
                .unwrap();
        }
        let upload = app
            .objects
            .create_upload("zip/us-east-1:x/half.zip", Default::default())
            .await
            .unwrap();
        let keys = || {
            let query = ListQuery {
                limit: 10,
                ..ListQuery::default()
            };
            let page = app.objects.list(&query).unwrap();
            page.items
                .iter()
                .map(|item| item.name().to_owned())
                .collect::<Vec<_>>()
        };

        let rules = test_stack().bucket.lifecycle;
        let hours = |hours: u64| app.clock.now().plus(Duration::from_secs(hours * 60 * 60));
        apply(&rules, &app.objects, hours(23)).await.unwrap();
        assert_eq!(keys().len(), 2);
        assert!(
            app.objects
                .upload("zip/us-east-1:x/half.zip", upload)
                .unwrap()
                .is_some()
        );

        apply(&rules, &app.objects, hours(25)).await.unwrap();
        assert_eq!(keys(), ["private/us-east-1:x/kept.txt"]);
        assert!(
            app.objects
                .upload("zip/us-east-1:x/half.zip", upload)
                .unwrap()
                .is_none()
        );
    }
}
