//! `notewarden_domain::policy`.

mod corpus;
