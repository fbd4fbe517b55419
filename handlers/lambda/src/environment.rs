//! The environment variables: those that Lambda sets, and those that the template gives the function.

use std::{env, error::Error, ffi::OsString, fmt};

use notewarden_domain::allowances::{Allowance, Allowances, NotAllowed};

/// Variables that are missing or cannot be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct EnvironmentError {
    missing: Vec<&'static str>,
    invalid: Vec<NotAllowed>,
}

impl Error for EnvironmentError {}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing = self.missing.join("`, `");
        let missing = (!missing.is_empty()).then(|| format!("the environment lacks `{missing}`"));
        let invalid = self.invalid.iter().map(ToString::to_string);
        let sentences: Vec<_> = missing.into_iter().chain(invalid).collect();
        f.write_str(&sentences.join("; "))
    }
}

/// Where variables are read from.
pub(crate) struct Environment(fn(&str) -> Option<OsString>);

impl Environment {
    /// The environment of this process.
    pub(crate) fn of_process() -> Self {
        Self(|name| env::var_os(name))
    }

    /// The value of a variable; an empty one counts as none, and one that is not UTF-8 too.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let value = (self.0)(name)?.into_string().ok()?;
        Some(value).filter(|value| !value.is_empty())
    }

    /// The values of a variable with commas between them.
    fn list(&self, name: &str) -> Vec<String> {
        let text = self.get(name).unwrap_or_default();
        let items = text.split(',').map(str::trim);
        items
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// What every function needs.
    pub(crate) fn runtime(&self) -> Result<RuntimeSettings, EnvironmentError> {
        let mut read = Reader::new(self);
        let settings = RuntimeSettings {
            handler: read.required("_HANDLER"),
            function: read.required("AWS_LAMBDA_FUNCTION_NAME"),
        };
        // The library that talks to Lambda needs them too, and panics without.
        for name in ["AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] {
            read.required(name);
        }
        read.required("AWS_LAMBDA_FUNCTION_VERSION");
        read.done(settings)
    }
}

/// Which function this is.
pub(crate) struct RuntimeSettings {
    /// The entry point.
    pub(crate) handler: String,
    /// The function's name.
    pub(crate) function: String,
}

/// Where things are stored, and who people are.
pub(crate) struct StoreSettings {
    /// Where AWS is, and who asks.
    pub(crate) aws: AwsSettings,
    /// The name of the notes' table.
    pub(crate) notes_table: String,
    /// The name of the idempotency keys' table.
    pub(crate) idempotency_table: String,
    /// The name of the archive jobs' table.
    pub(crate) archives_table: String,
    /// The name of the table that knows what is in the bucket's folders.
    pub(crate) files_table: String,
    /// The name of the API keys' table.
    pub(crate) api_keys_table: String,
    /// The name of the files' bucket.
    pub(crate) bucket: String,
    /// The URL of the queue of what is done later.
    pub(crate) queue_url: String,
    /// The identity pool's id.
    pub(crate) identity_pool: String,
    /// The user pool's id.
    pub(crate) user_pool: String,
    /// How much each person may keep and have packed.
    pub(crate) allowances: Allowances,
}

impl StoreSettings {
    /// Reads them, and names everything that is missing at once.
    pub(crate) fn read(environment: &Environment) -> Result<Self, EnvironmentError> {
        let mut read = Reader::new(environment);
        let settings = read.stores();
        read.done(settings)
    }
}

/// What the API's function needs.
pub(crate) struct ApiSettings {
    /// Where things are stored.
    pub(crate) stores: StoreSettings,
    /// The name of the table of links between logins and identities.
    pub(crate) identity_links_table: String,
    /// The origins whose pages may call the API behind a gateway that does not say so itself.
    pub(crate) allowed_origins: Vec<String>,
}

impl ApiSettings {
    /// Reads them, and names everything that is missing at once.
    pub(crate) fn read(environment: &Environment) -> Result<Self, EnvironmentError> {
        let mut read = Reader::new(environment);
        let settings = Self {
            stores: read.stores(),
            identity_links_table: read.required("IDENTITY_LINKS_TABLE"),
            allowed_origins: environment.list("ALLOWED_ORIGINS"),
        };
        read.done(settings)
    }
}

/// What the function needs that keeps the index of files.
pub(crate) struct IndexerSettings {
    /// Where AWS is, and who asks.
    pub(crate) aws: AwsSettings,
    /// The name of the index's table.
    pub(crate) files_table: String,
    /// The name of the files' bucket.
    pub(crate) bucket: String,
    /// How much each person may keep.
    pub(crate) allowances: Allowances,
}

impl IndexerSettings {
    /// Reads them, and names everything that is missing at once.
    pub(crate) fn read(environment: &Environment) -> Result<Self, EnvironmentError> {
        let mut read = Reader::new(environment);
        let settings = Self {
            aws: read.aws(),
            files_table: read.required("FILES_TABLE"),
            bucket: read.required("BUCKET"),
            allowances: read.allowances(),
        };
        read.done(settings)
    }
}

/// What the authorizer's function needs.
pub(crate) struct AuthorizerSettings {
    /// Where AWS is, and who asks.
    pub(crate) aws: AwsSettings,
    /// The name of the API keys' table.
    pub(crate) api_keys_table: String,
    /// The user pool, as its tokens name it.
    pub(crate) user_pool_issuer: String,
    /// The user pool's client, for whom its tokens must be.
    pub(crate) user_pool_client: String,
    /// Another issuer, if there is one.
    pub(crate) issuer: Option<String>,
    /// Who that issuer's tokens must be for.
    pub(crate) audiences: Vec<String>,
    /// How that issuer signs.
    pub(crate) algorithms: Vec<String>,
}

impl AuthorizerSettings {
    /// Reads them, and names everything that is missing at once.
    pub(crate) fn read(environment: &Environment) -> Result<Self, EnvironmentError> {
        let mut read = Reader::new(environment);
        let settings = Self {
            aws: read.aws(),
            api_keys_table: read.required("API_KEYS_TABLE"),
            user_pool_issuer: read.required("USER_POOL_ISSUER"),
            user_pool_client: read.required("USER_POOL_CLIENT"),
            issuer: environment.get("TOKEN_ISSUER"),
            audiences: environment.list("TOKEN_AUDIENCES"),
            algorithms: environment.list("TOKEN_ALGORITHMS"),
        };
        read.done(settings)
    }
}

/// Where AWS is, and who asks.
pub(crate) struct AwsSettings {
    /// The region.
    pub(crate) region: String,
    /// The key that the function's role was given.
    pub(crate) access_key_id: String,
    /// The secret of the key.
    pub(crate) secret_access_key: String,
    /// The session that the key belongs to; standing keys have none.
    pub(crate) session_token: Option<String>,
    /// The URL of DynamoDB, if it is not AWS's.
    pub(crate) dynamodb_endpoint: Option<String>,
    /// The URL of S3, if it is not AWS's.
    pub(crate) s3_endpoint: Option<String>,
    /// The URL of SQS, if it is not AWS's.
    pub(crate) sqs_endpoint: Option<String>,
    /// The URL of the identity pools, if it is not AWS's.
    pub(crate) identity_endpoint: Option<String>,
    /// The URL of the user pools, if it is not AWS's.
    pub(crate) user_pool_endpoint: Option<String>,
}

/// Reads variables, and keeps the names of those that are missing or wrong.
struct Reader<'a> {
    environment: &'a Environment,
    error: EnvironmentError,
}

impl<'a> Reader<'a> {
    const fn new(environment: &'a Environment) -> Self {
        Self {
            environment,
            error: EnvironmentError {
                missing: Vec::new(),
                invalid: Vec::new(),
            },
        }
    }

    fn required(&mut self, name: &'static str) -> String {
        self.environment.get(name).unwrap_or_else(|| {
            self.error.missing.push(name);
            String::new()
        })
    }

    /// What every AWS client is made from.
    fn aws(&mut self) -> AwsSettings {
        AwsSettings {
            region: self.required("AWS_REGION"),
            access_key_id: self.required("AWS_ACCESS_KEY_ID"),
            secret_access_key: self.required("AWS_SECRET_ACCESS_KEY"),
            session_token: self.environment.get("AWS_SESSION_TOKEN"),
            dynamodb_endpoint: self.endpoint("AWS_ENDPOINT_URL_DYNAMODB"),
            s3_endpoint: self.endpoint("AWS_ENDPOINT_URL_S3"),
            sqs_endpoint: self.endpoint("AWS_ENDPOINT_URL_SQS"),
            identity_endpoint: self.endpoint("AWS_ENDPOINT_URL_COGNITO_IDENTITY"),
            user_pool_endpoint: self.endpoint("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"),
        }
    }

    fn stores(&mut self) -> StoreSettings {
        StoreSettings {
            aws: self.aws(),
            notes_table: self.required("NOTES_TABLE"),
            idempotency_table: self.required("IDEMPOTENCY_TABLE"),
            archives_table: self.required("ARCHIVES_TABLE"),
            files_table: self.required("FILES_TABLE"),
            api_keys_table: self.required("API_KEYS_TABLE"),
            bucket: self.required("BUCKET"),
            queue_url: self.required("QUEUE_URL"),
            identity_pool: self.required("IDENTITY_POOL"),
            user_pool: self.required("USER_POOL"),
            allowances: self.allowances(),
        }
    }

    /// What each person may keep and have packed: what no variable sets is as everywhere.
    fn allowances(&mut self) -> Allowances {
        let mut allowances = Allowances::default();
        for allowance in Allowance::ALL {
            let set = self.environment.get(allowance.variable());
            match set.map(|text| allowance.read(&text)) {
                Some(Ok(value)) => allowances.set(allowance, value),
                Some(Err(error)) => self.error.invalid.push(error),
                None => {}
            }
        }
        allowances
    }

    /// The URL of one service, or that of all.
    fn endpoint(&self, name: &str) -> Option<String> {
        let of_all = || self.environment.get("AWS_ENDPOINT_URL");
        self.environment.get(name).or_else(of_all)
    }

    fn done<T>(self, settings: T) -> Result<T, EnvironmentError> {
        if self.error == EnvironmentError::default() {
            Ok(settings)
        } else {
            Err(self.error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_missing_is_named() {
        let environment = Environment(|name| match name {
            "BUCKET" => Some("b".into()),
            "MAX_FILES" => Some("7".into()),
            "MAX_BYTES" => Some("10 GB".into()),
            "NOTES_TABLE" => Some(OsString::new()),
            name if name.starts_with("AWS_") => Some("x".into()),
            _ => None,
        });
        let error = ApiSettings::read(&environment).err();
        let names = vec![
            "NOTES_TABLE",
            "IDEMPOTENCY_TABLE",
            "ARCHIVES_TABLE",
            "FILES_TABLE",
            "API_KEYS_TABLE",
            "QUEUE_URL",
            "IDENTITY_POOL",
            "USER_POOL",
            "IDENTITY_LINKS_TABLE",
        ];
        let error = error.unwrap();
        assert_eq!(error.missing, names);
        let wrong = "`USER_POOL`, `IDENTITY_LINKS_TABLE`; `MAX_BYTES` is `10 GB`: it must be a whole number from 0 to \
                     9007199254740991";
        assert!(error.to_string().ends_with(wrong), "{error}");
        assert_eq!(
            environment.runtime().err().map(|error| error.to_string()),
            Some("the environment lacks `_HANDLER`".to_owned())
        );
    }

    #[test]
    fn what_is_allowed_is_the_default_or_what_is_set() {
        let environment = Environment(|name| match name {
            "MAX_FILES" => Some("7".into()),
            "MAX_ARCHIVE_ATTEMPTS" => Some("2".into()),
            name if name.starts_with("MAX_") => None,
            _ => Some("x".into()),
        });
        let mut expected = Allowances::default();
        expected.quota.files = 7;
        expected.limits.attempts = 2;
        let read = StoreSettings::read(&environment).unwrap().allowances;
        assert_eq!(read, expected);
        let read = IndexerSettings::read(&environment).unwrap().allowances;
        assert_eq!(read, expected);
    }

    #[test]
    fn the_url_of_a_service_is_nearer_than_that_of_all() {
        let environment = Environment(|name| {
            let value = match name {
                "AWS_ENDPOINT_URL" => "http://all",
                "AWS_ENDPOINT_URL_S3" => "http://s3",
                "AWS_ENDPOINT_URL_DYNAMODB" => return None,
                name if name.starts_with("MAX_") => return None,
                _ => "x",
            };
            Some(value.into())
        });
        let aws = StoreSettings::read(&environment).unwrap().aws;
        assert_eq!(aws.s3_endpoint.as_deref(), Some("http://s3"));
        assert_eq!(aws.dynamodb_endpoint.as_deref(), Some("http://all"));
    }
}
