//! The rotation of the user pool's signing keys when they have grown old.

use std::{sync::Arc, time::Duration};

use notewarden_userpool::RotateKeysError;

use crate::app::App;

/// How often the keys' age is looked at.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// Rotates the keys now and every hour if they are older than `age`, for as long as the server is there.
pub fn start(app: &Arc<App>, age: Duration) {
    let app = Arc::downgrade(app);
    tokio::spawn(async move {
        let mut hours = tokio::time::interval(EVERY);
        loop {
            hours.tick().await;
            let Some(app) = app.upgrade() else { return };
            report(app.user_pool.rotate_keys_if_older(age).await);
        }
    });
}

fn report(rotated: Result<bool, RotateKeysError>) {
    match rotated {
        Ok(true) => tracing::info!("the signing keys were old and have been rotated"),
        Ok(false) => {}
        Err(error) => tracing::error!(
            error = &error as &dyn std::error::Error,
            "the signing keys are old and could not be rotated"
        ),
    }
}
