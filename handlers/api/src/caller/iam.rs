//! The way in by a signature with an identity's credentials.

use notewarden_domain::Caller;

use crate::IamAuthorizer;

/// Whose credentials signed.
///
/// # Errors
/// Why they are nobody's who owns anything here.
pub(super) fn caller(iam: &IamAuthorizer) -> Result<Caller, &'static str> {
    let not_of_an_identity = "the credentials are not those of an identity";
    let identity = iam.cognito_identity.as_ref().ok_or(not_of_an_identity)?;
    let is_guest = |method: &String| method == "unauthenticated";
    if identity.amr.iter().any(is_guest) {
        return Err("guests have no notes");
    }
    let id = identity.identity_id.parse();
    id.map(Caller::signed_in).map_err(|_| not_of_an_identity)
}
