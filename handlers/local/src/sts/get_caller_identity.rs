//! `GetCallerIdentity`: who signed.

use notewarden_userpool::Principal;

use super::xml::Xml;

pub(super) fn write(xml: &mut Xml, caller: &Principal) {
    xml.text("Arn", &caller.arn);
    xml.text("UserId", &caller.user_id);
    xml.text("Account", &caller.account_id);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_told_its_role() {
        let caller = Principal::session("000000000000", "AuthRole", "AROAX", "Session", None);
        let written = Xml::document("R", |xml| write(xml, &caller));
        let inner = "<Arn>arn:aws:sts::000000000000:assumed-role/AuthRole/Session</Arn>\
                     <UserId>AROAX:Session</UserId><Account>000000000000</Account>";
        assert!(written.contains(inner), "{written}");
    }
}
