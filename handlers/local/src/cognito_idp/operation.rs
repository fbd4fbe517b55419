//! The operations of the User Pool: who may call each, and what becomes of it.

use std::pin::Pin;

use notewarden_userpool::UserPool;
use serde_json::Value;

use super::{
    admin_add_user_to_group, admin_confirm_sign_up, admin_create_user, admin_delete_user,
    admin_delete_user_attributes, admin_disable_user, admin_enable_user, admin_get_user,
    admin_initiate_auth, admin_list_groups_for_user, admin_remove_user_from_group,
    admin_reset_user_password, admin_respond_to_auth_challenge, admin_set_user_mfa_preference,
    admin_set_user_password, admin_update_user_attributes, admin_user_global_sign_out,
    associate_software_token, change_password, confirm_forgot_password, confirm_sign_up,
    create_group, delete_group, delete_user, delete_user_attributes, forgot_password, get_group,
    get_tokens_from_refresh_token, get_user, get_user_attribute_verification_code,
    get_user_auth_factors, global_sign_out, initiate_auth, list_groups, list_users,
    list_users_in_group, resend_confirmation_code, respond_to_auth_challenge, revoke_token,
    set_user_mfa_preference, sign_up, update_group, update_user_attributes, verify_software_token,
    verify_user_attribute,
};
use crate::{
    json_protocol::{self, Exception, operation::WayIn, parse, to_json},
    operations::Listed,
    wire::WireRequest,
};

/// An operation of the User Pool.
pub type Operation = json_protocol::operation::Operation<Support>;

/// What becomes of an operation.
#[derive(Clone, Copy)]
pub enum Support {
    /// It is served by this.
    Served(Handler),
    /// It is refused, because of this.
    Refused(&'static str),
}

/// Reads a request, does what it asks, and answers.
pub type Handler = for<'a> fn(&'a UserPool, &'a WireRequest) -> Answer<'a>;
/// An answer on its way.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Value, Exception>> + Send + 'a>>;

/// What serves an operation: the module of its name.
macro_rules! served {
    ($module:ident) => {
        Support::Served(|pool, request| {
            Box::pin(async move { to_json($module::handle(pool, parse(request)?).await?) })
        })
    };
}

/// Every operation that is served, in the order of the service's API reference.
const SERVED: &[Operation] = &[
    Operation::permitted("AdminAddUserToGroup", served!(admin_add_user_to_group)),
    Operation::permitted("AdminConfirmSignUp", served!(admin_confirm_sign_up)),
    Operation::permitted("AdminCreateUser", served!(admin_create_user)),
    Operation::permitted("AdminDeleteUser", served!(admin_delete_user)),
    Operation::permitted(
        "AdminDeleteUserAttributes",
        served!(admin_delete_user_attributes),
    ),
    Operation::permitted("AdminDisableUser", served!(admin_disable_user)),
    Operation::permitted("AdminEnableUser", served!(admin_enable_user)),
    Operation::permitted("AdminGetUser", served!(admin_get_user)),
    Operation::permitted("AdminInitiateAuth", served!(admin_initiate_auth)),
    Operation::permitted(
        "AdminListGroupsForUser",
        served!(admin_list_groups_for_user),
    ),
    Operation::permitted(
        "AdminRemoveUserFromGroup",
        served!(admin_remove_user_from_group),
    ),
    Operation::permitted("AdminResetUserPassword", served!(admin_reset_user_password)),
    Operation::permitted(
        "AdminRespondToAuthChallenge",
        served!(admin_respond_to_auth_challenge),
    ),
    Operation::permitted(
        "AdminSetUserMFAPreference",
        served!(admin_set_user_mfa_preference),
    ),
    Operation::permitted("AdminSetUserPassword", served!(admin_set_user_password)),
    Operation::permitted(
        "AdminUpdateUserAttributes",
        served!(admin_update_user_attributes),
    ),
    Operation::permitted(
        "AdminUserGlobalSignOut",
        served!(admin_user_global_sign_out),
    ),
    Operation::open("AssociateSoftwareToken", served!(associate_software_token)),
    Operation::with_token("ChangePassword", served!(change_password)),
    Operation::open("ConfirmForgotPassword", served!(confirm_forgot_password)),
    Operation::open("ConfirmSignUp", served!(confirm_sign_up)),
    Operation::permitted("CreateGroup", served!(create_group)),
    Operation::permitted("DeleteGroup", served!(delete_group)),
    Operation::with_token("DeleteUser", served!(delete_user)),
    Operation::with_token("DeleteUserAttributes", served!(delete_user_attributes)),
    Operation::open("ForgotPassword", served!(forgot_password)),
    Operation::permitted("GetGroup", served!(get_group)),
    Operation::open(
        "GetTokensFromRefreshToken",
        served!(get_tokens_from_refresh_token),
    ),
    Operation::with_token("GetUser", served!(get_user)),
    Operation::with_token(
        "GetUserAttributeVerificationCode",
        served!(get_user_attribute_verification_code),
    ),
    Operation::with_token("GetUserAuthFactors", served!(get_user_auth_factors)),
    Operation::with_token("GlobalSignOut", served!(global_sign_out)),
    Operation::open("InitiateAuth", served!(initiate_auth)),
    Operation::permitted("ListGroups", served!(list_groups)),
    Operation::permitted("ListUsers", served!(list_users)),
    Operation::permitted("ListUsersInGroup", served!(list_users_in_group)),
    Operation::open("ResendConfirmationCode", served!(resend_confirmation_code)),
    Operation::open("RespondToAuthChallenge", served!(respond_to_auth_challenge)),
    Operation::open("RevokeToken", served!(revoke_token)),
    Operation::with_token("SetUserMFAPreference", served!(set_user_mfa_preference)),
    Operation::open("SignUp", served!(sign_up)),
    Operation::permitted("UpdateGroup", served!(update_group)),
    Operation::with_token("UpdateUserAttributes", served!(update_user_attributes)),
    Operation::open("VerifySoftwareToken", served!(verify_software_token)),
    Operation::with_token("VerifyUserAttribute", served!(verify_user_attribute)),
];

/// The operations that are served to whoever is permitted them.
pub fn permitted_and_served() -> impl Iterator<Item = &'static str> {
    let is_permitted = |operation: &&Operation| operation.way_in == WayIn::Permitted;
    SERVED
        .iter()
        .filter(is_permitted)
        .map(|operation| operation.name)
}

/// Operations that share the reason why they are refused.
struct Refused {
    reason: &'static str,
    way_in: WayIn,
    names: &'static [&'static str],
}

const REFUSED: &[Refused] = &[
    Refused {
        reason: "user pools, their clients and their settings are described in the template, and the local \
                 server follows it",
        way_in: WayIn::Permitted,
        names: &[
            "AddCustomAttributes",
            "AddUserPoolClientSecret",
            "CreateIdentityProvider",
            "CreateResourceServer",
            "CreateUserPool",
            "CreateUserPoolClient",
            "CreateUserPoolDomain",
            "DeleteIdentityProvider",
            "DeleteResourceServer",
            "DeleteUserPool",
            "DeleteUserPoolClient",
            "DeleteUserPoolClientSecret",
            "DeleteUserPoolDomain",
            "DescribeIdentityProvider",
            "DescribeResourceServer",
            "DescribeRiskConfiguration",
            "DescribeUserPool",
            "DescribeUserPoolClient",
            "DescribeUserPoolDomain",
            "GetIdentityProviderByIdentifier",
            "GetLogDeliveryConfiguration",
            "GetSigningCertificate",
            "GetUserPoolMfaConfig",
            "ListIdentityProviders",
            "ListResourceServers",
            "ListTagsForResource",
            "ListUserPoolClientSecrets",
            "ListUserPoolClients",
            "ListUserPools",
            "SetLogDeliveryConfiguration",
            "SetRiskConfiguration",
            "SetUserPoolMfaConfig",
            "TagResource",
            "UntagResource",
            "UpdateIdentityProvider",
            "UpdateResourceServer",
            "UpdateUserPool",
            "UpdateUserPoolClient",
            "UpdateUserPoolDomain",
        ],
    },
    Refused {
        reason: "there are no hosted pages",
        way_in: WayIn::Permitted,
        names: &[
            "CreateManagedLoginBranding",
            "CreateTerms",
            "DeleteManagedLoginBranding",
            "DeleteTerms",
            "DescribeManagedLoginBranding",
            "DescribeManagedLoginBrandingByClient",
            "DescribeTerms",
            "GetUICustomization",
            "ListTerms",
            "SetUICustomization",
            "UpdateManagedLoginBranding",
            "UpdateTerms",
        ],
    },
    Refused {
        reason: "users are not imported from files",
        way_in: WayIn::Permitted,
        names: &[
            "CreateUserImportJob",
            "DescribeUserImportJob",
            "GetCSVHeader",
            "ListUserImportJobs",
            "StartUserImportJob",
            "StopUserImportJob",
        ],
    },
    Refused {
        reason: "devices are not remembered",
        way_in: WayIn::Permitted,
        names: &[
            "AdminForgetDevice",
            "AdminGetDevice",
            "AdminListDevices",
            "AdminUpdateDeviceStatus",
        ],
    },
    Refused {
        reason: "devices are not remembered",
        way_in: WayIn::AccessToken,
        names: &[
            "ConfirmDevice",
            "ForgetDevice",
            "GetDevice",
            "ListDevices",
            "UpdateDeviceStatus",
        ],
    },
    Refused {
        reason: "there is no threat protection that records sign-ins",
        way_in: WayIn::Permitted,
        names: &["AdminListUserAuthEvents", "AdminUpdateAuthEventFeedback"],
    },
    Refused {
        reason: "there is no threat protection that records sign-ins",
        way_in: WayIn::Anybody,
        names: &["UpdateAuthEventFeedback"],
    },
    Refused {
        reason: "users sign in with their own password only",
        way_in: WayIn::Permitted,
        names: &["AdminDisableProviderForUser", "AdminLinkProviderForUser"],
    },
    Refused {
        reason: "no text messages are sent; second factors are chosen by SetUserMFAPreference",
        way_in: WayIn::Permitted,
        names: &["AdminSetUserSettings"],
    },
    Refused {
        reason: "no text messages are sent; second factors are chosen by SetUserMFAPreference",
        way_in: WayIn::AccessToken,
        names: &["SetUserSettings"],
    },
    Refused {
        reason: "there are no passkeys",
        way_in: WayIn::AccessToken,
        names: &[
            "CompleteWebAuthnRegistration",
            "DeleteWebAuthnCredential",
            "ListWebAuthnCredentials",
            "StartWebAuthnRegistration",
        ],
    },
];

impl Operation {
    /// Every operation of the service.
    pub fn all() -> impl Iterator<Item = Self> {
        let refused = REFUSED.iter().flat_map(|group| {
            group.names.iter().map(|name| Self {
                name,
                way_in: group.way_in,
                support: Support::Refused(group.reason),
            })
        });
        SERVED.iter().copied().chain(refused)
    }

    /// The operation `name`, if the service has it.
    pub fn find(name: &str) -> Option<Self> {
        Self::all().find(|operation| operation.name == name)
    }
}

/// Every operation, and the sentence with which it is refused, if it is.
pub fn listed() -> impl Iterator<Item = Listed> {
    Operation::all().map(|operation| match operation.support {
        Support::Served(_) => (operation.name, None),
        Support::Refused(reason) => (operation.name, Some(reason)),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_operation_stands_once() {
        let names: Vec<_> = Operation::all().map(|operation| operation.name).collect();
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        // As many as the service has.
        assert_eq!(names.len(), 122);
        assert!(SERVED.is_sorted_by(|a, b| a.name < b.name));
        assert!(Operation::find("signup").is_none());
    }

    #[test]
    fn what_administrators_do_needs_a_permission() {
        for operation in Operation::all().filter(|operation| operation.name.starts_with("Admin")) {
            assert_eq!(operation.way_in, WayIn::Permitted, "{}", operation.name);
        }
    }
}
