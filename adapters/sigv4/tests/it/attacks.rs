//! Attacks on signatures, by the number they have in the catalogue.

mod authentication;
mod coverage;
mod payload;
mod presigned;

use std::time::Duration;

use notewarden_sigv4::{
    Body, Form, Malformation, Payload, Refusal, Request, ScopePart, Service, Verifier,
};

use crate::wire::{
    ACCESS_KEY, REGION, SECRET, SESSION_TOKEN, Signer, Wire, long_lived, minutes, signed_at,
};

const API: Service = Service::EXECUTE_API;
const S3: Service = Service::S3;
const KEY: &str = "/bucket/private/us-east-1%3A7/photo.jpg";

fn get_note() -> Wire {
    Wire::new("GET", "/notes/1?limit=2&order=newest").signed(&Signer::new(API))
}

fn put_object() -> Wire {
    Wire::new("PUT", KEY).body(b"data").signed(&Signer::new(S3))
}

fn presigned_for(lasts: u64) -> Wire {
    Wire::new("GET", KEY).signed(&Signer::presigning(S3, Duration::from_secs(lasts)))
}

#[track_caller]
fn refused(wire: &Wire, service: Service, reason: &Refusal) {
    assert_eq!(wire.verify(service).unwrap_err(), *reason);
}

#[track_caller]
fn mismatched(wire: &Wire, service: Service) {
    match wire.verify(service) {
        Err(Refusal::SignatureMismatch(_)) => {}
        other => panic!("not a mismatch: {other:?}"),
    }
}

#[track_caller]
fn malformed(wire: &Wire, service: Service, what: Malformation) {
    refused(wire, service, &Refusal::Malformed(what));
}
