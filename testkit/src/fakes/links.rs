//! A link signer whose links say what they are for.

use async_trait::async_trait;
use notewarden_domain::{
    ObjectKey, StoreError, Timestamp,
    ports::{DownloadTerms, LinkSigner, SignedLink, UploadTerms},
};

/// Links that nobody serves, as of one moment.
#[derive(Debug)]
pub struct PlainLinks(pub Timestamp);

#[async_trait]
impl LinkSigner for PlainLinks {
    async fn upload(&self, key: &ObjectKey, terms: &UploadTerms) -> Result<SignedLink, StoreError> {
        let mut headers = vec![
            ("content-length".to_owned(), terms.size.to_string()),
            (
                "content-type".to_owned(),
                terms.content_type.as_str().to_owned(),
            ),
        ];
        let crc32 = terms.crc32.map(|crc32| crc32.to_string());
        headers.extend(crc32.map(|crc32| ("crc32".to_owned(), crc32)));
        Ok(SignedLink {
            method: "PUT",
            url: format!("signed:{key}"),
            headers,
            expires_at: self.0.plus(terms.lifetime),
        })
    }

    async fn download(
        &self,
        key: &ObjectKey,
        terms: &DownloadTerms,
    ) -> Result<SignedLink, StoreError> {
        Ok(SignedLink {
            method: "GET",
            url: format!(
                "signed:{key}?{}&{}",
                terms.content_disposition,
                terms.content_type.as_str()
            ),
            headers: Vec::new(),
            expires_at: self.0.plus(terms.lifetime),
        })
    }
}
