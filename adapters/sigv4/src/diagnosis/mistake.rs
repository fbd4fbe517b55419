//! The mistakes that are known, each with its name and what to tell whoever made it.

use std::fmt;

/// Something that a signer did otherwise than it should.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mistake {
    /// The method in another case than it was sent.
    MethodCase,
    /// The path encoded twice for a service that has it encoded once.
    PathEncodedTwice,
    /// The path encoded once for a service that has it encoded twice.
    PathEncodedOnce,
    /// The path not encoded at all.
    PathNotEncoded,
    /// The path as it stands in the request line.
    PathAsSent,
    /// Dot segments and doubled slashes left in the path.
    PathNotNormalized,
    /// Dot segments and doubled slashes removed from a key, where they are a part of its name.
    PathNormalized,
    /// The path without its first segment.
    PathWithoutFirstSegment,
    /// A slash at the end of the path too many or missing.
    PathEndSlash,
    /// No path.
    PathLeftOut,
    /// The parameters not sorted by their bytes.
    QueryUnsorted,
    /// `+` for a space in the query.
    QueryPlusForSpace,
    /// A `+` sent that was meant as one and reads as a space.
    QueryPlusMeant,
    /// Parameters without a value, and without `=`.
    QueryWithoutEqualsSigns,
    /// The query not encoded, or with its slashes as they are.
    QueryNotEncoded,
    /// The query encoded twice.
    QueryEncodedTwice,
    /// The query as it stands in the request line.
    QueryAsSent,
    /// No query.
    QueryLeftOut,
    /// A presigned query to which the session token was added afterwards.
    QueryWithoutToken,
    /// Escapes in lower case, `%2f`.
    EscapesInLowerCase,
    /// `!'()*` not encoded, as JavaScript's `encodeURIComponent` leaves them.
    PunctuationKept,
    /// The request signed for this other host.
    Host(Box<str>),
    /// The request signed with this other content type.
    ContentType(Box<str>),
    /// This header listed as signed, and not signed.
    HeaderLeftOut(Box<str>),
    /// This header signed, and not listed.
    HeaderAdded(Box<str>),
    /// This header signed without its value.
    HeaderEmpty(Box<str>),
    /// A space before or after the value of this header.
    HeaderSpace(Box<str>),
    /// Spaces before or within all values.
    HeaderSpaces,
    /// Several values of a header joined with a space.
    HeaderValuesJoined,
    /// Names of headers not in lower case.
    HeaderNamesInMixedCase,
    /// Values of headers in lower case.
    HeaderValuesInLowerCase,
    /// No blank line after the headers.
    BlankLineMissing,
    /// `UNSIGNED-PAYLOAD` where the body is signed.
    PayloadUnsigned,
    /// The hash of nothing in place of the body's.
    PayloadOfNothing,
    /// The body's hash where something else was declared.
    PayloadHashed,
    /// No payload line.
    PayloadLeftOut,
    /// The body's hash in upper case.
    PayloadInUpperCase,
    /// The body hashed with a newline at its end that was not sent, or the other way round.
    PayloadNewline,
    /// Chunks signed where none were declared, or others.
    PayloadChunks,
    /// Signed for this other region.
    Region(&'static str),
    /// Signed for this other service.
    Service(&'static str),
    /// Signed for this other day.
    Day(Box<str>),
    /// White space around the secret.
    SecretSpace,
    /// Quotes around the secret.
    SecretQuoted,
    /// The secret encoded or decoded on its way.
    SecretEncoded,
    /// An empty secret.
    SecretEmpty,
    /// The signing key derived without `AWS4`.
    KeyWithoutPrefix,
    /// The signing key derived of hexadecimal digits in place of bytes.
    KeyOfDigits,
    /// Lines that end with a carriage return.
    LineEnds,
    /// The hash of the canonical request in upper case.
    HashInUpperCase,
    /// A newline at the end of the string to sign.
    NewlineAfter,
}

impl Mistake {
    /// The mistake's name, for machines.
    pub fn name(&self) -> &'static str {
        self.told().0
    }

    /// The name, and what the client did.
    fn told(&self) -> (&'static str, &'static str) {
        match self {
            Self::MethodCase => (
                "method-case",
                "the client signed the method in another case than it sent",
            ),
            Self::PathEncodedTwice => (
                "path-encoded-twice",
                "the client encoded the path twice, which here is encoded once",
            ),
            Self::PathEncodedOnce => (
                "path-encoded-once",
                "the client encoded the path once, which here is encoded twice",
            ),
            Self::PathNotEncoded => ("path-not-encoded", "the client did not encode the path"),
            Self::PathAsSent => (
                "path-as-sent",
                "the client signed the path as it stands in the request line",
            ),
            Self::PathNotNormalized => (
                "path-not-normalized",
                "the client left `.`, `..` or doubled slashes in the path",
            ),
            Self::PathNormalized => (
                "path-normalized",
                "the client removed `.`, `..` or doubled slashes from the path, which here belong to the key",
            ),
            Self::PathWithoutFirstSegment => (
                "path-without-first-segment",
                "the client signed the path without its first segment: a stage, or a bucket that it takes for a part of the host",
            ),
            Self::PathEndSlash => (
                "path-end-slash",
                "the client signed the path with a slash at its end that was not sent, or without one that was",
            ),
            Self::PathLeftOut => ("path-left-out", "the client signed no path"),
            Self::QueryUnsorted => (
                "query-unsorted",
                "the client did not sort the query's parameters by their bytes",
            ),
            Self::QueryPlusForSpace => (
                "query-plus-for-space",
                "the client signed `+` for a space in the query, which is `%20`",
            ),
            Self::QueryPlusMeant => (
                "query-plus-meant",
                "the client sent a `+` in the query that it means as one: it is sent as `%2B`",
            ),
            Self::QueryWithoutEqualsSigns => (
                "query-without-equals-signs",
                "the client signed parameters without a value without their `=`",
            ),
            Self::QueryNotEncoded => (
                "query-not-encoded",
                "the client did not encode the query, or not its slashes",
            ),
            Self::QueryEncodedTwice => {
                ("query-encoded-twice", "the client encoded the query twice")
            }
            Self::QueryAsSent => (
                "query-as-sent",
                "the client signed the query as it stands in the request line",
            ),
            Self::QueryLeftOut => ("query-left-out", "the client signed no query"),
            Self::QueryWithoutToken => (
                "query-without-token",
                "the client added the session token to the query after it had signed it",
            ),
            Self::EscapesInLowerCase => (
                "escapes-in-lower-case",
                "the client wrote escapes in lower case, `%2f`",
            ),
            Self::PunctuationKept => (
                "punctuation-kept",
                "the client did not encode `!`, `'`, `(`, `)` and `*`",
            ),
            Self::Host(_) => ("host", "the client signed for another host"),
            Self::ContentType(_) => ("content-type", "the client signed another content type"),
            Self::HeaderLeftOut(_) => (
                "header-left-out",
                "the client lists a header as signed that it did not sign",
            ),
            Self::HeaderAdded(_) => (
                "header-added",
                "the client signed a header that it does not list",
            ),
            Self::HeaderEmpty(_) => (
                "header-empty",
                "the client signed a header without its value",
            ),
            Self::HeaderSpace(_) => (
                "header-space",
                "the client signed a space before or after the value of a header",
            ),
            Self::HeaderSpaces => (
                "header-spaces",
                "the client signed spaces before or within the headers' values",
            ),
            Self::HeaderValuesJoined => (
                "header-values-joined",
                "the client joined several values of a header by a comma and a space",
            ),
            Self::HeaderNamesInMixedCase => (
                "header-names-in-mixed-case",
                "the client did not write the headers' names in lower case",
            ),
            Self::HeaderValuesInLowerCase => (
                "header-values-in-lower-case",
                "the client wrote the headers' values in lower case",
            ),
            Self::BlankLineMissing => (
                "blank-line-missing",
                "the client left out the blank line after the headers",
            ),
            Self::PayloadUnsigned => (
                "payload-unsigned",
                "the client signed `UNSIGNED-PAYLOAD` in place of the body's hash",
            ),
            Self::PayloadOfNothing => (
                "payload-of-nothing",
                "the client signed the hash of an empty body",
            ),
            Self::PayloadHashed => (
                "payload-hashed",
                "the client signed the body's hash and declares something else",
            ),
            Self::PayloadLeftOut => (
                "payload-left-out",
                "the client signed nothing for the body, whose hash is the last line",
            ),
            Self::PayloadInUpperCase => (
                "payload-in-upper-case",
                "the client wrote the body's hash in upper case",
            ),
            Self::PayloadNewline => (
                "payload-newline",
                "the client hashed the body with a newline at its end that it did not send, or without one that it did",
            ),
            Self::PayloadChunks => (
                "payload-chunks",
                "the client signed the body as chunks of another kind than it declares",
            ),
            Self::Region(_) => ("region", "the client signed for another region"),
            Self::Service(_) => ("service", "the client signed for another service"),
            Self::Day(_) => (
                "day",
                "the client signed for another day: days are those of UTC",
            ),
            Self::SecretSpace => (
                "secret-space",
                "the client's secret has white space or a line's end around it",
            ),
            Self::SecretQuoted => ("secret-quoted", "the client's secret has quotes around it"),
            Self::SecretEncoded => (
                "secret-encoded",
                "the client's secret lost or changed its `/` and `+` on the way",
            ),
            Self::SecretEmpty => ("secret-empty", "the client's secret is empty"),
            Self::KeyWithoutPrefix => (
                "key-without-prefix",
                "the client derived its signing key without `AWS4` before the secret",
            ),
            Self::KeyOfDigits => (
                "key-of-digits",
                "the client derived its signing key of hexadecimal digits in place of bytes",
            ),
            Self::LineEnds => ("line-ends", "the client ended lines with a carriage return"),
            Self::HashInUpperCase => (
                "hash-in-upper-case",
                "the client wrote the hash of the canonical request in upper case",
            ),
            Self::NewlineAfter => (
                "newline-after",
                "the client ended the string to sign with a newline",
            ),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.told().1)?;
        match self {
            Self::Host(it)
            | Self::ContentType(it)
            | Self::HeaderLeftOut(it)
            | Self::HeaderAdded(it)
            | Self::HeaderEmpty(it)
            | Self::HeaderSpace(it)
            | Self::Day(it) => write!(f, ": `{it}`"),
            Self::Region(it) | Self::Service(it) => write!(f, ": `{it}`"),
            _ => Ok(()),
        }
    }
}
